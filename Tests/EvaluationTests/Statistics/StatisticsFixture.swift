import Foundation
import Testing

/// Inputs and outputs of SciPy and others, written by `Tests/PeerChecks/statistics_fixtures.py`.
struct StatisticsFixture: Decodable {
  struct Quartiles: Decodable {
    let values: [Double]
    let quartiles: [Double]
  }
  struct Wilcoxon: Decodable {
    let name: String
    let differences: [Double]
    let used: Int
    let statistic: Double
    let p: Double
    let median: Double
    let rankBiserial: Double?
  }
  struct Holm: Decodable {
    let p: [Double]
    let adjusted: [Double]
  }
  struct Agreement: Decodable {
    let name: String
    let first: [Double]
    let second: [Double]
    let confidence: Double
    let bias: Double
    let sd: Double
    let biasInterval: [Double]
    let lower: Double
    let lowerInterval: [Double]
    let upper: Double
    let upperInterval: [Double]
  }
  struct Kappa: Decodable {
    let name: String
    let scores: [[Int]]
    let linear: [Double]
    let quadratic: [Double]
  }
  struct Correlation: Decodable {
    let name: String
    let scores: [[Double]]
    let single: Double
    let average: Double
    let singleInterval: [Double]
    let averageInterval: [Double]
  }
  struct Friedman: Decodable {
    let name: String
    let blocks: [[Double]]
    let statistic: Double
    let p: Double
    let meanRanks: [Double]
  }
  struct Tiny: Decodable {
    let values: [Double]
    let confidence: Double
    let bounds: [Double]
  }
  struct Large: Decodable {
    let method: String
    let patients: [[Double]]
    let estimate: Double
    let resamples: Int
    let bounds: [Double]
    let standardError: [Double]
  }
  struct Bootstrap: Decodable {
    let tiny: [Tiny]
    let large: [Large]
  }

  let quartiles: [Quartiles]
  let wilcoxon: [Wilcoxon]
  let holm: [Holm]
  let blandAltman: [Agreement]
  let kappa: [Kappa]
  let icc: [Correlation]
  let friedman: [Friedman]
  let bootstrap: Bootstrap

  static func load() throws -> StatisticsFixture {
    let tests = (0..<3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
      url.deletingLastPathComponent()
    }
    let data = try Data(contentsOf: tests.appendingPathComponent("Fixtures/statistics.json"))
    return try JSONDecoder().decode(StatisticsFixture.self, from: data)
  }
}

/// Whether two figures agree to 1e-10 of the greater of 1 and the expected size.
func close(_ value: Double?, _ expected: Double, tolerance: Double = 1e-10) -> Bool {
  guard let value else { return false }
  return abs(value - expected) <= tolerance * max(1, abs(expected))
}

/// Whether two lists of figures agree, each to 1e-10.
func close(_ values: [Double], _ expected: [Double]) -> Bool {
  values.count == expected.count && zip(values, expected).allSatisfy { close($0, $1) }
}
