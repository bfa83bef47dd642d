import Layers
import TestSupport
import Testing

@Suite struct UpsamplingTests {
  let input = Features(
    batch: 2, rows: 3, columns: 5, channels: 7, values: testValues(210, seed: 1))

  /// Half-pixel centres: output pixel i samples the input at (i + ½) / 2 − ½, edges repeated.
  func definition(_ x: Features) -> Features {
    var out = Features(
      batch: x.batch, rows: 2 * x.rows, columns: 2 * x.columns, channels: x.channels, repeating: 0)
    func taps(_ i: Int, _ size: Int) -> [(Int, Double)] {
      let at = max(0, (Double(i) + 0.5) / 2 - 0.5)
      let low = min(Int(at), size - 1)
      return [(low, 1 - (at - Double(low))), (min(low + 1, size - 1), at - Double(low))]
    }
    for n in 0..<x.batch {
      for y in 0..<out.rows {
        for c in 0..<out.columns {
          for channel in 0..<x.channels {
            var sum = 0.0
            for (r, a) in taps(y, x.rows) {
              for (q, b) in taps(c, x.columns) {
                sum +=
                  a * b
                  * Double(x.values[((n * x.rows + r) * x.columns + q) * x.channels + channel])
              }
            }
            out.values[((n * out.rows + y) * out.columns + c) * x.channels + channel] = Float(sum)
          }
        }
      }
    }
    return out
  }

  @Test func matchesTheDefinition() {
    #expect(largestDifference(upsampled(input).values, definition(input).values) < 1e-6)
  }

  @Test func adjointIsTheAdjoint() {
    let up = definition(input)
    let gradient = Features(
      batch: 2, rows: 6, columns: 10, channels: 7, values: testValues(up.values.count, seed: 2))
    let left = dot(up.values, gradient.values)
    let right = dot(input.values, upsamplingAdjoint(gradient).values)
    #expect(abs(left - right) < 1e-5 * max(1, abs(left)))
  }
}
