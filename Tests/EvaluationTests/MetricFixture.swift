import Arrays
import Evaluation
import Foundation
import Testing

/// What other programs computed (`Tests/PeerChecks/metric_fixtures.py`) for pairs of images that are
/// made here by the same formula.
struct MetricFixture: Decodable {
  struct Case: Decodable, CustomTestStringConvertible, Sendable {
    let rows: Int
    let columns: Int
    let range: Double
    let box: [Int]
    let threshold: Double
    let foregroundPixels: Int
    let whole: [String: Double]
    let foreground: [String: Double]
    let boxed: [String: Double]
    let naturalHaarPSI: Double

    var testDescription: String { "\(rows)×\(columns)" }

    var regions: [ImageRegion] {
      [
        .whole, .foreground,
        .box(
          RegionBox(
            row: box[0], column: box[1], height: box[2], width: box[3], label: "a box")),
      ]
    }

    var images: (reference: RealArray, reconstruction: RealArray) {
      metricPair(rows: rows, columns: columns)
    }
  }

  let cases: [Case]

  static func load() throws -> MetricFixture {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: tests.appendingPathComponent("Fixtures/metrics.json"))
    return try JSONDecoder().decode(MetricFixture.self, from: data)
  }
}

/// An object of ripples in a faint background and a copy with an error that has both fine and coarse
/// parts.
func metricPair(rows: Int, columns: Int) -> (reference: RealArray, reconstruction: RealArray) {
  var reference: [Float] = []
  var reconstruction: [Float] = []
  for row in 0..<rows {
    for column in 0..<columns {
      let (i, j) = (Double(row), Double(column))
      let ripples = abs(1.2 + sin(0.31 * i) * cos(0.23 * j) + 0.3 * sin(0.9 * i * j / 36))
      let down = (i - Double(rows) / 2) / (0.4 * Double(rows))
      let across = (j - Double(columns) / 2) / (0.36 * Double(columns))
      let value = (down * down + across * across < 1 ? 2 : 0.02) * ripples
      reference.append(Float(value))
      reconstruction.append(
        Float(abs(value + 0.16 * cos(1.7 * i + 0.9 * j) + 0.04 * (i - 20) / 20)))
    }
  }
  return (
    RealArray(shape: [rows, columns], values: reference),
    RealArray(shape: [rows, columns], values: reconstruction)
  )
}
