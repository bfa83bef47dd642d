public import Arrays

/// The encoding of a parallel acquisition: coil maps, Fourier transform, sampling.
///
/// Image `[rows, columns]` to measurements. With a mask of whole columns these are `[coils, rows, sampled
/// columns]` in *hybrid space*, space along the fully sampled readout and k-space along phase encoding, where
/// no two rows share anything and an iteration needs transforms along columns only (`SENSELineOperator`). With
/// a mask of points they are `[coils, 1, sampled points]` in k-space (`SENSEPointOperator`). `hybrid(_:)`
/// brings k-space there once; being unitary it changes neither residuals nor noise. With maps normalised to
/// `Σ|S|² = 1` the operator's norm is at most 1. Of several sets of maps the images are `[sets, rows, columns]`
/// (`SENSESetOperator`). No result depends on the number of threads.
public struct SENSEOperator: LinearOperator {
  private enum Encoding {
    case lines(SENSELineOperator)
    case points(SENSEPointOperator)
    case sets(SENSESetOperator)
  }

  private let encoding: Encoding

  /// An operator of coil `maps` `[coils, rows, columns]` and a `mask` `[columns]` or `[rows, columns]`.
  public init(maps: ComplexArray, mask: [Bool]) {
    guard maps.shape.count == 3,
      mask.count == maps.shape[2] || mask.count == maps.shape[1] * maps.shape[2]
    else {
      shapeError(
        "coil maps \(maps.shape) must be [coils, rows, columns] and the mask, of \(mask.count) "
          + "values, of as many as there are columns or pixels")
    }
    encoding =
      mask.count == maps.shape[2]
      ? .lines(SENSELineOperator(maps: maps, mask: mask))
      : .points(SENSEPointOperator(maps: maps, mask: mask))
  }

  /// An operator of several sets of `maps`, each `[coils, rows, columns]`; of one set it is that set's own.
  public init(sets maps: [ComplexArray], mask: [Bool]) {
    let sets = maps.map { SENSEOperator(maps: $0, mask: mask) }
    self = sets.count == 1 ? sets[0] : SENSEOperator(.sets(SENSESetOperator(sets)))
  }

  /// An operator by the kernels of the name, for tests; see `fourier_kernels_named`.
  package init?(maps: ComplexArray, mask: [Bool], kernelSet: String) {
    guard let lines = SENSELineOperator(maps: maps, mask: mask, kernelSet: kernelSet) else {
      return nil
    }
    encoding = .lines(lines)
  }

  private init(_ encoding: Encoding) { self.encoding = encoding }

  private var implementation: any LinearOperator {
    switch encoding {
    case .lines(let lines): lines
    case .points(let points): points
    case .sets(let sets): sets
    }
  }

  /// The image shape `[rows, columns]`, or `[sets, rows, columns]`.
  public var domain: [Int] { implementation.domain }
  /// The shape of measurements: `[coils, rows, sampled columns]` or `[coils, 1, sampled points]`.
  public var codomain: [Int] { implementation.codomain }
  /// Which columns or points of k-space were acquired.
  public var mask: [Bool] {
    switch encoding {
    case .lines(let lines): lines.mask
    case .points(let points): points.mask
    case .sets(let sets): sets.sets[0].mask
    }
  }

  /// Centred k-space `[coils, rows, columns]` to measurements; what the mask leaves out is not looked at.
  public func hybrid(_ kspace: ComplexArray) -> ComplexArray {
    switch encoding {
    case .lines(let lines): lines.hybrid(kspace)
    case .points(let points): points.hybrid(kspace)
    case .sets(let sets): sets.sets[0].hybrid(kspace)
    }
  }

  /// Measurements back to centred, zero-filled k-space `[coils, rows, columns]`.
  public func kspace(_ measurements: ComplexArray) -> ComplexArray {
    switch encoding {
    case .lines(let lines): lines.kspace(measurements)
    case .points(let points): points.kspace(measurements)
    case .sets(let sets): sets.sets[0].kspace(measurements)
    }
  }

  /// The operator whose images are relative to `phase` `[rows, columns]`: maps times `phase`.
  public func modulated(by phase: ComplexArray) -> SENSEOperator {
    switch encoding {
    case .lines(let lines): SENSEOperator(.lines(lines.modulated(by: phase)))
    case .points(let points): SENSEOperator(.points(points.modulated(by: phase)))
    case .sets(let sets):
      SENSEOperator(.sets(SENSESetOperator(sets.sets.map { $0.modulated(by: phase) })))
    }
  }

  /// The operator of the same maps, which are shared, with another `mask` of the same kind.
  public func resampled(by mask: [Bool]) -> SENSEOperator {
    guard mask.count == self.mask.count else {
      shapeError("a mask of \(mask.count) values in place of one of \(self.mask.count)")
    }
    return switch encoding {
    case .lines(let lines): SENSEOperator(.lines(lines.resampled(by: mask)))
    case .points(let points): SENSEOperator(.points(points.resampled(by: mask)))
    case .sets(let sets):
      SENSEOperator(.sets(SENSESetOperator(sets.sets.map { $0.resampled(by: mask) })))
    }
  }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    implementation.forward(x, into: &y)
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    implementation.adjoint(y, into: &x)
  }

  public func normal(_ x: ComplexArray, into y: inout ComplexArray) {
    implementation.normal(x, into: &y)
  }

  /// The misfit `½‖A x − y‖²` and, in the same pass, its gradient `Aᴴ(A x − y)`.
  ///
  /// `image` and `gradient` are of the shape `domain`, `measurements` of `codomain`.
  public func dataLoss(
    _ image: ComplexArray, measurements: ComplexArray, into gradient: inout ComplexArray
  ) -> Double {
    implementation.dataLoss(image, measurements: measurements, into: &gradient)
  }
}
