import Foundation
import Generators
import TestSupport
import Testing

/// Weights files: what is written is read back, and what is foreign or damaged is refused.
@Suite struct WeightsFileTests {
  static let architecture = LadderArchitecture(
    widths: [6, 4], latents: [2, 1], encoderWidths: [3, 5])

  /// A file of small weights that half precision holds exactly.
  static func file() -> WeightsFile {
    let count = LadderNetwork.parameterCount(architecture)
    return WeightsFile(
      architecture: architecture, parameters: (0..<count).map { Float($0 % 13) / 16 },
      notes: ["licence": "CC0", "seed": "7"])
  }

  /// Runs `body` with a path in a folder of its own.
  static func withPath<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = try TemporaryFolder()
    return try withExtendedLifetime(folder) { try body(folder.file("a.safetensors")) }
  }

  /// What reading `bytes` complains about; nil if it does not.
  static func complaint(_ bytes: Data) throws -> String? {
    try withPath { path in
      try bytes.write(to: URL(fileURLWithPath: path))
      do {
        _ = try WeightsFile(contentsOf: path)
        return nil
      } catch let error as WeightsError {
        return error.problem
      }
    }
  }

  static func bytes(_ change: (inout WeightsFile) -> Void = { _ in }) throws -> Data {
    try withPath { path in
      var file = file()
      change(&file)
      try file.write(to: path)
      return try Data(contentsOf: URL(fileURLWithPath: path))
    }
  }

  /// The bytes with a text in the header replaced by one of the same length.
  static func replacing(_ text: String, by other: String, in data: Data) -> Data {
    var data = data
    while let range = data.range(of: Data(text.utf8)) {
      data.replaceSubrange(range, with: Data(other.utf8))
    }
    return data
  }

  @Test func readsBackWhatItWrote() throws {
    try Self.withPath { path in
      var file = Self.file()
      file.deviationRadii = [0.75, 0.5]
      try file.write(to: path)
      let read = try WeightsFile(contentsOf: path)
      #expect(read.architecture == file.architecture)
      #expect(read.parameters == file.parameters)
      #expect(read.notes == file.notes)
      #expect(read.deviationRadii == [0.75, 0.5])
    }
  }

  @Test func radiiOfAnotherNumberOfLevelsAreNotTaken() {
    var file = Self.file()
    #expect(file.deviationRadii == [])
    file.deviationRadii = [0.5]
    #expect(file.deviationRadii == [])
    file.deviationRadii = [0.5, -.infinity]
    #expect(file.deviationRadii == [])
  }

  @Test func aWholeFileIsNotRefused() throws {
    let complaint = try Self.complaint(Self.bytes())
    #expect(complaint == nil)
  }

  @Test func foreignAndDamagedFilesAreRefused() throws {
    let whole = try Self.bytes()
    let cases: [(Data, String)] = [
      (Data(), "only 0 bytes"),
      (Data("not a weights file at all".utf8), "a header of"),
      (whole.prefix(whole.count - 10), "reaches beyond its end"),
      (whole.prefix(40), "a header of"),
      (Self.replacing("mri-ilo ladder", by: "another layout", in: whole), "its format is"),
      (Self.replacing("\"F16\"", by: "\"I16\"", in: whole), "has type I16"),
      (Self.replacing("decoder.root", by: "decoder.boot", in: whole), "tensor decoder.root should"),
      (
        try Self.bytes { $0.parameters[5] = .nan }, "holds values that are not finite"
      ),
    ]
    for (bytes, expected) in cases {
      let complaint = try Self.complaint(bytes)
      #expect(complaint?.contains(expected) == true, "\(complaint ?? "none"), not \(expected)")
    }
  }

  @Test func aShapeTooLargeForAnyMemoryIsRefused() throws {
    let header = """
      {"a":{"dtype":"F32","shape":[4611686018427387904,8],"data_offsets":[0,0]}}
      """
    var data = Data()
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(Data(header.utf8))
    let complaint = try Self.complaint(data)
    #expect(complaint?.contains("and shape") == true)
  }

  @Test func aMissingFileIsNamed() {
    #expect(throws: WeightsError.self) { try WeightsFile(contentsOf: "/nowhere/a.safetensors") }
  }

  /// A stranger's file may have names of thousands of letters.
  @Test func sentencesStaySentences() {
    let error = WeightsError(file: "a", problem: String(repeating: "x", count: 9000), cure: "b")
    #expect("\(error)".count < 700)
  }
}
