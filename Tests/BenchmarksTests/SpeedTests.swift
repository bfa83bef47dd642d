import Foundation
import TestSupport
import Testing

@testable import Benchmarks

@Suite struct SpeedTests {
  private func data() throws -> BenchmarkData {
    try BenchmarkData(sizes: .quick, weightsPath: shippedWeights)
  }

  @Test func piecesHaveNamesOfTheirOwn() throws {
    let data = try data()
    defer { data.removeFiles() }
    let names = SpeedPiece.all(data).map(\.name)
    #expect(Set(names).count == names.count)
    for part in [
      "forward", "to weights", "training", "FFT", "SENSE normal", "ESPIRiT", "ILO", "file",
    ] {
      #expect(names.contains { $0.contains(part) })
    }
  }

  @Test(arguments: ["backward to weights 16→16", "SENSE normal 4×64", "wavelet", "file reading"])
  func piecesRunAndAreTimed(_ filter: String) throws {
    let data = try data()
    defer { data.removeFiles() }
    let pieces = SpeedPiece.all(data).filter { $0.name.contains(filter) }
    #expect(!pieces.isEmpty)
    for piece in pieces {
      let limit = Machine.Limit(threads: 1, gigaflops: 100, gigabytes: 10)
      let result = try piece.timed(threads: 1, repetition: .quick, limit: limit)
      let seconds = result.milliseconds.median / 1000
      #expect(seconds > 0 && result.milliseconds.count == 2)
      #expect(abs(result.gigabytesPerSecond * 1e9 * seconds / result.bytes - 1) < 1e-9)
      #expect(result.shareOfBandwidth == result.gigabytesPerSecond / 10)
      if let flops = result.flops, let share = result.shareOfPeak {
        #expect(abs(share * 100e9 * seconds / flops - 1) < 1e-9)
      }
    }
  }

  @Test func resultsAreReadAgain() throws {
    let data = try data()
    defer { data.removeFiles() }
    let piece = try #require(SpeedPiece.all(data).first { $0.name.contains("FFT") })
    let table = BenchmarkFile.SpeedTable(
      machine: Machine(threads: [1], copiedBytes: 1 << 16),
      pieces: [try piece.timed(threads: 1, repetition: .quick, limit: nil)])
    let folder = try TemporaryFolder()
    try BenchmarkFile.write(table, to: folder.file("speed.json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let text = try Data(contentsOf: URL(fileURLWithPath: folder.file("speed.json")))
    #expect(try decoder.decode(BenchmarkFile.SpeedTable.self, from: text) == table)
    #expect(throws: BenchmarkError.self) {
      try BenchmarkFile.write(table, to: folder.file("missing/speed.json"))
    }
  }
}

/// The weights in `datasets`.
let shippedWeights: String = {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  return root.appendingPathComponent("datasets/weights/brain-ladder-256.safetensors").path
}()
