import Acquisition
import Arrays
import Foundation
import LinearOperators
import Numerics
import Reconstruction

extension Comparison {
  /// Coil maps, SENSE and L1-wavelet of one slice.
  ///
  /// Our times of the methods include the making of the problem, as the peers' include theirs.
  static func reconstructions(_ data: BenchmarkData) -> [Comparison] {
    [
      espirit(data), sense(data), wavelets(data, filter: .haar, name: "haar"),
      wavelets(data, filter: .daubechies2, name: "dau2"),
    ]
  }

  /// Every comparison, in the order in which they are run.
  static func all(_ data: BenchmarkData) -> [Comparison] {
    convolutions(data) + generator(data) + operators(data) + reconstructions(data) + ilo(data)
  }

  private static func size(_ data: BenchmarkData) -> String {
    "\(data.sizes.coils)×\(data.sizes.matrix.rows)×\(data.sizes.matrix.columns)"
  }

  private static func espirit(_ data: BenchmarkData) -> Comparison {
    Comparison(
      piece: "ESPIRiT \(size(data))",
      jobs: [(.bart, PeerJob(job: "espirit")), (.sigpy, PeerJob(job: "espirit"))],
      inputs: {
        try NPYFile.write(data.scan().sampled, to: data.folder.file("kspace.npy"))
        return Inputs(arrays: ["kspace": data.folder.file("kspace.npy")])
      },
      ours: { results in
        let scan = try data.scan()
        let maps = try ESPIRiT().coilMaps(kspace: scan.sampled, mask: scan.mask).sensitivities
        let theirs = try results.complexes("result")
        return OurSide(
          run: { _ = try ESPIRiT().coilMaps(kspace: scan.sampled, mask: scan.mask) },
          agreement: [
            Agreement(
              name: "1 - |<S1, S2>|² over the head",
              difference: distance(maps, theirs, kspace: scan.kspace), tolerance: 0.01)
          ])
      })
  }

  private static func decimals(_ value: Double) -> String { String(format: "%+.2f", value) }

  /// The value as it is written, 0.02 and not 0.01999999955.
  private static func decimal(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }

  private static func methodInputs(_ data: BenchmarkData) throws -> Inputs {
    let problem = try data.scan().problem()
    let mask = problem.mask.columns.map { $0 ? Float(1) : 0 }
    try NPYFile.write(problem.kspace, to: data.folder.file("kspace.npy"))
    try NPYFile.write(problem.maps.sensitivities, to: data.folder.file("maps.npy"))
    try NPYFile.write(
      RealArray(shape: [mask.count], values: mask), to: data.folder.file("mask.npy"))
    return Inputs(
      arrays: Dictionary(
        uniqueKeysWithValues: ["kspace", "maps", "mask"].map {
          ($0, data.folder.file("\($0).npy"))
        }))
  }

  /// Makes the problem and solves it: what a peer does with the same arrays.
  private static func work(
    _ method: some ReconstructionMethod, on data: BenchmarkData
  ) throws -> () throws -> Void {
    let scan = try data.scan()
    let maps = try scan.problem().maps
    return {
      let problem = try ReconstructionProblem(kspace: scan.sampled, mask: scan.mask, maps: maps)
      _ = try method.reconstruct(problem) { _ in }
    }
  }

  private static func sense(_ data: BenchmarkData) -> Comparison {
    // Every iteration is run, as the peers do.
    let method = SENSE(tolerance: 0)
    let numbers = [
      "lambda": decimal(SENSE.standardWeight), "iterations": Double(method.iterations),
    ]
    return Comparison(
      piece: "SENSE \(method.iterations) iterations \(size(data))",
      jobs: [
        (.bart, PeerJob(job: "sense", numbers: numbers)),
        (.sigpy, PeerJob(job: "sense", numbers: numbers)),
      ],
      inputs: { try methodInputs(data) },
      ours: { results in
        let image = try method.reconstruct(data.scan().problem()) { _ in }.image
        let difference = relativeNorm(try results.complexes("result"), image)
        return OurSide(
          run: try work(method, on: data),
          agreement: [Agreement(name: "image", difference: difference, tolerance: 0.01)])
      })
  }

  /// Our iterations until the objective is no higher than the peer's after 100.
  private static func wavelets(
    _ data: BenchmarkData, filter: WaveletFilter, name: String
  ) -> Comparison {
    let most = 100
    let method = L1Wavelet(filter: filter)
    return Comparison(
      piece: "L1-wavelet \(name) to the objective of \(most) iterations \(size(data))",
      jobs: [
        (
          .bart,
          PeerJob(
            job: "l1-wavelet",
            numbers: ["lambda": decimal(L1Wavelet.standardWeight), "iterations": Double(most)],
            texts: ["wavelet": name])
        )
      ],
      inputs: { try methodInputs(data) },
      ours: { results in
        let problem = try data.scan().problem()
        let theirs = try results.complexes("result")
        let objective = WaveletObjective(problem: problem, method: method)
        let goal = objective.value(theirs)
        func image(_ iterations: Int) throws -> ComplexArray {
          var method = method
          method.iterations = iterations
          return try method.reconstruct(problem) { _ in }.image
        }
        // Each run is one of more iterations: the first that is good enough, to within a tenth.
        var needed = 5
        while needed < 3 * most, try objective.value(image(needed)) > goal {
          needed += max(1, needed / 10)
        }
        let (found, converged) = try (image(needed), image(most))
        var chosen = method
        chosen.iterations = needed
        return OurSide(
          run: try work(chosen, on: data),
          agreement: [
            Agreement(
              name: "objective above the peer's",
              difference: max(0, objective.value(found) / goal - 1), tolerance: 0),
            // Whether both solve the same problem shows when both have gone on as long.
            Agreement(
              name: "image after \(most) of both", difference: relativeNorm(theirs, converged),
              tolerance: 0.1),
          ],
          note: "ours reaches the peer's objective in \(needed) iterations; after \(most) ours is "
            + decimals(100 * (objective.value(converged) / goal - 1)) + " % from the peer's")
      })
  }

  /// The mean over the head of 1 − |<S1, S2>|² of unit vectors over the coils.
  ///
  /// 0 for the same maps up to the phase. NaN if a map has a value that is not finite.
  static func distance(
    _ a: ComplexArray, _ b: ComplexArray, kspace: ComplexArray
  ) -> Double {
    guard a.shape == b.shape, a.shape.count == 3 else { return .nan }
    let (coils, pixels) = (a.shape[0], a.shape[1] * a.shape[2])
    var images = kspace
    FourierTransform(rows: a.shape[1], columns: a.shape[2]).inverse(&images)
    let energies = (0..<pixels).map { pixel in
      (0..<coils).reduce(0.0) { $0 + Double(images.values[$1 * pixels + pixel].lengthSquared) }
    }
    // The head is where the magnitude is above a tenth of the 99th percentile's.
    let threshold = 0.01 * energies.sorted()[(pixels - 1) * 99 / 100]
    var (sum, count) = (0.0, 0)
    for pixel in 0..<pixels where energies[pixel] > threshold {
      var (real, imaginary, sizeA, sizeB) = (0.0, 0.0, 0.0, 0.0)
      for coil in 0..<coils {
        let (x, y) = (a.values[coil * pixels + pixel], b.values[coil * pixels + pixel])
        let product = x.conjugate * y
        real += Double(product.real)
        imaginary += Double(product.imaginary)
        sizeA += Double(x.lengthSquared)
        sizeB += Double(y.lengthSquared)
      }
      sum += (real * real + imaginary * imaginary) / max(sizeA * sizeB, 1e-30)
      count += 1
    }
    // Rounding may take the mean above 1.
    return count > 0 && !sum.isNaN ? max(0, 1 - sum / Double(count)) : .nan
  }
}
