import COpenSSL
public import Foundation

/// SHA-256 checksums, as hexadecimal digits, that tie a record to its inputs.
public enum FileDigest {
  /// The checksum of a file, read in pieces; throws `ExperimentError` if it cannot be read.
  public static func sha256(ofFile path: String) throws -> String {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw ExperimentError("\(path): cannot be read; check the path and the permissions")
    }
    defer { try? handle.close() }
    var hash = SHA256Stream()
    do {
      while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
        hash.update(piece)
      }
    } catch {
      throw ExperimentError("\(path): cannot be read to its end; check the disk it lies on")
    }
    return hash.hexadecimal()
  }

  /// The checksum of a text's UTF-8 bytes.
  public static func sha256(of text: String) -> String { sha256(of: Data(text.utf8)) }

  /// The checksum of some bytes.
  public static func sha256(of bytes: Data) -> String {
    var hash = SHA256Stream()
    hash.update(bytes)
    return hash.hexadecimal()
  }
}

/// A SHA-256 of bytes that come in pieces, by OpenSSL's libcrypto.
private struct SHA256Stream: ~Copyable {
  private let context: OpaquePointer

  init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      fatalError("libcrypto cannot start a SHA-256")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  mutating func update(_ bytes: Data) {
    let status = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    guard status == 1 else { fatalError("libcrypto cannot go on with a SHA-256") }
  }

  /// Ends the stream: 64 digits.
  consuming func hexadecimal() -> String {
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    guard EVP_DigestFinal_ex(context, &digest, nil) == 1 else {
      fatalError("libcrypto cannot end a SHA-256")
    }
    return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
