import COpenSSL
public import Foundation

/// The SHA-256 of a text's UTF-8 bytes in hexadecimal, for comparing with recorded digests.
public func sha256(of text: String) -> String { sha256(of: Data(text.utf8)) }

/// The SHA-256 of bytes in hexadecimal.
public func sha256(of data: Data) -> String {
  var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
  let bytes = Array(data)
  _ = SHA256(bytes, bytes.count, &digest)
  return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
