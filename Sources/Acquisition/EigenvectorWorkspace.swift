import Numerics

extension PixelwiseEigenvectors {
  /// The power iteration for eight pixels at once, one to a lane.
  struct Workspace {
    typealias Lanes = SIMD8<Float>

    private let coils: Int
    /// The upper triangles of the matrices, row by row.
    private let matrixReal: UnsafeMutablePointer<Lanes>
    private let matrixImaginary: UnsafeMutablePointer<Lanes>
    private let productReal: UnsafeMutablePointer<Lanes>
    private let productImaginary: UnsafeMutablePointer<Lanes>
    /// The eigenvectors, `[coils]`.
    let real: UnsafeMutablePointer<Lanes>
    let imaginary: UnsafeMutablePointer<Lanes>
    private let values: UnsafeMutablePointer<Lanes>

    /// The eigenvalues.
    var eigenvalue: Lanes { values.pointee }

    init(coils: Int) {
      self.coils = coils
      let pairs = coils * (coils + 1) / 2
      func lanes(_ count: Int) -> UnsafeMutablePointer<Lanes> {
        let pointer = UnsafeMutablePointer<Lanes>.allocate(capacity: count)
        pointer.initialize(repeating: .zero, count: count)
        return pointer
      }
      matrixReal = lanes(pairs)
      matrixImaginary = lanes(pairs)
      productReal = lanes(coils)
      productImaginary = lanes(coils)
      real = lanes(coils)
      imaginary = lanes(coils)
      values = lanes(1)
    }

    func deallocate() {
      for pointer in [
        matrixReal, matrixImaginary, productReal, productImaginary, real, imaginary, values,
      ] { pointer.deallocate() }
    }

    /// Takes the matrices of eight neighbouring pixels; `stride` leads from pair to pair.
    ///
    /// The start is each matrix's column of the largest diagonal entry: the dominant eigenvector
    /// has a large part in it, which no fixed start can promise.
    func load(
      real realPart: UnsafePointer<Float>, imaginary imaginaryPart: UnsafePointer<Float>,
      stride: Int
    ) {
      for pair in 0..<coils * (coils + 1) / 2 {
        matrixReal[pair] = UnsafeRawPointer(realPart + pair * stride).loadUnaligned(as: Lanes.self)
        matrixImaginary[pair] = UnsafeRawPointer(imaginaryPart + pair * stride).loadUnaligned(
          as: Lanes.self)
      }
      var best = Lanes(repeating: -1)
      var diagonal = 0
      for candidate in 0..<coils {
        let better = matrixReal[diagonal] .> best
        best.replace(with: matrixReal[diagonal], where: better)
        for coil in 0..<coils {
          // Above the diagonal the entry (coil, candidate) is stored; below, its conjugate.
          let stored = entry(min(coil, candidate), max(coil, candidate))
          real[coil].replace(with: matrixReal[stored], where: better)
          let sign: Float = coil <= candidate ? 1 : -1
          imaginary[coil].replace(with: sign * matrixImaginary[stored], where: better)
        }
        diagonal += coils - candidate
      }
      normalize(real, imaginary)
    }

    /// Multiplies and normalises until no lane's vector changes by more than `tolerance` squared.
    func iterate(most: Int, until tolerance: Float) {
      for _ in 0..<most {
        multiply()
        let length = normalize(productReal, productImaginary)
        values.pointee = length
        var change = Lanes.zero
        for coil in 0..<coils {
          let realChange = productReal[coil] - real[coil]
          let imaginaryChange = productImaginary[coil] - imaginary[coil]
          change += realChange * realChange + imaginaryChange * imaginaryChange
          real[coil] = productReal[coil]
          imaginary[coil] = productImaginary[coil]
        }
        if change.max() < tolerance { return }
      }
    }

    /// Turns each vector such that its product with `reference` is real and positive.
    func alignPhase(to reference: [Complex<Float>]) {
      var sumReal = Lanes.zero
      var sumImaginary = Lanes.zero
      for coil in 0..<coils {
        let (x, y) = (reference[coil].real, reference[coil].imaginary)
        sumReal += x * real[coil] + y * imaginary[coil]
        sumImaginary += x * imaginary[coil] - y * real[coil]
      }
      let squared = sumReal * sumReal + sumImaginary * sumImaginary
      let isDefined = squared .> 1e-20
      let scale = (1 / squared.replacing(with: 1, where: .!isDefined)).squareRoot()
      let cosine = (sumReal * scale).replacing(with: 1, where: .!isDefined)
      let sine = (sumImaginary * scale).replacing(with: 0, where: .!isDefined)
      for coil in 0..<coils {
        let (x, y) = (real[coil], imaginary[coil])
        real[coil] = x * cosine + y * sine
        imaginary[coil] = y * cosine - x * sine
      }
    }

    private func entry(_ row: Int, _ column: Int) -> Int {
      row * coils - row * (row - 1) / 2 + column - row
    }

    private func multiply() {
      for coil in 0..<coils {
        productReal[coil] = .zero
        productImaginary[coil] = .zero
      }
      var pair = 0
      for row in 0..<coils {
        let (x, y) = (real[row], imaginary[row])
        var sumReal = productReal[row] + matrixReal[pair] * x
        var sumImaginary = productImaginary[row] + matrixReal[pair] * y
        pair += 1
        for column in row + 1..<coils {
          let (a, b) = (matrixReal[pair], matrixImaginary[pair])
          let (u, v) = (real[column], imaginary[column])
          sumReal += a * u - b * v
          sumImaginary += a * v + b * u
          productReal[column] += a * x + b * y
          productImaginary[column] += a * y - b * x
          pair += 1
        }
        productReal[row] = sumReal
        productImaginary[row] = sumImaginary
      }
    }

    @discardableResult
    private func normalize(
      _ real: UnsafeMutablePointer<Lanes>, _ imaginary: UnsafeMutablePointer<Lanes>
    ) -> Lanes {
      var squared = Lanes.zero
      for coil in 0..<coils {
        squared += real[coil] * real[coil] + imaginary[coil] * imaginary[coil]
      }
      let length = squared.squareRoot()
      let scale = 1 / pointwiseMax(length, Lanes(repeating: .leastNormalMagnitude))
      for coil in 0..<coils {
        real[coil] *= scale
        imaginary[coil] *= scale
      }
      return length
    }
  }
}
