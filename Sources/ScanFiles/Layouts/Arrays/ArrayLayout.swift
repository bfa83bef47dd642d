/// How an HDF5 dataset of k-space that is not fastMRI's has its axes, and what its samples are.
struct ArrayLayout: Equatable, Sendable {
  /// What an axis of the dataset counts.
  enum Axis: Sendable {
    case frame, slice, coil, row, column
    /// Real and imaginary part of each coil in turn.
    case coilParts
  }

  let layout: ScanLayout
  /// The dataset's name.
  let dataset: String
  /// The axes as HDF5 has them, the slowest first.
  let axes: [Axis]
  /// Whether image element 0 is the origin, as `numpy.fft.ifft2` alone gives, and not the middle one.
  var hasCornerOrigin = false

  /// The layout of `file`, or nil if it is none of these.
  ///
  /// - SKM-TEA: complex `kspace` (x, ky, kz, echo, coil), the readout x already transformed, beside
  ///   `maps`, `target` or `masks` (StanfordMIMI/skm-tea, `DATASET.md`).
  /// - CMRxRecon: complex `kspace_full` and the like, in HDF5 (frame, slice, coil, ky, kx), without
  ///   the frame axis for maps, without the coil axis where the name says `single`
  ///   (NKI-AI/direct, `direct/data/datasets.py`).
  /// - Calgary-Campinas: real `kspace` (x, ky, kz, coil parts), the readout x already transformed,
  ///   more of ky and kz than of coil parts
  ///   (NKI-AI/direct, `direct/data/datasets.py`).
  static func of(_ file: HDF5File) throws(ScanFileError) -> ArrayLayout? {
    if file.contains("kspace") {
      let kspace = try file.dataset("kspace")
      let isComplex = if case .complex = kspace.elementType { true } else { false }
      if isComplex, kspace.shape.count == 5,
        ["maps", "target", "masks"].contains(where: file.contains)
      {
        return ArrayLayout(
          layout: .skmTEA, dataset: "kspace", axes: [.slice, .row, .column, .frame, .coil])
      }
      // Coils are fewer than lines; the other way round it is fastMRI's k-space without its
      // imaginary part.
      if kspace.elementType == .float, kspace.shape.count == 4,
        kspace.shape[3].isMultiple(of: 2), kspace.shape[3] < min(kspace.shape[1], kspace.shape[2])
      {
        return ArrayLayout(
          layout: .calgaryCampinas, dataset: "kspace", axes: [.slice, .row, .column, .coilParts],
          hasCornerOrigin: true)
      }
      if case .complex("real", _) = kspace.elementType, kspace.shape.count == 5 {
        return matlab(kspace)
      }
      return nil
    }
    let names = file.names.filter { $0.hasPrefix("kspace_") }
    guard let name = names.contains("kspace_full") ? "kspace_full" : names.first else { return nil }
    let dataset = try file.dataset(name)
    guard case .complex = dataset.elementType else { return nil }
    return matlab(dataset)
  }

  /// CMRxRecon's axes for a dataset of its rank; nil for other ranks.
  private static func matlab(_ dataset: HDF5Dataset) -> ArrayLayout? {
    let rest: [Axis] =
      dataset.name.contains("single") ? [.slice, .column, .row] : [.slice, .coil, .column, .row]
    switch dataset.shape.count - rest.count {
    case 0: return ArrayLayout(layout: .cmrxrecon, dataset: dataset.name, axes: rest)
    case 1: return ArrayLayout(layout: .cmrxrecon, dataset: dataset.name, axes: [.frame] + rest)
    default: return nil
    }
  }
}
