import Arrays
import LinearOperators
import Numerics
import Testing

/// One operator under test, named for the test report.
struct OperatorCase: CustomTestStringConvertible, Sendable {
  let name: String
  let op: any LinearOperator
  var testDescription: String { name }

  /// Odd sizes throughout, because they break what even sizes forgive.
  static let all: [OperatorCase] =
    [
      OperatorCase(name: "Fourier", op: FourierOperator(shape: [3, 13, 17])),
      OperatorCase(name: "Fourier, rows", op: FourierOperator(shape: [13, 17], axes: .rows)),
      OperatorCase(
        name: "sampling", op: SamplingOperator(shape: [3, 13, 17], mask: randomMask(17))),
      OperatorCase(
        name: "sampling, 2-D", op: SamplingOperator(shape: [3, 13, 17], mask: randomMask(221))),
      OperatorCase(name: "sensitivity", op: SensitivityOperator(maps: randomArray([7, 13, 17]))),
      OperatorCase(name: "differences", op: FiniteDifferenceOperator(shape: [13, 17])),
      OperatorCase(name: "second differences", op: SymmetrizedGradientOperator(shape: [13, 17])),
      OperatorCase(name: "SENSE, odd", op: sense([7, 13, 17])),
      OperatorCase(name: "SENSE, even", op: sense([4, 16, 22])),
      OperatorCase(name: "SENSE of points, odd", op: points([5, 13, 17])),
      OperatorCase(
        name: "SENSE of points with phase", op: points([2, 9, 12]).modulated(by: phase([9, 12]))),
      OperatorCase(name: "SENSE of two sets, odd", op: sets([5, 13, 17], ofColumns: true)),
      OperatorCase(
        name: "SENSE of two sets of points, odd", op: sets([3, 11, 9], ofColumns: false)),
      OperatorCase(
        name: "SENSE of two sets with phase",
        op: sets([2, 9, 12], ofColumns: true).modulated(by: phase([9, 12]))),
      OperatorCase(name: "SENSE with phase", op: sense([2, 9, 12]).modulated(by: phase([9, 12]))),
      OperatorCase(
        name: "composed",
        op: ComposedOperator(
          FourierOperator(shape: [7, 13, 17]),
          after: SensitivityOperator(maps: randomArray([7, 13, 17])))),
    ] + inverseProblems
    + WaveletFilter.allCases.map {
      OperatorCase(
        name: "wavelet \($0)", op: WaveletOperator(shape: [13, 17], filter: $0, levels: 3))
    }

  /// The operators of in-painting, super-resolution, deblurring and compressed sensing.
  private static let inverseProblems: [OperatorCase] = [
    OperatorCase(name: "identity", op: IdentityOperator(shape: [13, 17])),
    OperatorCase(name: "selection", op: SelectionOperator(shape: [13, 17], mask: randomMask(221))),
    OperatorCase(
      name: "average pooling", op: SeparableOperator.averagePooling(shape: [13, 17], factor: 3)),
    OperatorCase(
      name: "bicubic down-sampling",
      op: SeparableOperator.bicubicDownsampling(shape: [13, 17], factor: 3)),
    OperatorCase(
      name: "bicubic interpolation",
      op: SeparableOperator.bicubicUpsampling(shape: [13, 17], factor: 4)),
    OperatorCase(
      name: "linear enlargement",
      op: SeparableOperator(
        rows: .linearEnlargement(of: 7, to: 17, by: 2.6),
        columns: .linearEnlargement(of: 11, to: 9, by: 1))),
    OperatorCase(
      name: "k-space truncation", op: KSpaceTruncationOperator(shape: [13, 18], factor: 2)),
    OperatorCase(
      name: "k-space truncation, odd",
      op: KSpaceTruncationOperator(shape: [17, 19], coarse: [11, 19])),
    OperatorCase(
      name: "convolution", op: ConvolutionOperator(shape: [13, 17], kernel: randomKernel([5, 4]))),
    OperatorCase(
      name: "Gaussian rows", op: GaussianOperator(shape: [13, 17], measurements: 41, seed: 5)),
    OperatorCase(
      name: "partial circulant",
      op: PartialCirculantOperator(shape: [13, 17], measurements: 41, seed: 5)),
    OperatorCase(
      name: "partial Hadamard",
      op: PartialHadamardOperator(shape: [13, 17], measurements: 41, seed: 5)),
    OperatorCase(
      name: "partial Fourier",
      op: PartialFourierOperator(shape: [13, 17], measurements: 41, seed: 5)),
    OperatorCase(
      name: "scaled", op: ScaledOperator(FourierOperator(shape: [13, 17]), by: -0.7)),
    OperatorCase(
      name: "some of a product",
      op: ConvolutionOperator(shape: [13, 17], kernel: randomKernel([3, 3])).selecting([2, 70, 220])
    ),
  ]

  /// Real values of a kernel that has no symmetry.
  static func randomKernel(_ shape: [Int]) -> RealArray {
    RealArray(shape: shape, values: randomArray(shape, seed: 8).values.map(\.real))
  }

  /// Two sets of maps and a mask of columns or of points.
  static func sets(_ shape: [Int], ofColumns: Bool) -> SENSEOperator {
    SENSEOperator(
      sets: [randomArray(shape), randomArray(shape, seed: 4)],
      mask: randomMask(ofColumns ? shape[2] : shape[1] * shape[2]))
  }

  static func points(_ shape: [Int]) -> SENSEOperator {
    SENSEOperator(maps: randomArray(shape), mask: randomMask(shape[1] * shape[2]))
  }

  static func sense(_ shape: [Int]) -> SENSEOperator {
    SENSEOperator(maps: randomArray(shape), mask: randomMask(shape[2]))
  }

  static func phase(_ shape: [Int]) -> ComplexArray {
    let values = randomArray(shape).values
    return ComplexArray(shape: shape, values: values.map { $0 / Complex($0.length, 0) })
  }
}

func randomArray(_ shape: [Int], seed: UInt64 = 3) -> ComplexArray {
  var generator = ProbeGenerator(seed: seed)
  return generator.array(shape)
}

/// About every second column, the first and the last among the unsampled and sampled ones.
func randomMask(_ count: Int) -> [Bool] {
  var generator = ProbeGenerator(seed: 11)
  var mask = (0..<count).map { _ in generator.next() >> 63 == 1 }
  mask[0] = false
  mask[count - 1] = true
  return mask
}

/// `‖a − b‖ / ‖b‖`.
func relativeDifference(_ a: ComplexArray, _ b: ComplexArray) -> Double {
  var difference = a
  difference.add(-1, times: b)
  return (difference.squaredNorm / max(b.squaredNorm, .leastNormalMagnitude)).squareRoot()
}
