import COpenBLAS
public import Numerics

/// Dense linear algebra on row-major matrices: OpenBLAS, one thread per call.
///
/// The callers share the work out with `parallelFor`, so OpenBLAS's own threads stay off; one
/// call's result then never depends on the number of threads either.
public enum LinearAlgebra {
  /// How a factor enters a product.
  public enum Transposition: Sendable {
    case none
    case transposed
    /// Transposed and conjugated; for real matrices the same as `transposed`.
    case adjoint

    fileprivate var code: CBLAS_TRANSPOSE {
      switch self {
      case .none: CblasNoTrans
      case .transposed: CblasTrans
      case .adjoint: CblasConjTrans
      }
    }
  }

  /// OpenBLAS's number of threads after it was set to one.
  private static let libraryThreads: Int32 = {
    openblas_set_num_threads(1)
    return openblas_get_num_threads()
  }()

  /// Keeps OpenBLAS to one thread; its own threads need more stack than a worker of ours has.
  ///
  /// The check is what keeps the optimiser from dropping the initialisation as unused.
  static func useOneThread() {
    guard libraryThreads == 1 else { shapeError("OpenBLAS does not keep to one thread") }
  }

  /// Computes `result = alpha · op(left) · op(right) + beta · result` for real matrices.
  ///
  /// - Parameters:
  ///   - rows: rows of `op(left)` and of `result`.
  ///   - columns: columns of `op(right)` and of `result`.
  ///   - depth: columns of `op(left)`, rows of `op(right)`.
  public static func multiply(
    _ left: UnsafePointer<Float>, _ leftTransposition: Transposition = .none,
    by right: UnsafePointer<Float>, _ rightTransposition: Transposition = .none,
    into result: UnsafeMutablePointer<Float>, rows: Int, columns: Int, depth: Int,
    alpha: Float = 1, beta: Float = 0
  ) {
    useOneThread()
    cblas_sgemm(
      CblasRowMajor, leftTransposition.code, rightTransposition.code, numericCast(rows),
      numericCast(columns), numericCast(depth), alpha, left,
      numericCast(leftTransposition == .none ? depth : rows), right,
      numericCast(rightTransposition == .none ? columns : depth), beta, result,
      numericCast(columns))
  }

  /// Computes `result = alpha · op(left) · op(right) + beta · result` for complex matrices.
  ///
  /// The sizes are those of the real `multiply`.
  public static func multiply(
    _ left: UnsafePointer<Complex<Float>>, _ leftTransposition: Transposition = .none,
    by right: UnsafePointer<Complex<Float>>, _ rightTransposition: Transposition = .none,
    into result: UnsafeMutablePointer<Complex<Float>>, rows: Int, columns: Int, depth: Int,
    alpha: Complex<Float> = .one, beta: Complex<Float> = .zero
  ) {
    useOneThread()
    withUnsafePointer(to: alpha) { alpha in
      withUnsafePointer(to: beta) { beta in
        cblas_cgemm(
          CblasRowMajor, leftTransposition.code, rightTransposition.code, numericCast(rows),
          numericCast(columns), numericCast(depth), alpha, left,
          numericCast(leftTransposition == .none ? depth : rows), right,
          numericCast(rightTransposition == .none ? columns : depth), beta, result,
          numericCast(columns))
      }
    }
  }

  /// The Gram matrix of `matrix` `[rows, columns]`, both triangles filled.
  ///
  /// `ofRows` gives A·Aᴴ `[rows, rows]`, otherwise Aᴴ·A `[columns, columns]`.
  public static func gram(
    _ matrix: [Complex<Float>], rows: Int, columns: Int, ofRows: Bool
  ) -> [Complex<Float>] {
    guard matrix.count == rows * columns else {
      shapeError("\(matrix.count) values do not fill a \(rows) × \(columns) matrix")
    }
    useOneThread()
    let size = ofRows ? rows : columns
    var result = [Complex<Float>](repeating: .zero, count: size * size)
    cblas_cherk(
      CblasRowMajor, CblasUpper, ofRows ? CblasNoTrans : CblasConjTrans, numericCast(size),
      numericCast(ofRows ? columns : rows), 1, matrix, numericCast(columns), 0, &result,
      numericCast(size))
    for row in 0..<size {
      for column in 0..<row { result[row * size + column] = result[column * size + row].conjugate }
    }
    return result
  }

  /// Eigenvalues, ascending, and orthonormal eigenvectors of a Hermitian matrix.
  public struct Eigensystem<Scalar: Real> {
    /// The eigenvalues, smallest first.
    public var values: [Scalar]
    /// `[size, size]`: row k is the eigenvector of `values[k]`.
    public var vectors: [Complex<Scalar>]
  }

  /// An eigen-decomposition that LAPACK could not finish, as with non-finite entries.
  public struct EigenError: Error, CustomStringConvertible, Equatable {
    public let size: Int
    public let code: Int
    public var description: String {
      "the eigenvalues of a \(size) × \(size) Hermitian matrix were not found (LAPACK code "
        + "\(code)); check the data for values that are not finite"
    }
  }

  /// The eigen-decomposition of a Hermitian `matrix` `[size, size]` in single precision (cheevd).
  ///
  /// Throws `EigenError` when LAPACK does not converge.
  public static func hermitianEigensystem(
    _ matrix: [Complex<Float>], size: Int
  ) throws(EigenError) -> Eigensystem<Float> {
    // LAPACK reads columns: it sees the transpose, which for a Hermitian matrix is the conjugate,
    // and its eigenvectors come out conjugated.
    let (values, vectors) = try solve(matrix, size: size, cheevd_)
    return Eigensystem(values: values, vectors: vectors.map(\.conjugate))
  }

  /// The eigen-decomposition of a Hermitian `matrix` `[size, size]` in double precision (zheevd).
  ///
  /// Throws `EigenError` when LAPACK does not converge.
  public static func hermitianEigensystem(
    _ matrix: [Complex<Double>], size: Int
  ) throws(EigenError) -> Eigensystem<Double> {
    let (values, vectors) = try solve(matrix, size: size, zheevd_)
    return Eigensystem(values: values, vectors: vectors.map(\.conjugate))
  }

  /// The eigenvectors of a Hermitian, positive semidefinite `matrix` `[size, size]` whose
  /// eigenvalues exceed `fraction` times the largest; that of the largest is always among them.
  ///
  /// Of the reduction to a tridiagonal matrix (chetrd, single precision) only the wanted vectors are
  /// computed (dstemr, in double precision, which keeps them orthogonal) and brought back (cunmtr).
  /// For 52 of 361 vectors it takes less than half of the time of `hermitianEigensystem`.
  ///
  /// Throws `EigenError` when LAPACK does not converge.
  public static func largestEigenvectors(
    _ matrix: [Complex<Float>], size: Int, above fraction: Float
  ) throws(EigenError) -> Eigensystem<Float> {
    guard matrix.count == size * size else {
      shapeError("\(matrix.count) values do not fill a \(size) × \(size) matrix")
    }
    if size == 0 { return Eigensystem(values: [], vectors: []) }
    useOneThread()
    var code: Int32 = 0
    func check() throws(EigenError) {
      if code != 0 { throw EigenError(size: size, code: Int(code)) }
    }
    let beyond = Self.beyond(size)
    var reflectors = matrix + Array(repeating: .zero, count: beyond)
    var factors = [Complex<Float>](repeating: .zero, count: size)
    var workCount = Int32(64 * size)
    var work = [Complex<Float>](repeating: .zero, count: 64 * size + beyond)
    var (diagonal, besides) = (
      [Float](repeating: 0, count: size), [Float](repeating: 0, count: size)
    )
    var order = Int32(size)
    var upper = CChar(UInt8(ascii: "U"))
    chetrd_(
      &upper, &order, &reflectors, &order, &diagonal, &besides, &factors, &work, &workCount, &code)
    try check()

    var wideDiagonal = diagonal.map(Double.init)
    var wideBesides = besides.map(Double.init)
    dsterf_(&order, &wideDiagonal, &wideBesides, &code)
    try check()
    let threshold = Double(fraction) * wideDiagonal[size - 1]
    let first = min(wideDiagonal.firstIndex { $0 > threshold } ?? size - 1, size - 1)
    let count = size - first

    wideDiagonal = diagonal.map(Double.init)
    wideBesides = besides.map(Double.init)
    var (firstIndex, lastIndex, found, columns) = (Int32(first + 1), order, Int32(0), Int32(count))
    var (none, tryAccuracy) = (0.0, Int32(1))
    var values = [Double](repeating: 0, count: size)
    var tridiagonalVectors = [Double](repeating: 0, count: size * count)
    var supports = [Int32](repeating: 0, count: 2 * count)
    var (realCount, integerCount) = (Int32(18 * size), Int32(10 * size))
    var realWork = [Double](repeating: 0, count: 18 * size)
    var integerWork = [Int32](repeating: 0, count: 10 * size)
    var (job, range) = (CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "I")))
    dstemr_(
      &job, &range, &order, &wideDiagonal, &wideBesides, &none, &none, &firstIndex, &lastIndex,
      &found, &values, &tridiagonalVectors, &order, &columns, &supports, &tryAccuracy, &realWork,
      &realCount, &integerWork, &integerCount, &code)
    try check()

    var vectors =
      tridiagonalVectors.map { Complex(Float($0), 0) } + Array(repeating: .zero, count: beyond)
    var (side, transposition) = (CChar(UInt8(ascii: "L")), CChar(UInt8(ascii: "N")))
    cunmtr_(
      &side, &upper, &transposition, &order, &columns, &reflectors, &order, &factors, &vectors,
      &order, &work, &workCount, &code)
    try check()
    // As above: LAPACK saw the conjugate.
    return Eigensystem(
      values: values.prefix(count).map(Float.init),
      vectors: vectors.prefix(size * count).map(\.conjugate))
  }

  /// OpenBLAS 0.3.21's complex matrix-vector kernel for processors with bfloat16 (Cooper Lake,
  /// Zen 4) reads up to a few columns beyond the last one: zeros of ours must lie there.
  private static func beyond(_ size: Int) -> Int { 4 * size + 8 }

  private typealias Integer = UnsafePointer<Int32>
  private typealias Characters = UnsafePointer<CChar>

  private static func solve<Scalar: Real>(
    _ matrix: [Complex<Scalar>], size: Int,
    _ routine: (
      Characters?, Characters?, Integer?, UnsafeMutableRawPointer?, Integer?,
      UnsafeMutablePointer<Scalar>?, UnsafeMutableRawPointer?, Integer?,
      UnsafeMutablePointer<Scalar>?, Integer?, UnsafeMutablePointer<Int32>?, Integer?,
      UnsafeMutablePointer<Int32>?
    ) -> Void
  ) throws(EigenError) -> ([Scalar], [Complex<Scalar>]) {
    guard matrix.count == size * size else {
      shapeError("\(matrix.count) values do not fill a \(size) × \(size) matrix")
    }
    if size == 0 { return ([], []) }
    useOneThread()
    let beyond = Self.beyond(size)
    var vectors = matrix + Array(repeating: .zero, count: beyond)
    var values = [Scalar](repeating: 0, count: size)
    var order = Int32(size)
    var code: Int32 = 0
    var workCount = Int32(2 * size + size * size)
    var realCount = Int32(1 + 5 * size + 2 * size * size)
    var integerCount = Int32(3 + 5 * size)
    var work = [Complex<Scalar>](repeating: .zero, count: Int(workCount) + beyond)
    var realWork = [Scalar](repeating: 0, count: Int(realCount))
    var integerWork = [Int32](repeating: 0, count: Int(integerCount))
    var job = CChar(UInt8(ascii: "V"))
    var triangle = CChar(UInt8(ascii: "U"))
    vectors.withUnsafeMutableBytes { vectors in
      work.withUnsafeMutableBytes { work in
        routine(
          &job, &triangle, &order, vectors.baseAddress, &order, &values, work.baseAddress,
          &workCount, &realWork, &realCount, &integerWork, &integerCount, &code)
      }
    }
    if code != 0 { throw EigenError(size: size, code: Int(code)) }
    vectors.removeLast(beyond)
    return (values, vectors)
  }
}
