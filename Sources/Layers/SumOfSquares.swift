import Kernels

/// Σ v² in double precision; pieces of fixed size are added in order.
public func sumOfSquares(_ values: FeatureValues) -> Double {
  let (count, size) = (values.count, 65536)
  var sums = [Double](repeating: 0, count: (count + size - 1) / size)
  let table = elements().pointee
  values.withUnsafeBufferPointer { v in
    sums.withUnsafeMutableBufferPointer { sums in
      nonisolated(unsafe) let (v, sums) = (v.baseAddress, sums)
      forPieces(of: count, target: size) { piece in
        guard let v else { return }
        sums[piece.lowerBound / size] = table.dot(
          piece.count, v + piece.lowerBound, v + piece.lowerBound)
      }
    }
  }
  return sums.reduce(0, +)
}
