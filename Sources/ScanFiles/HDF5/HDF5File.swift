import CHDF5
import Foundation
import Synchronization

/// An open HDF5 file, closed when the last reference goes.
///
/// All calls are safe from several threads; the library itself works one call at a time.
public final class HDF5File: Sendable {
  /// The path that was opened.
  public let path: String
  /// The path that error texts name; differs from `path` while a result is still a partial file.
  let nameInErrors: String
  /// The file's length, by which what it claims to hold is judged; nil for a file being written.
  let bytes: Int?
  /// The HDF5 identifier, or -1 once closed or abandoned.
  private let identifier: Atomic<hid_t>
  private let abandoned = Atomic<Bool>(false)

  /// Opens an existing file for reading.
  ///
  /// Throws `ScanFileError` if the file is missing, not HDF5, truncated or damaged.
  public init(reading path: String) throws(ScanFileError) {
    let kind = try fileKind(path)
    func fail(_ problem: ScanFileError.Problem) -> ScanFileError {
      ScanFileError(file: path, problem: problem)
    }
    let opened: hid_t = try HDF5Library.locked { () throws(ScanFileError) in
      guard H5Fis_hdf5(path) > 0 else { throw fail(.notHDF5(kind)) }
      let access = try HDF5Identifier(
        H5Pcreate(chdf5_class_file_access()), orThrow: fail(.truncated))
      // Reading needs no lock, and network file systems without locks would refuse to open.
      _ = chdf5_disable_file_locking(access.value)
      let id = HDF5OpenFiles.open(path, access: access.value)
      guard id >= 0 else { throw fail(.truncated) }
      return id
    }
    self.path = path
    nameInErrors = path
    let facts = try? FileManager.default.attributesOfItem(
      atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
    bytes = facts?[.size] as? Int ?? 0
    identifier = Atomic(opened)
  }

  /// Creates a file, or empties an existing one; `nameInErrors` is the name the user knows it by.
  ///
  /// Throws `ScanFileError` if the folder is missing or may not be written.
  public init(creating path: String, nameInErrors: String? = nil) throws(ScanFileError) {
    let name = nameInErrors ?? path
    let failure = ScanFileError(
      file: name,
      problem: .writeFailed(object: "the file", reason: "it cannot be created in its folder"))
    let opened: hid_t = try HDF5Library.locked { () throws(ScanFileError) in
      let access = try HDF5Identifier(H5Pcreate(chdf5_class_file_access()), orThrow: failure)
      // Closing the file must close its datasets too, or the last bytes reach the disk too late.
      guard H5Pset_fclose_degree(access.value, H5F_CLOSE_STRONG) >= 0 else { throw failure }
      let id = H5Fcreate(path, chdf5_truncate(), 0, access.value)
      guard id >= 0 else { throw failure }
      return id
    }
    self.path = path
    self.nameInErrors = name
    bytes = nil
    identifier = Atomic(opened)
  }

  deinit {
    let id = identifier.load(ordering: .relaxed)
    if id >= 0 { HDF5Library.locked { _ = HDF5OpenFiles.release(id) } }
  }

  /// The raw identifier; negative once the file is closed, which every HDF5 call then refuses.
  var id: hid_t { identifier.load(ordering: .acquiring) }

  /// Whether a write has failed, after which the file takes no more calls.
  var isAbandoned: Bool { abandoned.load(ordering: .acquiring) }

  /// Gives the file up after a failed write: neither it nor its datasets get another HDF5 call, and
  /// their identifiers and memory are leaked.
  ///
  /// HDF5 1.10 crashes when a file whose buffers cannot be written out is closed.
  func abandon() {
    abandoned.store(true, ordering: .releasing)
    identifier.store(-1, ordering: .releasing)
  }

  /// Abandons the file and gives the error that says why.
  func writeFailure(_ object: String, _ reason: String) -> ScanFileError {
    abandon()
    return error(.writeFailed(object: object, reason: reason))
  }

  /// Writes all buffers out and closes the file; throws if a byte could not be written, now or
  /// before.
  public func close() throws(ScanFileError) {
    if isAbandoned {
      throw error(.writeFailed(object: "the file", reason: "an earlier write to it failed"))
    }
    guard id >= 0 else { return }
    try flush()
    let id = identifier.exchange(-1, ordering: .acquiringAndReleasing)
    guard HDF5Library.locked({ HDF5OpenFiles.release(id) }) else {
      throw writeFailure("the file", "HDF5 could not write its last buffers")
    }
  }

  /// Hands all buffers to the operating system; throws if a byte could not be written.
  public func flush() throws(ScanFileError) {
    guard HDF5Library.locked({ H5Fflush(id, H5F_SCOPE_GLOBAL) >= 0 }) else {
      throw writeFailure("the file", "HDF5 could not write its buffers")
    }
  }

  /// Whether there is a link of this name, such as `"mask"` or `"dataset/xml"`.
  public func contains(_ name: String) -> Bool {
    HDF5Library.locked {
      // HDF5 wants each step of the path asked for in turn.
      var step = ""
      for part in name.split(separator: "/") {
        step += step.isEmpty ? String(part) : "/" + part
        if H5Lexists(id, step, 0) <= 0 { return false }
      }
      return !step.isEmpty
    }
  }

  /// The names of all links at the root, in alphabetic order.
  public var names: [String] {
    HDF5Library.locked {
      var info = H5G_info_t()
      guard H5Gget_info(id, &info) >= 0 else { return [] }
      return (0..<info.nlinks).compactMap { index in
        readName { buffer, size in
          H5Lget_name_by_idx(id, ".", H5_INDEX_NAME, H5_ITER_INC, index, buffer, size, 0)
        }
      }
    }
  }

  /// Throws if `shape` elements of `stride` bytes are more than the file can hold, packed as it may
  /// be: deflate makes a thousand bytes of one at most.
  func checkPlausible(
    _ object: String, _ shape: [Int], stride: Int
  ) throws(ScanFileError) {
    guard let bytes else { return }
    let most = bytes < Int.max / 2000 ? 1000 * bytes + (1 << 26) : Int.max
    var size = stride
    for count in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: count)
      if overflow || count < 0 || product > most {
        throw error(.implausibleSize(object: object, shape: shape))
      }
      size = product
    }
  }

  func error(_ problem: ScanFileError.Problem) -> ScanFileError {
    ScanFileError(file: nameInErrors, problem: problem)
  }
}

/// Reads a name by the two-step call of HDF5: first its length, then its bytes.
func readName(_ call: (UnsafeMutablePointer<CChar>?, Int) -> Int) -> String? {
  let length = call(nil, 0)
  guard length >= 0 else { return nil }
  var bytes = [CChar](repeating: 0, count: length + 1)
  guard call(&bytes, length + 1) >= 0 else { return nil }
  return String(decoding: bytes.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// What a file looks like from its first bytes; throws if it cannot be opened at all.
private func fileKind(_ path: String) throws(ScanFileError) -> ScanFileError.FileKind {
  var isDirectory: ObjCBool = false
  guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
    throw ScanFileError(file: path, problem: .unreadable(reason: "no such file"))
  }
  guard !isDirectory.boolValue else {
    throw ScanFileError(file: path, problem: .unreadable(reason: "it is a folder"))
  }
  guard PlainFile.isPlain(path) else {
    let reason = "it is a pipe or a device, whose content must be written to a file first"
    throw ScanFileError(file: path, problem: .unreadable(reason: reason))
  }
  guard let handle = FileHandle(forReadingAtPath: path) else {
    throw ScanFileError(file: path, problem: .unreadable(reason: "permission denied"))
  }
  defer { try? handle.close() }
  guard let head = (try? handle.read(upToCount: 65536)) ?? nil, !head.isEmpty else {
    return .empty
  }
  func opens(with text: String) -> Bool { head.starts(with: text.utf8) }
  if opens(with: "MATLAB 5.0 MAT-file") { return .matlab5 }
  // An MRD stream opens with a 16-bit message number (1 to 3) or, in version 2, with "yardl".
  let message = head.count > 1 ? Int(head[0]) + 256 * Int(head[1]) : 0
  let isMessage = (1...3).contains(message) && head.range(of: Data("ismrmrdHeader".utf8)) != nil
  let name = path.lowercased()
  if opens(with: "yardl") || isMessage || name.hasSuffix(".mrd") || name.hasSuffix(".ismrmrd") {
    return .mrdStream
  }
  // Twix of the VD and VE lines opens with a table of measurements: 0, then their number.
  let words = head.prefix(8).withUnsafeBytes { raw in
    raw.count < 8
      ? [] : (0..<2).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self) }
  }
  if name.hasSuffix(".dat"), words.count == 2, words[0] < 10_000, words[1] <= 64 { return .twix }
  return .unknown
}
