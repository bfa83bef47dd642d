import Acquisition
import Arrays
import Numerics
import Reconstruction
import ScanFiles

/// The gate between a scan and the methods: nothing outside the mask passes it.
struct UndersampledSlice {
  /// What the methods get.
  let problem: ReconstructionProblem

  /// Takes slice `slice` of `scan`, clears what `mask` does not sample, and finds the coil maps
  /// from the rest.
  ///
  /// Throws `ScanFileError`, `CalibrationError` or `ReconstructionError`.
  init(scan: any Scan, slice: Int, mask: SamplingMask) throws {
    var kspace = try scan.kspace(slice: slice)
    for index in kspace.values.indices where !mask.samples[index % mask.samples.count] {
      kspace.values[index] = .zero
    }
    let maps = try coilMaps(of: kspace, mask: mask)
    problem = try ReconstructionProblem(kspace: kspace, mask: mask, maps: maps)
  }

  /// The magnitude of a scaled image `[rows, columns]` in the units of the file, its centre cut to
  /// `size` as fastMRI does.
  func magnitude(_ image: ComplexArray, size: (rows: Int, columns: Int)) -> RealArray {
    var magnitude = image.magnitudes
    for index in magnitude.values.indices { magnitude.values[index] *= problem.intensityScale }
    return centre(of: magnitude, size: size)
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
