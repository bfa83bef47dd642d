import Acquisition
import Arrays
import LinearOperators
import Numerics
import Reconstruction
import ScanFiles

/// The gate between a scan and the methods: nothing outside the mask passes it.
struct UndersampledSlice {
  /// What the methods get.
  let problem: ReconstructionProblem
  /// The same with further sets of coil maps, for methods that use them; nil where there is one set.
  let jointProblem: ReconstructionProblem?
  /// Of the pixels that one set of maps explains, the share that a second one explains as well; nil where it was
  /// not asked for.
  let secondSetShare: Double?

  /// Takes slice `slice` of `scan`, clears what `mask` does not sample, and finds the coil maps
  /// from the rest.
  ///
  /// What partial Fourier leaves out is zero for the methods, which take it for unknown; the image of the
  /// measurements by themselves is filled by `filling`. Throws `ScanFileError`, `CalibrationError` or
  /// `ReconstructionError`.
  init(
    scan: any Scan, slice: Int, mask: SamplingMask, filling: PartialFourierFilling = .zero,
    mapSets: Int = 1, measuresSecondSet: Bool = false
  ) throws {
    var kspace = try scan.kspace(slice: slice)
    for index in kspace.values.indices where !mask.samples[index % mask.samples.count] {
      kspace.values[index] = .zero
    }
    let maps = try mapEstimate(
      of: kspace, mask: mask, count: mapSets, measuresSecondSet: measuresSecondSet)
    secondSetShare = maps.secondSetShare
    var problem = try ReconstructionProblem(kspace: kspace, mask: mask, maps: maps.sets[0])
    var joint =
      maps.sets.count == 1
      ? nil : ReconstructionProblem(problem, furtherSets: Array(maps.sets.dropFirst()))
    let axes = scan.partialFourier
    if filling != .zero, !axes.isEmpty {
      let lines = mask.calibrationColumns
      let reach = min(
        mask.columns.count / 2 - lines.lowerBound, lines.upperBound - 1 - mask.columns.count / 2)
      let filler = PartialFourierFiller(axes: axes, phaseReach: max(1, reach))
      let filled = filler.fill(problem.kspace, by: filling)
      problem.filledImage = combined(filled, by: [maps.sets[0]])
      joint?.filledImage = combined(filled, by: maps.sets)
    }
    (self.problem, jointProblem) = (problem, joint)
  }

  /// What `method` gets: the problem of all sets of maps if it uses them, else that of the first.
  func problem(for method: any ReconstructionMethod) -> ReconstructionProblem {
    method.usesMapSets ? jointProblem ?? problem : problem
  }

  /// The magnitude of a scaled image `[rows, columns]` in the units of the file, its centre cut to
  /// `size` as fastMRI does.
  func magnitude(_ image: ComplexArray, size: (rows: Int, columns: Int)) -> RealArray {
    var magnitude = image.magnitudes
    for index in magnitude.values.indices { magnitude.values[index] *= problem.intensityScale }
    return centre(of: magnitude, size: size)
  }

  /// The scaled image in the units of the file on a finer matrix, k-space being zero-padded.
  func image(_ image: ComplexArray, on matrix: ImageMatrix) -> ComplexArray {
    let fine = KSpaceTruncationOperator(shape: matrix.padded, coarse: image.shape)
    return complexImage(fine.interpolated(image), size: (matrix.size[0], matrix.size[1]))
  }

  /// The scaled image itself `[rows, columns]` in the units of the file, cut likewise.
  func complexImage(_ image: ComplexArray, size: (rows: Int, columns: Int)) -> ComplexArray {
    var image = centre(of: image, size: size)
    for index in image.values.indices {
      image.values[index] = image.values[index].multiplied(by: problem.intensityScale)
    }
    return image
  }
}

/// The centre of an `image` `[rows, columns]`, as fastMRI's `center_crop` takes it
/// (facebookresearch/fastMRI, `fastmri/data/transforms.py`).
func centre<Value>(
  of image: DenseArray<Value>, size: (rows: Int, columns: Int)
) -> DenseArray<Value> {
  let (rows, columns) = (image.shape[0], image.shape[1])
  guard size.rows <= rows, size.columns <= columns else {
    shapeError("a centre of \(size) cannot be cut out of an image \(image.shape)")
  }
  let (top, left) = ((rows - size.rows) / 2, (columns - size.columns) / 2)
  return DenseArray(
    shape: [size.rows, size.columns],
    values: (0..<size.rows).flatMap { row in
      let start = (row + top) * columns + left
      return image.values[start..<start + size.columns]
    })
}
