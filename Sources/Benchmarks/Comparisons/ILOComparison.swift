import Acquisition
import Arrays
import Foundation
import Layers
import Reconstruction

extension Comparison {
  /// The stages of ILO on one slice, against the same objective under PyTorch's L-BFGS.
  static func ilo(_ data: BenchmarkData) -> [Comparison] {
    let slice = data.sizes.slice
    let trial = {
      let scan = try data.scan(slice.coils, (slice.rows, slice.columns), oversampled: false)
      return (try StageTrial(problem: scan.problem(), weights: data.weights()), scan.mask)
    }
    return [
      Comparison(
        piece: "ILO stages \(slice.coils)×\(slice.rows)×\(slice.columns)",
        jobs: [
          (.pytorch, PeerJob(job: "ilo-stages", texts: ["weights": data.weightsPath]))
        ],
        inputs: {
          let (trial, mask) = try trial()
          var arrays: [String: String] = [:]
          func write(_ array: RealArray, _ name: String) throws {
            arrays[name] = data.folder.file("\(name).npy")
            try NPYFile.write(array, to: data.folder.file("\(name).npy"))
          }
          for (name, array) in [("maps", trial.maps), ("measurements", trial.measurements)] {
            arrays[name] = data.folder.file("\(name).npy")
            try NPYFile.write(array, to: data.folder.file("\(name).npy"))
          }
          try write(trial.image, "image")
          try write(
            RealArray(shape: [mask.columns.count], values: mask.columns.map { $0 ? 1 : 0 }), "mask")
          for (level, (mean, scale)) in zip(trial.means, trial.scales).enumerated() {
            try write(mean, "mean\(level)")
            try write(scale, "scale\(level)")
          }
          let settings = trial.settings
          let numbers: [Float] =
            [
              trial.scale, settings.misfit, settings.imageWeight, settings.priorWeight,
              Float(trial.top), Float(trial.left),
            ] + settings.stages.map { Float($0.iterations) }
          try write(RealArray(shape: [numbers.count], values: numbers), "settings")
          return Inputs(arrays: arrays)
        },
        ours: { results in
          let trial = try trial().0
          let ours = trial.run()
          let theirs = try results.reals("losses").values.map(Double.init)
          let evaluations = try results.reals("evaluations").values.reduce(0, +)
          guard let (a, b) = zip(ours.losses, theirs).suffix(1).first else {
            throw BenchmarkError("PyTorch gave no losses")
          }
          return OurSide(
            run: { _ = trial.run() },
            agreement: [
              // The same objective, but each takes its own steps.
              Agreement(
                name: "last loss above the peer's", difference: max(0, a / b - 1),
                tolerance: 0.02)
            ],
            note: "\(ours.evaluations) losses and gradients, the peer's \(Int(evaluations)); "
              + "the last loss is \(String(format: "%+.2f", 100 * (a / b - 1))) % from the peer's")
        })
    ]
  }
}
