public import Arrays
import CZLib
import Foundation

/// A volume, or several of one size, in the format NIfTI-1 or NIfTI-2, `.nii` or `.nii.gz`, read slice by
/// slice.
///
/// Slices lie along the file's third axis and volumes along its fourth; an image's rows run along the second
/// axis and its columns along the first, as they lie in the file, whatever the orientation that the header
/// states.
public struct NIfTIVolume: Sendable {
  public let path: String
  /// Volumes, 1 or more.
  public let volumes: Int
  /// Slices of each volume.
  public let slices: Int
  public let rows: Int
  public let columns: Int

  /// Opens a file and reads its header; throws `NIfTIError`.
  public init(path: String) throws(NIfTIError) {
    let header = try NIfTIStream(path: path).header
    self.path = path
    (volumes, slices) = (header.volumes, header.slices)
    (rows, columns) = (header.rows, header.columns)
  }

  /// The slices of all volumes, volume after volume.
  public var images: Int { volumes * slices }

  /// Reads the images `chosen`, in ascending order and in one pass through the file, and hands each
  /// to `take` as `[rows, columns]`, scaled as the header says; slice s of volume v is image
  /// `v * slices + s`.
  ///
  /// Throws `NIfTIError` if the file ends too early or its compressed data are damaged, and what
  /// `take` throws.
  public func read(_ chosen: [Int], _ take: (Int, RealArray) throws -> Void) throws {
    let stream = try NIfTIStream(path: path)
    let size = rows * columns * stream.header.elementType.bytes
    for slice in chosen.sorted() {
      guard slice >= 0, slice < images else {
        shapeError("slice \(slice) of volumes of \(images) slices")
      }
      try stream.skip(to: stream.header.offset + slice * size)
      let values = stream.header.values(try stream.bytes(size))
      try take(slice, RealArray(shape: [rows, columns], values: values))
    }
  }
}

/// A NIfTI file that cannot be read: one sentence with the file, what is wrong and what to do.
public struct NIfTIError: Error, CustomStringConvertible, Sendable {
  public let description: String

  init(file: String, _ reason: NIfTIReason) { description = "\(file): \(reason.text)" }
}

/// An open file, behind zlib, which hands on what is not compressed.
private struct NIfTIStream: ~Copyable {
  let header: NIfTIHeader
  private let path: String
  private let file: gzFile

  init(path: String) throws(NIfTIError) {
    guard let file = gzopen(path, "rb") else {
      throw NIfTIError(
        file: path, NIfTIReason("cannot be opened; check the path and the permissions"))
    }
    var bytes = [UInt8](repeating: 0, count: NIfTIHeader.longLength)
    let count = gzread(file, &bytes, UInt32(bytes.count))
    let header: NIfTIHeader
    do throws(NIfTIReason) {
      header = try NIfTIHeader(Array(bytes.prefix(max(0, Int(count)))))
      // Deflate packs at most 1032 bytes into one; what claims more is not worth the memory.
      let stored = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
      guard header.offset + header.dataBytes <= (gzdirect(file) == 1 ? stored : 1032 * stored)
      else {
        throw Self.damaged
      }
    } catch {
      gzclose(file)
      throw NIfTIError(file: path, error)
    }
    self.header = header
    self.path = path
    self.file = file
  }

  deinit { gzclose(file) }

  func skip(to offset: Int) throws(NIfTIError) {
    if gzseek(file, offset, SEEK_SET) != offset { throw NIfTIError(file: path, Self.damaged) }
  }

  func bytes(_ count: Int) throws(NIfTIError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let isWhole = bytes.withUnsafeMutableBytes { raw in
      var done = 0
      while done < count {
        // zlib counts with 32 bits.
        let part = min(count - done, 1 << 30)
        let read = gzread(file, raw.baseAddress?.advanced(by: done), UInt32(part))
        guard read > 0 else { return false }
        done += Int(read)
      }
      return true
    }
    guard isWhole else { throw NIfTIError(file: path, Self.damaged) }
    return bytes
  }

  private static var damaged: NIfTIReason {
    NIfTIReason("ends too early or its compressed data are damaged; save it again")
  }
}
