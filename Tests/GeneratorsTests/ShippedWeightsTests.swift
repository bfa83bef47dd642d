import Foundation
import Generators
import Layers
import Testing

/// The default weights as they lie in `datasets/weights`.
@Suite struct ShippedWeightsTests {
  private func weights() throws -> WeightsFile {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try WeightsFile(
      contentsOf: root.appendingPathComponent("datasets/weights/brain-ladder-256.safetensors").path)
  }

  @Test func theyStateWhereTheyComeFrom() throws {
    let weights = try weights()
    #expect(weights.architecture == .standard)
    #expect(weights.deviationRadii.count == weights.architecture.levels)
    #expect(weights.notes["step"] == "3200")
    for source in ["Cheng", "open_ms_data", "studyforrest"] {
      #expect(weights.notes["licence"]?.contains(source) == true)
    }
    #expect(weights.notes["training_data"]?.contains("3999") == true)
    #expect(weights.notes["familiarity"] != nil)
  }

  @Test func theyDrawAnImageThatTheyWereNotTrainedOn() throws {
    let network = try weights().network
    // A disc with a darker core and a bright rim: head-like in brightness, drawn by no scanner.
    let (rows, columns) = (96, 80)
    var image = Features(rows: rows, columns: columns, channels: 2, repeating: 0)
    for row in 0..<rows {
      for column in 0..<columns {
        let y = (Float(row) - 47.5) / 44
        let x = (Float(column) - 39.5) / 36
        let radius = (x * x + y * y).squareRoot()
        image.values[2 * (row * columns + column)] =
          radius > 1 ? 0 : radius > 0.9 ? 1.1 : radius < 0.3 ? 0.3 : 0.7
      }
    }
    let drawn = network.generator.forward(network.encode(image), rows: rows, columns: columns)
    let error = zip(drawn.output.values, image.values).reduce(0.0) {
      $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
    }
    let energy = image.values.reduce(0.0) { $0 + Double($1 * $1) }
    #expect(error < 0.02 * energy)
    // The prior's mean alone is no such image.
    let mean = network.generator.forward([], rows: rows, columns: columns).output
    let distance = zip(mean.values, image.values).reduce(0.0) {
      $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
    }
    #expect(distance > 0.2 * energy)
  }
}
