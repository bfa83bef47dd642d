import Crypto
import Foundation

/// SHA-256 checksums, as hexadecimal digits, that tie a record to its inputs.
enum FileDigest {
  /// The checksum of a file, read in pieces; throws `ExperimentError` if it cannot be read.
  static func sha256(ofFile path: String) throws -> String {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw ExperimentError("\(path): cannot be read; check the path and the permissions")
    }
    defer { try? handle.close() }
    var hash = SHA256()
    do {
      while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
        hash.update(data: piece)
      }
    } catch {
      throw ExperimentError("\(path): cannot be read to its end; check the disk it lies on")
    }
    return hexadecimal(hash.finalize())
  }

  /// The checksum of a text's UTF-8 bytes.
  static func sha256(of text: String) -> String {
    hexadecimal(SHA256.hash(data: Data(text.utf8)))
  }

  private static func hexadecimal(_ digest: SHA256.Digest) -> String {
    digest.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
