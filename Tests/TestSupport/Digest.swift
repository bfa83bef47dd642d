import COpenSSL

/// The SHA-256 of a text's UTF-8 bytes in hexadecimal, for comparing with recorded digests.
public func sha256(of text: String) -> String {
  var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
  let bytes = Array(text.utf8)
  _ = SHA256(bytes, bytes.count, &digest)
  return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
