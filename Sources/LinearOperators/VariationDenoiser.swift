public import Arrays
import Kernels

/// The proximal map of isotropic total variation, by the fast gradient projection on its dual.
///
/// It minimises ½‖x − v‖² + t Σ |D x|, with D the differences of `FiniteDifferenceOperator` and |·| the
/// length of a pixel's two complex differences. Source: Beck and Teboulle, IEEE Trans. Image Process.
/// 18:2419 (2009). The dual field is kept from one call to the next: within an outer iteration few
/// steps are then enough. Each step passes over the image once.
public struct VariationDenoiser: Sendable {
  /// The image shape `[rows, columns]`.
  public let shape: [Int]
  /// Steps on the dual in each call.
  public let steps: Int
  /// p, and the extrapolated point, each `[2, rows, columns]`; a third for the point to come.
  private var dual: ComplexArray
  private var point: ComplexArray
  private var next: ComplexArray
  private let table: image_kernel_table

  private static let blockRows = 16

  /// A denoiser for images of `shape` `[rows, columns]`, its dual field zero.
  public init(shape: [Int], steps: Int) { self.init(shape: shape, steps: steps, kernelSet: nil) }

  /// The same by kernels of the name `kernelSet`, for tests.
  init(shape: [Int], steps: Int, kernelSet: String?) {
    guard shape.count == 2, shape.allSatisfy({ $0 > 0 }), steps > 0 else {
      shapeError("total variation needs [rows, columns], not \(shape), and a step at least")
    }
    guard let table = kernelSet.map({ image_kernels_named($0) }) ?? image_kernels() else {
      fatalError("this processor has no kernels called \(kernelSet ?? "")")
    }
    self.table = table.pointee
    self.shape = shape
    self.steps = steps
    dual = ComplexArray(zeros: [2] + shape)
    point = dual
    next = dual
  }

  /// Replaces v by the approximate minimiser for t = `threshold`.
  public mutating func apply(_ image: inout ComplexArray, threshold: Float) {
    guard image.shape == shape else { shapeError("total variation of \(shape) for \(image.shape)") }
    var last = 1.0
    for index in 0..<steps {
      let following = (1 + (1 + 4 * last * last).squareRoot()) / 2
      // Without momentum at the end the point is the dual field, where the next call starts.
      dualStep(
        image, radius: threshold, momentum: index + 1 < steps ? Float((last - 1) / following) : 0)
      swap(&point, &next)
      last = following
    }
    let (rows, columns) = (shape[0], shape[1])
    let table = table
    dual.values.withInterleaved { dual in
      let v = image
      v.values.withInterleaved { v in
        image.values.withMutableInterleaved { image in
          nonisolated(unsafe) let (dual, v, image) = (dual, v, image)
          Self.forEachBlock(rows) { first, end in
            table.variation_primal(Int32(rows), Int32(columns), v, dual, first, end, image)
          }
        }
      }
    }
  }

  private mutating func dualStep(_ image: ComplexArray, radius: Float, momentum: Float) {
    let (table, rows, columns) = (table, shape[0], shape[1])
    image.values.withInterleaved { image in
      point.values.withInterleaved { point in
        dual.values.withMutableInterleaved { dual in
          next.values.withMutableInterleaved { next in
            // 1/8 is below 1 / ‖D‖².
            nonisolated(unsafe) let step = variation_step(
              rows: Int32(rows), columns: Int32(columns), image: image, point: point,
              dual: dual, next_point: next, step: 1 / 8, radius: radius, momentum: momentum)
            Self.forEachBlock(rows) { first, end in
              let scratch = UnsafeMutablePointer<Float>.allocate(
                capacity: kernels_variation_scratch(step.columns))
              defer { scratch.deallocate() }
              withUnsafePointer(to: step) { table.variation_dual($0, first, end, scratch) }
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
