import Foundation
import Numerics

/// An array of BART on the disk: complex values, the first dimension fastest.
///
/// Either `.cfl` with its sizes in a text file `.hdr`, or `.ra` with a binary header.
/// Sources: mrirecon/bart, `src/misc/io.c` (`read_cfl_header`, `ra_hdr`), `src/misc/mri.h`.
struct BARTArray: Sendable {
  /// The number of dimensions that BART has.
  static let rank = 16
  /// BART's names of its dimensions.
  static let names = [
    "READ", "PHS1", "PHS2", "COIL", "MAPS", "TE", "COEFF", "COEFF2", "ITER", "CSHIFT", "TIME",
    "TIME2", "LEVEL", "SLICE", "AVG", "BATCH",
  ]

  /// The path of the file that holds the values.
  let path: String
  /// The sizes of the 16 dimensions, the fastest first.
  let sizes: [Int]
  /// Where in the file the values begin.
  private let offset: Int

  /// Opens the array that `path` names: a `.cfl`, `.hdr` or `.ra` file or the stem of the first two.
  ///
  /// Nil if there is no such array. Throws `ScanFileError` if there is one that cannot be used.
  init?(path: String) throws(ScanFileError) {
    if let head = Self.head(of: path, bytes: 8 * (6 + Self.rank)), Self.isRawArray(head) {
      try self.init(rawArray: path, head: head)
      return
    }
    var stem = path
    for ending in [".cfl", ".hdr"] where path.hasSuffix(ending) {
      stem = String(path.dropLast(ending.count))
    }
    // The sizes are a few dozen bytes; what follows them is the history of the array.
    guard let head = Self.head(of: stem + ".hdr", bytes: 4096), Self.isHeader(head),
      stem != path || !FileManager.default.fileExists(atPath: path)
    else { return nil }
    try self.init(stem: stem, header: String(decoding: head, as: UTF8.self))
  }

  private init(stem: String, header: String) throws(ScanFileError) {
    func fail(_ reason: String) -> ScanFileError {
      ScanFileError(file: stem + ".hdr", problem: .bartHeader(reason: reason))
    }
    if header.contains("# MultiDimensions") || header.contains("# SizesDimensions") {
      throw fail("it describes several arrays in one")
    }
    let line = header.split(whereSeparator: \.isNewline).first { !$0.hasPrefix("#") } ?? ""
    let words = line.split(whereSeparator: \.isWhitespace)
    let numbers = words.compactMap { Int($0) }
    guard !words.isEmpty, numbers.count == words.count else {
      throw fail("no line of sizes follows '# Dimensions'")
    }
    try self.init(path: stem + ".cfl", sizes: numbers, offset: 0, failure: fail)
  }

  /// The header of `.ra`: eight bytes each of magic, flags, kind of element, its bytes, bytes in
  /// all, number of dimensions, and the dimensions.
  private init(rawArray path: String, head: [UInt8]) throws(ScanFileError) {
    func fail(_ reason: String) -> ScanFileError {
      ScanFileError(file: path, problem: .bartHeader(reason: reason))
    }
    guard head.count >= 48 else { throw fail("it ends within the header") }
    let words = (0..<head.count / 8).map { index in
      head.withUnsafeBytes {
        UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
      }
    }
    guard words[1] & 1 == 0 else { throw fail("its values are big-endian") }
    guard words[2] == 4, words[3] == 8 else {
      throw fail("its elements are not complex numbers of single precision")
    }
    guard (1...UInt64(Self.rank)).contains(words[5]), words.count >= 6 + Int(words[5]) else {
      throw fail("it has \(words[5]) dimensions, not 1 to \(Self.rank)")
    }
    let rank = Int(words[5])
    try self.init(
      path: path, sizes: words[6..<6 + rank].map(Int.init(clamping:)), offset: 8 * (6 + rank),
      failure: fail)
  }

  private init(
    path: String, sizes: [Int], offset: Int, failure: (String) -> ScanFileError
  ) throws(ScanFileError) {
    guard sizes.count <= Self.rank, sizes.allSatisfy({ $0 > 0 }) else {
      throw failure("it states the sizes \(sizes)")
    }
    var bytes = 8
    for size in sizes {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
      guard !overflow, product < 1 << 60 else { throw failure("it states the sizes \(sizes)") }
      bytes = product
    }
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    guard let facts = try? FileManager.default.attributesOfItem(atPath: target),
      let length = facts[.size] as? Int
    else {
      throw ScanFileError(
        file: path, problem: .unreadable(reason: "no such file beside its header"))
    }
    guard length == bytes + offset else {
      throw ScanFileError(
        file: path, problem: .wrongLength(found: length, expected: bytes + offset))
    }
    self.path = path
    self.sizes = sizes + Array(repeating: 1, count: Self.rank - sizes.count)
    self.offset = offset
  }

  /// Reads `count` successive values from the one at `start` of each dimension on.
  ///
  /// Throws `ScanFileError` if the file has become shorter or the disk fails.
  func values(at start: [Int], count: Int) throws(ScanFileError) -> [Complex<Float>] {
    var first = 0
    var stride = 1
    for (place, size) in zip(start, sizes) {
      first += place * stride
      stride *= size
    }
    let failure = ScanFileError(
      file: path, problem: .unreadable(reason: "its values cannot be read"))
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { throw failure }
    defer { close(descriptor) }
    var values = [Complex<Float>](repeating: .zero, count: count)
    let isComplete = values.withUnsafeMutableBytes { raw in
      var done = 0
      while done < raw.count {
        let read = pread(
          descriptor, raw.baseAddress?.advanced(by: done), raw.count - done,
          offset + 8 * first + done)
        if read <= 0 { return false }
        done += read
      }
      return true
    }
    guard isComplete else { throw failure }
    return values
  }

  private static func isHeader(_ head: [UInt8]) -> Bool {
    head.starts(with: "# Dimensions".utf8)
  }

  private static func isRawArray(_ head: [UInt8]) -> Bool { head.starts(with: "rawarray".utf8) }

  /// The first bytes of a plain file, or nil.
  private static func head(of path: String, bytes: Int) -> [UInt8]? {
    guard PlainFile.isPlain(path), let handle = FileHandle(forReadingAtPath: path) else {
      return nil
    }
    defer { try? handle.close() }
    return ((try? handle.read(upToCount: bytes)) ?? nil).map { Array($0) }
  }
}
