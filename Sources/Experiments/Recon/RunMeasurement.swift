import Arrays
import Evaluation
import Reconstruction

/// The figures of a run as they come in: by method and slice, and over the volume.
struct RunMeasurement {
  private(set) var methods: [RunRecord.Method]
  private var volumes: [StreamedMetrics?]

  /// Without a `dataRange`, the maximum of the reference, nothing is measured but time.
  init(methods names: [String], dataRange: Double?) throws(MetricError) {
    methods = names.map { RunRecord.Method(name: $0, seconds: 0, slices: []) }
    let empty = try dataRange.map { range throws(MetricError) in
      try StreamedMetrics(dataRange: range)
    }
    volumes = Array(repeating: empty, count: names.count)
  }

  /// Measures one stage of a method.
  func stage(
    _ stage: Reconstruction.Stage, image: RealArray, reference: RealArray?
  ) throws(MetricError) -> RunRecord.Stage {
    var metrics: ImageMetrics?
    if let reference, let range = volumes.first??.dataRange {
      var measure = try StreamedMetrics(dataRange: range)
      metrics = try measure.add(image, against: reference)
    }
    return RunRecord.Stage(
      name: stage.name, iterations: stage.iterations, misfit: stage.misfit,
      metrics: RunRecord.Figures(metrics))
  }

  /// Measures and keeps the figures of one method on one slice.
  mutating func add(
    _ result: Reconstruction, seconds: Double, stages: [RunRecord.Stage], method: String,
    slice: Int, image: RealArray, reference: RealArray?
  ) throws(MetricError) {
    guard let index = methods.firstIndex(where: { $0.name == method }) else {
      shapeError("the method \(method) was not announced")
    }
    var metrics: ImageMetrics?
    if let reference { metrics = try volumes[index]?.add(image, against: reference) }
    methods[index].seconds += seconds
    methods[index].volume = RunRecord.Figures(volumes[index]?.volume)
    methods[index].slices.append(
      RunRecord.Slice(
        slice: slice, seconds: seconds, metrics: RunRecord.Figures(metrics),
        chosen: result.chosen, choices: result.choices,
        secondsByPart: result.seconds, stages: stages,
        warnings: result.warnings))
  }

  /// The last figures of a method.
  func latest(_ method: String) -> RunRecord.Figures? {
    methods.first { $0.name == method }?.slices.last?.metrics
  }
}
