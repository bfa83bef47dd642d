import Arrays
import Kernels

/// Floats that one thread takes through a pass in one go.
let passFloats = 32768

func forEachPass(_ floats: Int, _ body: @Sendable (Int, Int) -> Void) {
  parallelFor((floats + passFloats - 1) / passFloats) { pass in
    body(pass * passFloats, min(passFloats, floats - pass * passFloats))
  }
}

/// `target = a + factor · b`.
func combine(
  _ a: ComplexArray, _ factor: Float, _ b: ComplexArray, into target: inout ComplexArray
) {
  let table = image_kernels().pointee
  a.values.withInterleaved { a in
    b.values.withInterleaved { b in
      let floats = 2 * target.count
      target.values.withMutableInterleaved { target in
        nonisolated(unsafe) let (a, b, target) = (a, b, target)
        forEachPass(floats) { at, count in
          table.combine(count, a + at, factor, b + at, target + at)
        }
      }
    }
  }
}

/// `target = a + factor · target`.
func turn(_ target: inout ComplexArray, _ factor: Float, towards a: ComplexArray) {
  let table = image_kernels().pointee
  let floats = 2 * target.count
  a.values.withInterleaved { a in
    target.values.withMutableInterleaved { target in
      nonisolated(unsafe) let (a, target) = (a, target)
      forEachPass(floats) { at, count in
        table.combine(count, a + at, factor, target + at, target + at)
      }
    }
  }
}

/// The number of passes over `floats` floats.
func passes(_ floats: Int) -> Int { (floats + passFloats - 1) / passFloats }
