import Foundation
import Numerics
import ScanFiles

/// Files made by libFuzzer, guided by what of the program they reach, through the same judge as
/// `read-files`; only in a build that holds libFuzzer.
///
/// What should have been refused ends the process, as a crash does, and libFuzzer keeps the file.
enum CoverageGuidedReading {
  private typealias Test = @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
  private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private typealias Driver =
    @convention(c) (
      UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Arguments>, Test
    ) -> Int32

  /// Where the file of each case stands; set once, before the first case.
  nonisolated(unsafe) private static var path = ""

  /// Runs libFuzzer with `arguments` until it is done, and ends the process.
  ///
  /// The ending `xml` means the header of a raw-data file, which is written around the text. Throws
  /// `ValidationError` in a build without libFuzzer.
  static func run(ending: String, folder: String, arguments: [String]) throws -> Never {
    guard let symbol = dlsym(nil, "LLVMFuzzerRunDriver") else {
      throw GuidedReadingError()
    }
    path = "\(folder)/case.\(ending)"
    var words: [UnsafeMutablePointer<CChar>?] = (["mri-ilo"] + arguments).map { strdup($0) } + [nil]
    var count = Int32(words.count - 1)
    let status = words.withUnsafeMutableBufferPointer { words in
      guard var start = words.baseAddress else { return Int32(1) }
      return unsafeBitCast(symbol, to: Driver.self)(&count, &start) { bytes, count in
        CoverageGuidedReading.read(UnsafeBufferPointer(start: bytes, count: count))
        return 0
      }
    }
    exit(status)
  }

  private static func read(_ bytes: UnsafeBufferPointer<UInt8>) {
    do {
      var file = path
      if path.hasSuffix(".xml") {
        file = path.dropLast(3) + "h5"
        try writeRawData(header: String(decoding: bytes, as: UTF8.self), path: file)
      } else {
        try Data(buffer: bytes).write(to: URL(fileURLWithPath: path))
      }
      if let fault = try ReadFilesCommand.fault(inFileAt: file) { fatalError("read \(fault)") }
    } catch {
      // The refusal must be sayable.
      precondition(!"\(error)".isEmpty)
    }
  }

  /// A small fully sampled scan of one coil with this header.
  private static func writeRawData(header: String, path: String) throws {
    let writer = try AtomicHDF5Writer(path: path)
    try writer.file.createDataset("kspace", shape: [1, 1, 4, 6], type: .complex)
      .write([Complex<Float>](repeating: 1, count: 24))
    try writer.file.writeString("ismrmrd_header", header.replacing("\0", with: " "))
    try writer.commit()
  }
}

/// The build holds no libFuzzer.
private struct GuidedReadingError: Error, CustomStringConvertible {
  var description: String {
    "this build of mri-ilo holds no libFuzzer: build it as Tests/PeerChecks/coverage_fuzz.py does"
  }
}
