import Foundation
import Kernels
import TestSupport
import Testing

/// The element-wise loops of each instruction set against plain loops in double precision.
@Suite struct ElementTests {
  static let sets: [String] = ["avx512", "avx2", "plain"].filter { (name: String) in
    elements_named(name) != nil
  }

  func table(_ name: String) throws -> element_table {
    try #require(elements_named(name)).pointee
  }

  @Test(arguments: sets) func exponentialIsAccurate(_ set: String) throws {
    let table = try table(set)
    let x = (0..<40_001).map { Float($0 - 20_000) / 250 }
    var y = x
    table.exponential(x.count, x, &y)
    let worst = zip(x, y).map { abs(Double($1) / exp(Double($0)) - 1) }.max() ?? 1
    #expect(worst < 2e-7, "\(worst)")
    var one: Float = 0
    table.exponential(1, [Float.nan], &one)
    #expect(one.isNaN)
  }

  static let range = log_range(low: -0.5, high: 0.4)

  /// Latents of 1, 2, 5, 16 and 700 per pixel: less and more than a block.
  @Test(arguments: sets, [(300, 1), (511, 2), (77, 5), (40, 16), (3, 700)])
  func latentsAndTheirGradients(_ set: String, _ size: (Int, Int)) throws {
    let table = try table(set)
    let (pixels, z) = size
    let prior = testValues(2 * pixels * z, seed: 1)
    let deviations = testValues(pixels * z, seed: 2)
    let g = testValues(pixels * z, seed: 3)
    var values = g
    var (toDeviations, toPrior) = (g, prior)
    table.latent(pixels, Int32(z), Self.range, prior, deviations, &values)
    table.latent_gradient(
      pixels, Int32(z), Self.range, g, prior, deviations, &toDeviations, &toPrior)
    var worst = 0.0
    for i in g.indices {
      let mean = i / z * 2 * z + i % z
      let raw = Double(prior[mean + z])
      let scale = exp(min(max(raw, -0.5), Double(Float(0.4))))
      var toLog = Double(g[i]) * scale * Double(deviations[i])
      if raw > 0.4 { toLog = max(0, toLog) }
      if raw < -0.5 { toLog = min(0, toLog) }
      for (ours, theirs) in [
        (values[i], Double(prior[mean]) + scale * Double(deviations[i])),
        (toDeviations[i], Double(g[i]) * scale), (toPrior[mean], Double(g[i])),
        (toPrior[mean + z], toLog),
      ] {
        worst = max(worst, abs(Double(ours) - theirs))
      }
    }
    #expect(worst < 1e-6)
    // Without deviations: the means, and no gradient to the log scales.
    table.latent(pixels, Int32(z), Self.range, prior, nil, &values)
    table.latent_gradient(pixels, Int32(z), Self.range, g, prior, nil, nil, &toPrior)
    for i in g.indices {
      let mean = i / z * 2 * z + i % z
      #expect(values[i] == prior[mean] && toPrior[mean] == g[i] && toPrior[mean + z] == 0)
    }
  }

  @Test(arguments: sets, [(511, 2), (77, 5), (3, 700)])
  func posteriorsAndTheirGradients(_ set: String, _ size: (Int, Int)) throws {
    let table = try table(set)
    let (pixels, z) = size
    let statistics = testValues(2 * pixels * z, seed: 4)
    let (noise, g) = (testValues(pixels * z, seed: 5), testValues(pixels * z, seed: 6))
    var (sample, gradient) = (noise, statistics)
    let divergence = table.posterior(
      pixels, Int32(z), Self.range, statistics, noise, &sample)
    table.posterior_gradient(
      pixels, Int32(z), Self.range, 0.7, g, statistics, noise, &gradient)
    var (worst, total) = (0.0, 0.0)
    for i in g.indices {
      let mean = i / z * 2 * z + i % z
      let (q, raw) = (Double(statistics[mean]), Double(statistics[mean + z]))
      let t = min(max(raw, -0.5), Double(Float(0.4)))
      let (scale, n) = (exp(t), Double(noise[i]))
      total += 0.5 * (scale * scale + q * q - 1) - t
      var toLog = Double(g[i]) * n * scale + 0.7 * (scale * scale - 1)
      if raw > 0.4 { toLog = max(0, toLog) }
      if raw < -0.5 { toLog = min(0, toLog) }
      for (ours, theirs) in [
        (sample[i], q + scale * n), (gradient[mean], Double(g[i]) + 0.7 * q),
        (gradient[mean + z], toLog),
      ] {
        worst = max(worst, abs(Double(ours) - theirs))
      }
    }
    #expect(worst < 1e-6)
    #expect(abs(divergence - total) < 1e-6 * Double(g.count))
  }

  @Test(arguments: sets) func nanDoesNotPassSilently(_ set: String) throws {
    let table = try table(set)
    var out: [Float] = [0]
    table.latent(1, 1, Self.range, [0, .nan], [1], &out)
    #expect(out[0].isNaN)
    let a: [Float] = [1, .nan, 2]
    #expect(table.dot(3, a, a).isNaN)
    #expect(table.absolute_sum(3, a).isNaN)
  }

  @Test(arguments: sets) func sumsAreThoseOfDoublePrecision(_ set: String) throws {
    let table = try table(set)
    for count in [1, 15, 31, 32, 1003] {
      let (a, b) = (testValues(count, seed: 7), testValues(count, seed: 8))
      func near(_ x: Double, _ y: Double) -> Bool { abs(x - y) < 1e-12 * Double(count) }
      #expect(near(table.dot(count, a, b), dot(a, b)))
      #expect(near(table.absolute_sum(count, a), a.reduce(0) { $0 + Double(abs($1)) }))
      var above = 0
      let over = a.map { Double(abs($0)) - 0.3 }.filter { $0 > 0 }
      #expect(near(table.excess(count, a, 0.3, &above), over.reduce(0, +)))
      #expect(above == over.count)
      var y = b
      let product = table.add_scaled_dot(count, 0.5, a, &y, a)
      #expect(largestDifference(y, zip(a, b).map { $1 + 0.5 * $0 }) < 1e-7)
      #expect(near(product, dot(y, a)))
      var shrunk = a
      table.shrink(count, 0.3, &shrunk)
      let expected = a.map { abs($0) <= 0.3 ? 0 : ($0 > 0 ? $0 - 0.3 : $0 + 0.3) }
      #expect(largestDifference(shrunk, expected) < 1e-7)
    }
  }

  @Test(arguments: sets, [16, 35, 7]) func upsamplingGradient(_ set: String, _ c: Int) throws {
    let table = try table(set)
    let (h, w) = (3, 5)
    let gradient = testValues(4 * h * w * c, seed: 9)
    var out = [Float](repeating: 0, count: h * w * c)
    table.upsample_gradient_rows(
      gradient, Int32(h), Int32(w), Int32(c), 0, Int32(h), &out)
    // Scatter form: what the up-sampling takes with a weight comes back with it.
    var expected = [Double](repeating: 0, count: out.count)
    func taps(_ i: Int, _ size: Int) -> [(Int, Double)] {
      let far = i % 2 == 1 ? i / 2 + 1 : i / 2 - 1
      return [(i / 2, 0.75), (min(max(far, 0), size - 1), 0.25)]
    }
    for y in 0..<2 * h {
      for x in 0..<2 * w {
        for channel in 0..<c {
          let i = (y * 2 * w + x) * c + channel
          let g = Double(gradient[i])
          for (r, a) in taps(y, h) {
            for (q, b) in taps(x, w) { expected[(r * w + q) * c + channel] += a * b * g }
          }
        }
      }
    }
    #expect(largestDifference(out, expected.map(Float.init)) < 2e-6)
  }

  @Test(arguments: sets) func adamClipsAndAverages(_ set: String) throws {
    let table = try table(set)
    let count = 37
    let gradient = testValues(count, seed: 11)
    var (value, average) = (testValues(count, seed: 12), testValues(count, seed: 13))
    var (mean, square) = (testValues(count, seed: 14), testValues(count, seed: 15).map(abs))
    let before = (value, average, mean, square)
    var step = adam_step(
      gradient_factor: 0.5, rate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, correction1: 2,
      correction2: 3, average_share: 0.25)
    table.adam(count, &step, &value, &mean, &square, &average, gradient)
    for i in 0..<count {
      let g = 0.5 * Double(gradient[i])
      let m = 0.9 * Double(before.2[i]) + 0.1 * g
      let s = 0.99 * Double(before.3[i]) + 0.01 * g * g
      let v = Double(before.0[i]) - 0.1 * (2 * m) / ((3 * s).squareRoot() + 1e-8)
      let a = Double(before.1[i]) + 0.25 * (v - Double(before.1[i]))
      for (ours, theirs) in [(mean[i], m), (square[i], s), (value[i], v), (average[i], a)] {
        #expect(abs(Double(ours) - theirs) < 2e-6 * max(1, abs(theirs)))
      }
    }
  }

  @Test(arguments: sets) func absoluteLoss(_ set: String) throws {
    let table = try table(set)
    let (x, y) = (testValues(45, seed: 16), testValues(45, seed: 17))
    var (gradient, sums) = (x, [1.0, 2.0])
    table.absolute_loss(45, x, y, 0.5, &gradient, &sums)
    let d = zip(x, y).map { $0 - $1 }
    #expect(abs(sums[0] - 1 - d.reduce(0) { $0 + Double(abs($1)) }) < 1e-6)
    #expect(abs(sums[1] - 2 - d.reduce(0) { $0 + Double($1 * $1) }) < 1e-6)
    #expect(gradient == d.map { $0 > 0 ? 0.5 : $0 < 0 ? -0.5 : 0 })
  }

  @Test(arguments: sets) func joiningAndSplitting(_ set: String) throws {
    let table = try table(set)
    let (pixels, a, b) = (9, 5, 19)
    let (x, y) = (testValues(pixels * a, seed: 18), testValues(pixels * b, seed: 19))
    var joined = [Float](repeating: 0, count: pixels * (a + b))
    table.join(pixels, Int32(a), Int32(b), 0.2, x, y, &joined)
    let g = testValues(joined.count, seed: 20)
    var (toX, toY) = (x, y)
    table.split(pixels, Int32(a), Int32(b), 0.2, g, joined, &toX, &toY)
    for p in 0..<pixels {
      for c in 0..<a {
        #expect(joined[p * (a + b) + c] == x[p * a + c])
        #expect(toX[p * a + c] == g[p * (a + b) + c])
      }
      for c in 0..<b {
        let (value, i) = (y[p * b + c], p * (a + b) + a + c)
        #expect(joined[i] == (value > 0 ? value : value * 0.2))
        #expect(toY[p * b + c] == (value > 0 ? g[i] : g[i] * 0.2))
      }
    }
  }
}
