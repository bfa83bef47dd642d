import Foundation
import Reconstruction
import TestSupport
import Testing

@testable import Experiments

@Suite struct SliceSelectionTests {
  @Test(arguments: [
    ("0", [0]), ("0-3", [0, 1, 2, 3]), ("5,1-2,2", [1, 2, 5]),
  ])
  func goodLists(text: String, slices: [Int]) throws {
    #expect(try SliceSelection(text).indices(of: 6, file: "f") == slices)
  }

  @Test(arguments: ["", "a", "3-1", "-1", "1-2-3", "1,", "0-"]) func badLists(text: String) {
    #expect(throws: ExperimentError.self) { try SliceSelection(text) }
  }

  @Test func slicesThatAreNotThere() throws {
    #expect(throws: ExperimentError.self) {
      try SliceSelection("4-6").indices(of: 6, file: "f")
    }
  }
}

@Suite struct MethodChoiceTests {
  private struct NoWeights: Error {}

  private let choices = [
    MethodChoice(name: "plain", defaults: [Int]()) { _, _ in ZeroFilled() },
    MethodChoice(name: "heavy", needsWeights: true, defaults: [Int]()) { _, context in
      _ = try context.weights()
      return ZeroFilled()
    },
  ]

  @Test func theOrderOfTheListIsKept() throws {
    #expect(try MethodChoice.list("heavy, plain", from: choices).map(\.name) == ["heavy", "plain"])
  }

  @Test(arguments: [
    ("", "''"), ("plain,other", "'other'; choose from plain, heavy"), ("plain,plain", "twice"),
    ("plain,", "''"),
  ])
  func badLists(text: String, words: String) {
    #expect {
      try MethodChoice.list(text, from: choices)
    } throws: {
      "\($0)".contains(words)
    }
  }

  @Test func weightsAreReadOnlyWhenAskedFor() throws {
    let context = MethodChoice.Context(seed: 0) { throw NoWeights() }
    _ = try choices[0].make(context)
    #expect(throws: NoWeights.self) { try choices[1].make(context) }
  }
}

@Suite struct WeightsLocationTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("weights-\(UUID().uuidString)").resolvingSymlinksInPath().path

  private func place(_ path: String) throws -> String {
    let url = URL(fileURLWithPath: folder + "/" + path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("x".utf8).write(to: url)
    return url.path
  }

  @Test(arguments: [WeightsLocation.Role.generator, .denoiser, .styleGAN, .dcgan, .vae])
  func optionThenVariableThenInstallationThenPackage(role: WeightsLocation.Role) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (name, set) = (role.defaultName, role.variable)
    let program = try place("package/.build/platform/release/mri-ilo")
    func found(_ option: String? = nil, _ variable: String = "") throws -> String {
      try WeightsLocation(
        option: option, role: role, environment: [set: variable], executable: program
      ).path()
    }
    #expect {
      try found()
    } throws: {
      "\($0)".contains("package/datasets/weights/\(name)")
        && "\($0)".contains(role.option)
    }
    let package = try place("package/datasets/weights/\(name)")
    #expect(try found() == package)
    let installed = try place("package/.build/platform/share/mri-ilo/weights/\(name)")
    #expect(try found() == installed)
    let other = try place("other")
    #expect(try found(nil, other) == other)
    #expect(try found(package, other) == package)
    #expect(throws: ExperimentError.self) { try found(folder + "/none", other) }
    #expect(throws: ExperimentError.self) { try found(nil, folder + "/none") }
  }
}

@Suite struct FileDigestTests {
  /// The vectors of FIPS 180-2, appendix B, and that of no bytes.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func theStandardsVectors(text: String, digest: String) throws {
    #expect(FileDigest.sha256(of: text) == digest)
    let folder = try TemporaryFolder()
    #expect(try FileDigest.sha256(ofFile: folder.write(Data(text.utf8), "text")) == digest)
    #expect(TestSupport.sha256(of: text) == digest)
  }

  @Test func aFileOfSeveralPieces() throws {
    let text = String(repeating: "0123456789\n", count: 250_000)
    let folder = try TemporaryFolder()
    let path = try folder.write(Data(text.utf8), "text")
    #expect(try FileDigest.sha256(ofFile: path) == TestSupport.sha256(of: text))
    #expect(throws: ExperimentError.self) { try FileDigest.sha256(ofFile: folder.file("none")) }
  }
}

@Suite struct TimeEstimateTests {
  @Test func theShareOfTheLastMethodGivesTheTimeLeft() throws {
    var estimate = TimeEstimate(methods: ["quick", "slow"])
    var progress = RunProgress(slice: 4, position: 0, slices: 3)
    estimate.note(progress, at: 9)
    progress.method = "quick"
    estimate.note(progress, at: 10)
    #expect(estimate.left(progress, at: 10) == nil)
    (progress.fraction, progress.isMethodDone) = (1, true)
    estimate.note(progress, at: 12)
    progress.method = "slow"
    (progress.fraction, progress.isMethodDone) = (0, false)
    estimate.note(progress, at: 12)
    progress.fraction = 0.25
    estimate.note(progress, at: 14)
    // Six seconds of this method, then two slices of 1 s for coil maps, 2 s and 8 s.
    #expect(estimate.left(progress, at: 14) == 28)
    #expect(abs(estimate.share(progress) - 1.25 / 6) < 1e-12)
  }
}
