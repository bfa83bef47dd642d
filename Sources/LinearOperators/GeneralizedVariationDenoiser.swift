public import Arrays

/// The proximal map of second-order total generalised variation, by a primal-dual method.
///
/// It minimises ½‖x − v‖² + t (Σ |D x − w| + α Σ |E w|) over the image x and the field w, with D the
/// differences of `FiniteDifferenceOperator`, E those of `SymmetrizedGradientOperator`, and |·| the length of
/// all that belongs to a pixel. Images that are linear between edges cost nothing but at the edges, so there
/// are no steps in slopes, as total variation gives. Source: Bredies, Kunisch and Pock, SIAM J. Imaging Sci.
/// 3:492 (2010).
///
/// x = v − Dᵀ p for the dual p of the first term, which leaves a saddle in w and both duals; it is found by
/// algorithm 3.2 of Condat, J. Optim. Theory Appl. 158:460 (2013). w and the duals are kept from one call to
/// the next: within an outer iteration few steps are then enough.
public struct GeneralizedVariationDenoiser: Sendable {
  /// The image shape `[rows, columns]`.
  public let shape: [Int]
  /// Steps in each call.
  public let steps: Int
  /// α, the weight of the second derivative against the first.
  public let ratio: Float
  /// w, and the point ahead of it, `[2, rows, columns]` each.
  private var field: ComplexArray
  private var ahead: ComplexArray
  /// p `[2, rows, columns]` and q `[3, rows, columns]`.
  private var dual: ComplexArray
  private var secondDual: ComplexArray

  /// The step in w, and that in the duals: 1 / σ = 4 + 9 τ, as ‖D‖² is below 8 and ‖(−1, E)‖² below 9.
  static let fieldStep: Float = 0.5
  static let dualStep: Float = 1 / (4 + 9 * fieldStep)
  private static let blockRows = 16

  /// A denoiser for images of `shape` `[rows, columns]`, its field and duals zero.
  public init(shape: [Int], steps: Int, ratio: Float) {
    guard shape.count == 2, shape.allSatisfy({ $0 > 0 }), steps > 0, ratio > 0 else {
      shapeError(
        "generalised variation needs [rows, columns], not \(shape), a step and a ratio above 0")
    }
    (self.shape, self.steps, self.ratio) = (shape, steps, ratio)
    field = ComplexArray(zeros: [2] + shape)
    ahead = field
    dual = field
    secondDual = ComplexArray(zeros: [3] + shape)
  }

  /// Replaces v by the approximate minimiser for t = `threshold`.
  public mutating func apply(_ image: inout ComplexArray, threshold: Float) {
    guard image.shape == shape else { shapeError("variation of \(shape) for \(image.shape)") }
    let (rows, columns, ratio, steps) = (shape[0], shape[1], ratio, steps)
    let v = image
    v.values.withInterleaved { v in
      image.values.withMutableInterleaved { x in
        field.values.withMutableInterleaved { w in
          ahead.values.withMutableInterleaved { ahead in
            dual.values.withMutableInterleaved { p in
              secondDual.values.withMutableInterleaved { q in
                nonisolated(unsafe) let pixels = Pixels(
                  rows: rows, columns: columns, v: v.pixels, x: x.pixels, w: w.pixels,
                  ahead: ahead.pixels, p: p.pixels, q: q.pixels)
                for _ in 0..<steps {
                  Self.forEachBlock(rows) { pixels.primalStep($0) }
                  Self.forEachBlock(rows) {
                    pixels.dualStep($0, radius: threshold, second: ratio * threshold)
                  }
                }
                Self.forEachBlock(rows) { pixels.image($0) }
              }
            }
          }
        }
      }
    }
  }

  private static func forEachBlock(_ rows: Int, _ body: @Sendable (Range<Int>) -> Void) {
    parallelFor((rows + blockRows - 1) / blockRows) { block in
      body(block * blockRows..<min(rows, (block + 1) * blockRows))
    }
  }
}

/// The arrays of a denoiser while it works, a complex number being a pair.
private struct Pixels {
  typealias Values = UnsafeMutablePointer<SIMD2<Float>>
  let rows: Int
  let columns: Int
  let v: UnsafePointer<SIMD2<Float>>
  let x: Values
  let w: Values
  let ahead: Values
  let p: Values
  let q: Values

  private var plane: Int { rows * columns }

  /// x = v − Dᵀ p.
  func image(_ block: Range<Int>) {
    let plane = plane
    for row in block {
      for column in 0..<columns {
        let index = row * columns + column
        var sum = v[index]
        if row + 1 < rows { sum += p[index] }
        if row > 0 { sum -= p[index - columns] }
        if column + 1 < columns { sum += p[plane + index] }
        if column > 0 { sum -= p[plane + index - 1] }
        x[index] = sum
      }
    }
  }

  /// The image for the present p, and w ← w − τ (Eᵀ q − p) with the point as far ahead again.
  func primalStep(_ block: Range<Int>) {
    image(block)
    let plane = plane
    let zero = SIMD2<Float>.zero
    let half = SymmetrizedGradientOperator.half
    for row in block {
      let (isFirst, isLast) = (row == 0, row + 1 == rows)
      for column in 0..<columns {
        let index = row * columns + column
        func down(_ field: Int) -> SIMD2<Float> {
          (isFirst ? zero : q[field + index]) - (isLast ? zero : q[field + index + columns])
        }
        func right(_ field: Int) -> SIMD2<Float> {
          (column == 0 ? zero : q[field + index])
            - (column + 1 == columns ? zero : q[field + index + 1])
        }
        step(index, down(0) + half * right(2 * plane) - p[index])
        step(plane + index, right(plane) + half * down(2 * plane) - p[plane + index])
      }
    }
  }

  private func step(_ place: Int, _ slope: SIMD2<Float>) {
    let next = w[place] - GeneralizedVariationDenoiser.fieldStep * slope
    ahead[place] = 2 * next - w[place]
    w[place] = next
  }

  /// p ← P(p + σ (D x − w̄)) and q ← P(q + σ E w̄), P onto lengths of at most `radius` and `second`.
  func dualStep(_ block: Range<Int>, radius: Float, second: Float) {
    let plane = plane
    let zero = SIMD2<Float>.zero
    let (half, sigma) = (
      SymmetrizedGradientOperator.half, GeneralizedVariationDenoiser.dualStep
    )
    for row in block {
      let (isFirst, isLast) = (row == 0, row + 1 == rows)
      for column in 0..<columns {
        let index = row * columns + column
        let (right, below) = (
          column + 1 == columns ? zero : x[index + 1] - x[index],
          isLast ? zero : x[index + columns] - x[index]
        )
        let first = p[index] + sigma * (below - ahead[index])
        let other = p[plane + index] + sigma * (right - ahead[plane + index])
        let scale = shrinking((first * first + other * other).sum(), to: radius)
        p[index] = scale * first
        p[plane + index] = scale * other

        func down(_ field: Int) -> SIMD2<Float> {
          isFirst ? zero : ahead[field + index] - ahead[field + index - columns]
        }
        func across(_ field: Int) -> SIMD2<Float> {
          column == 0 ? zero : ahead[field + index] - ahead[field + index - 1]
        }
        let a = q[index] + sigma * down(0)
        let b = q[plane + index] + sigma * across(plane)
        let c = q[2 * plane + index] + sigma * half * (across(0) + down(plane))
        let factor = shrinking((a * a + b * b + c * c).sum(), to: second)
        q[index] = factor * a
        q[plane + index] = factor * b
        q[2 * plane + index] = factor * c
      }
    }
  }

  /// What a vector of the squared length `square` is multiplied by so as not to be longer than `radius`.
  private func shrinking(_ square: Float, to radius: Float) -> Float {
    square > radius * radius ? radius / square.squareRoot() : 1
  }
}

extension UnsafePointer<Float> {
  /// The same memory as complex numbers.
  fileprivate var pixels: UnsafePointer<SIMD2<Float>> {
    UnsafeRawPointer(self).assumingMemoryBound(to: SIMD2<Float>.self)
  }
}

extension UnsafeMutablePointer<Float> {
  /// The same memory as complex numbers.
  fileprivate var pixels: UnsafeMutablePointer<SIMD2<Float>> {
    UnsafeMutableRawPointer(self).assumingMemoryBound(to: SIMD2<Float>.self)
  }
}
