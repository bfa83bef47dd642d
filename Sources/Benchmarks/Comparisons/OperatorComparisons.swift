import Acquisition
import Arrays
import LinearOperators

extension Comparison {
  /// The normal operator of SENSE with a mask along columns.
  static func operators(_ data: BenchmarkData) -> [Comparison] {
    [(data.sizes.matrix, false), (data.sizes.oversampled, true)].map { matrix, oversampled in
      let shape = [data.sizes.coils, matrix.rows, matrix.columns]
      let maps = { unitMaps(shape) }
      let image = normalComplex([matrix.rows, matrix.columns], seed: 2)
      let mask = {
        try data.scan(data.sizes.coils, matrix, oversampled: oversampled).mask.columns
      }
      return Comparison(
        piece: "SENSE normal \(shape[0])×\(matrix.rows)×\(matrix.columns)",
        jobs: [
          (.pytorch, PeerJob(job: "sense-normal", texts: ["form": "1-D"])),
          (.pytorch, PeerJob(job: "sense-normal", texts: ["form": "2-D"])),
          (.sigpy, PeerJob(job: "sense-normal")),
        ],
        inputs: {
          let paths = ["maps", "image", "mask"].map { ($0, data.folder.file("\($0).npy")) }
          let arrays = Dictionary(uniqueKeysWithValues: paths)
          try NPYFile.write(maps(), to: data.folder.file("maps.npy"))
          try NPYFile.write(image, to: data.folder.file("image.npy"))
          let values = try mask().map { $0 ? Float(1) : 0 }
          try NPYFile.write(
            RealArray(shape: [values.count], values: values), to: data.folder.file("mask.npy"))
          return Inputs(arrays: arrays)
        },
        ours: { results in
          let system = SENSEOperator(maps: maps(), mask: try mask())
          var result = ComplexArray(zeros: image.shape)
          system.normal(image, into: &result)
          let difference = relativeNorm(try results.complexes("result"), result)
          return OurSide(
            run: { system.normal(image, into: &result) },
            agreement: [Agreement(name: "result", difference: difference, tolerance: 1e-5)])
        })
    }
  }
}
