public import Arrays
import Kernels

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

  private let table: image_kernel_table

  /// A denoiser for images of `shape` `[rows, columns]`, its field and duals zero.
  public init(shape: [Int], steps: Int, ratio: Float) {
    self.init(shape: shape, steps: steps, ratio: ratio, kernelSet: nil)
  }

  /// The same by kernels of the name `kernelSet`, for tests.
  init(shape: [Int], steps: Int, ratio: Float, kernelSet: String?) {
    guard shape.count == 2, shape.allSatisfy({ $0 > 0 }), steps > 0, ratio > 0 else {
      shapeError(
        "generalised variation needs [rows, columns], not \(shape), a step and a ratio above 0")
    }
    guard let table = kernelSet.map({ image_kernels_named($0) }) ?? image_kernels() else {
      fatalError("this processor has no kernels called \(kernelSet ?? "")")
    }
    self.table = table.pointee
    (self.shape, self.steps, self.ratio) = (shape, steps, ratio)
    field = ComplexArray(zeros: [2] + shape)
    ahead = field
    dual = field
    secondDual = ComplexArray(zeros: [3] + shape)
  }

  /// Replaces v by the approximate minimiser for t = `threshold`.
  public mutating func apply(_ image: inout ComplexArray, threshold: Float) {
    guard image.shape == shape else { shapeError("variation of \(shape) for \(image.shape)") }
    let (table, rows, columns, ratio, steps) = (table, shape[0], shape[1], ratio, steps)
    let v = image
    v.values.withInterleaved { v in
      image.values.withMutableInterleaved { x in
        field.values.withMutableInterleaved { w in
          ahead.values.withMutableInterleaved { ahead in
            dual.values.withMutableInterleaved { p in
              secondDual.values.withMutableInterleaved { q in
                nonisolated(unsafe) let step = generalized_step(
                  rows: Int32(rows), columns: Int32(columns), measured: v, image: x, field: w,
                  ahead: ahead, dual: p, second: q, field_step: Self.fieldStep,
                  dual_step: Self.dualStep, radius: threshold, second_radius: ratio * threshold,
                  half: SymmetrizedGradientOperator.half)
                func eachBlock(
                  _ body: @Sendable (UnsafePointer<generalized_step>, Int32, Int32) -> Void
                ) {
                  Self.forEachBlock(rows) { first, end in
                    withUnsafePointer(to: step) { body($0, first, end) }
                  }
                }
                for _ in 0..<steps {
                  eachBlock { table.generalized_primal($0, $1, $2) }
                  eachBlock { table.generalized_dual($0, $1, $2) }
                }
                eachBlock { table.generalized_image($0, $1, $2) }
              }
            }
          }
        }
      }
    }
  }

  private static func forEachBlock(_ rows: Int, _ body: @Sendable (Int32, Int32) -> Void) {
    parallelFor((rows + blockRows - 1) / blockRows) { block in
      body(Int32(block * blockRows), Int32(min(rows, (block + 1) * blockRows)))
    }
  }
}
