import Evaluation
import Experiments
import Foundation
import TestSupport
import Testing

@testable import Reporting

/// Sheets as readers send them back.
struct ReaderSheetTests {
  private let scratch: TemporaryFolder
  private let key: ReaderStudyKey

  init() throws {
    scratch = try TemporaryFolder()
    key = ReaderStudyKey(
      images: [101, 205].map {
        ReaderStudyImage(
          number: $0, caseNumber: 1, scan: "s", patient: "p", slice: 0, method: "m\($0)",
          sampling: .init(mask: "random", acceleration: 4, centerFraction: 0.08, seed: "1"),
          job: "j", sha256: "00")
      })
  }

  private func read(_ text: String) throws -> ReaderScores {
    try scratch.write(Data(text.utf8), "scoring-reader-1.csv")
    return try ReaderScores(folder: scratch.path, key: key)
  }

  @Test(arguments: [
    "order,image,artefacts,sharpness,snr,overall,comment\n1,205,1,2,3,4,\"a, \"\"b\"\"\"\n2,101,4,,2,1,\n",
    "\u{FEFF}order;image;artefacts;sharpness;snr;overall;comment\r\n1;205;1;2;3;4;\"a, \"\"b\"\"\"\r\n2;101;4;;2;1;\r\n;;;;;;\r\n",
    "Order\tImage\tArtefacts\tSharpness\tSNR\tOverall\tComment\r1\t205\t 1\t2\t3\t4\ta, \"b\"\r2\t101\t4\t\t2\t1",
  ])
  func separatorsMarksAndLineEndsMakeNoDifference(text: String) throws {
    let reader = try #require(try read(text).readers.first)
    #expect(reader.scores[205] == [.artefacts: 1, .sharpness: 2, .snr: 3, .overall: 4])
    #expect(reader.scores[101] == [.artefacts: 4, .snr: 2, .overall: 1])
    #expect(reader.comments == [205: "a, \"b\""])
  }

  private static let header = "order,image,artefacts,sharpness,snr,overall,comment\n"

  @Test(arguments: [
    (header + "1,205,1,2,5,4,\n", "line 2 has '5' for snr"),
    (header + "1,205,1,2,3,4,\n2,101,0,1,1,1,\n", "line 3 has '0' for artefacts"),
    (header + "1,205,1,2.5,3,4,\n", "line 2 has '2.5' for sharpness"),
    (header + "1,205,1,good,3,4,\n", "line 2 has 'good'"),
    (header + "1,205,1,2,3,4,\"two\nlines\"\n2,101,1,2,3,9,\n", "line 4 has '9' for overall"),
    (header + "1,300,1,2,3,4,\n", "image 300, which the key does not have"),
    (header + "1,205,1,2,3,4,\n2,205,1,2,3,4,\n", "a second time"),
    (header + "1,,1,2,3,4,\n", "no number of an image"),
    ("order,image,artefacts,sharpness,snr,comment\n1,205,1,2,3,\n", "no column 'overall'"),
  ])
  func whatIsNoScoreIsNamedWithFileAndLine(text: String, complaint: String) throws {
    let error = #expect(throws: ExperimentError.self) { try read(text) }
    let sentence = try #require(error?.description)
    #expect(
      sentence.contains("scoring-reader-1.csv") && sentence.contains(complaint), "\(sentence)")
    #expect(!sentence.contains("\n"))
  }

  @Test func foldersWithoutSheetsAndMissingKeysAreSaid() throws {
    #expect(throws: ExperimentError.self) {
      try ReaderScores(folder: scratch.file("nowhere"), key: key)
    }
    let none = #expect(throws: ExperimentError.self) {
      try ReaderScores(folder: scratch.path, key: key)
    }
    #expect(none?.description.contains("no sheet") == true)
    #expect(throws: ExperimentError.self) {
      try ReaderStudyKey(contentsOf: scratch.file("key.csv"))
    }
    try scratch.write(Data(Self.header.utf8), "key.csv")
    #expect(throws: ExperimentError.self) {
      try ReaderStudyKey(contentsOf: scratch.file("key.csv"))
    }
  }

  @Test func theKeyOfAnotherStudyIsRefused() throws {
    try FileManager.default.createDirectory(
      atPath: scratch.file("images"), withIntermediateDirectories: false)
    try scratch.write(Data("another picture".utf8), "images/205.png")
    let error = #expect(throws: ExperimentError.self) {
      try read(Self.header + "1,205,1,2,3,4,\n")
    }
    #expect(error?.description.contains("not the image of the key") == true)
  }

  @Test func anEmptySheetIsRefusedAndAGapInTheReadersSaid() throws {
    let empty = try read(Self.header + "1,205,,,,,\n2,101,,,,,\n")
    #expect(throws: ExperimentError.self) {
      try ReaderAnalysis(empty, settings: ReaderAnalysisSettings())
    }
    try scratch.write(
      Data((Self.header + "1,205,1,2,3,4,\n2,101,1,1,1,1,\n").utf8), "scoring-reader-3.csv")
    let scores = try ReaderScores(folder: scratch.path, key: key)
    #expect(scores.absentReaders == [2])
    let analysis = try ReaderAnalysis(scores, settings: ReaderAnalysisSettings())
    #expect(analysis.caveats.contains("Without the sheet of reader 2."))
  }

  @Test func theKeyReadsBackAsItWasWritten() throws {
    var written = key
    written.images[0].repeats = 205
    written.images[1].sampling = nil
    written.images[1].scan = "a; \"b\",\nc"
    try written.csv.write(to: scratch.file("key.csv"))
    #expect(try ReaderStudyKey(contentsOf: scratch.file("key.csv")) == written)
  }
}
