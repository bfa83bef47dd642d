import Arrays
import Foundation
import TestSupport
import Testing

@testable import Layers

/// The layers of the untrained decoder against PyTorch (`Tests/PeerChecks/baseline_fixtures.py`) and
/// against what their definitions say.
@Suite struct ChannelNormalizationTests {
  struct Fixture: Decodable {
    struct Normalization: Decodable {
      let forward: [Float]
      let input: [Float]
      let scale: [Float]
      let shift: [Float]
    }
    struct Resizing: Decodable {
      let rows: Int
      let columns: Int
      let newRows: Int
      let newColumns: Int
      let forward: [Float]
      let input: [Float]
    }
    let normalization: Normalization
    let resizings: [Resizing]
  }

  func fixture() throws -> Fixture {
    try JSONDecoder().decode(
      Fixture.self, from: Data(contentsOf: URL(fileURLWithPath: fixturePath("baselines.json"))))
  }

  @Test func normalizationIsPyTorchs() throws {
    let expected = try fixture().normalization
    let layer = ChannelNormalization(
      scale: wave(5, seed: 2).map { 1 + 0.2 * $0 }, shift: wave(5, seed: 3).map { 0.1 * $0 },
      slope: 0)
    func shaped(_ values: [Float]) -> Features {
      features(channelsFirst: values, channels: 5, rows: 7, columns: 3)
    }
    let (output, saved) = layer.forward(shaped(wave(210, seed: 1)))
    #expect(largestDifference(output.values, shaped(expected.forward).values) < 3e-6)
    let back = layer.backward(shaped(wave(210, seed: 4)), saved: saved)
    #expect(largestDifference(back.input.values, shaped(expected.input).values) < 3e-6)
    #expect(largestDifference(back.scale, expected.scale) < 2e-5)
    #expect(largestDifference(back.shift, expected.shift) < 2e-5)
  }

  /// More pixels than one piece of work takes, so that sums cross pieces.
  @Test(arguments: [Float(0), 0.2, 1]) func gradientsAreDifferences(slope: Float) {
    var random = RandomStream(seed: 7)
    func normals(_ count: Int) -> [Float] { (0..<count).map { _ in random.normal() } }
    let (rows, columns, channels) = (37, 31, 3)
    let count = rows * columns * channels
    func shaped(_ values: [Float]) -> Features {
      Features(rows: rows, columns: columns, channels: channels, values: values)
    }
    let (x, g) = (normals(count), normals(count))
    let (scale, shift) = (normals(channels), normals(channels))
    func loss(_ x: [Float], _ scale: [Float], _ shift: [Float]) -> Double {
      let layer = ChannelNormalization(scale: scale, shift: shift, slope: slope)
      return zip(layer.forward(shaped(x)).output.values, g).reduce(0) {
        $0 + Double($1.0) * Double($1.1)
      }
    }
    let layer = ChannelNormalization(scale: scale, shift: shift, slope: slope)
    let back = layer.backward(shaped(g), saved: layer.forward(shaped(x)).saved)
    // Steps that take no value over the rectifier's kink.
    let direction = zip(x, normals(count)).map { abs($0) > 0.05 ? $1 : 0 }
    let h: Float = 0.004
    func along(_ t: Float) -> [Float] { zip(x, direction).map { $0 + t * $1 } }
    let difference = (loss(along(h), scale, shift) - loss(along(-h), scale, shift)) / Double(2 * h)
    let slopeAlong = zip(back.input.values, direction).reduce(0.0) { $0 + Double($1.0 * $1.1) }
    #expect(abs(difference - slopeAlong) < 0.02 * max(1, abs(slopeAlong)))
    for c in 0..<channels {
      var (up, down) = (scale, scale)
      (up[c], down[c]) = (scale[c] + 0.1, scale[c] - 0.1)
      let toScale = (loss(x, up, shift) - loss(x, down, shift)) / 0.2
      #expect(abs(toScale - Double(back.scale[c])) < 1e-3 * max(1, abs(toScale)))
      (up, down) = (shift, shift)
      (up[c], down[c]) = (shift[c] + 0.1, shift[c] - 0.1)
      let toShift = (loss(x, scale, up) - loss(x, scale, down)) / 0.2
      #expect(abs(toShift - Double(back.shift[c])) < 1e-3 * max(1, abs(toShift)))
    }
  }

  @Test func aChannelThatNeverChangesStaysFinite() {
    let layer = ChannelNormalization(scale: [1, 1], shift: [0.5, 0.5], slope: 0)
    let input = Features(rows: 3, columns: 2, channels: 2, repeating: -2)
    let (output, saved) = layer.forward(input)
    #expect(output.values.allSatisfy { $0 == 0.5 })
    let back = layer.backward(output, saved: saved)
    #expect(back.input.values.allSatisfy { $0 == 0 })
    #expect(back.scale.allSatisfy { $0.isFinite })
  }

  @Test func sumsDependOnNoThreadCount() throws {
    var random = RandomStream(seed: 2)
    let input = Features(
      rows: 61, columns: 53, channels: 5, values: (0..<61 * 53 * 5).map { _ in random.normal() })
    let layer = ChannelNormalization(
      scale: [1, 2, 3, 4, 5], shift: [0, 0, 1, 1, 2], slope: 0)
    let results = [1, 2].map { threads in
      withThreads(threads) {
        let (output, saved) = layer.forward(input)
        return (output, layer.backward(input, saved: saved))
      }
    }
    #expect(results[0].0 == results[1].0)
    #expect(results[0].1.input == results[1].1.input)
    #expect(results[0].1.scale == results[1].1.scale)
  }

  @Test(arguments: 0..<5) func resizingIsPyTorchs(_ index: Int) throws {
    let expected = try fixture().resizings[index]
    let resizing = NearestResizing(rows: expected.newRows, columns: expected.newColumns)
    let input = features(
      channelsFirst: wave(2 * expected.rows * expected.columns, seed: 5), channels: 2,
      rows: expected.rows, columns: expected.columns)
    let output = resizing.forward(input)
    let shaped = features(
      channelsFirst: expected.forward, channels: 2, rows: expected.newRows,
      columns: expected.newColumns)
    #expect(largestDifference(output.values, shaped.values) < 1e-6)
    let back = resizing.adjoint(
      features(
        channelsFirst: wave(output.values.count, seed: 6), channels: 2, rows: expected.newRows,
        columns: expected.newColumns), rows: expected.rows, columns: expected.columns)
    let toInput = features(
      channelsFirst: expected.input, channels: 2, rows: expected.rows, columns: expected.columns)
    #expect(largestDifference(back.values, toInput.values) < 3e-6)
  }

  @Test(arguments: [(3, 5, 7, 9), (9, 7, 4, 5), (1, 1, 3, 2)])
  func resizingHasItsAdjoint(rows: Int, columns: Int, newRows: Int, newColumns: Int) {
    var random = RandomStream(seed: 5)
    func normals(_ rows: Int, _ columns: Int) -> Features {
      Features(
        batch: 2, rows: rows, columns: columns, channels: 3,
        values: (0..<6 * rows * columns).map { _ in random.normal() })
    }
    let resizing = NearestResizing(rows: newRows, columns: newColumns)
    let (x, y) = (normals(rows, columns), normals(newRows, newColumns))
    func product(_ a: Features, _ b: Features) -> Double {
      zip(a.values, b.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let left = product(resizing.forward(x), y)
    let right = product(x, resizing.adjoint(y, rows: rows, columns: columns))
    #expect(abs(left - right) < 1e-4)
  }
}
