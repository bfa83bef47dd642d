/// One image `[rows, columns]` in double precision, as the metrics work on it.
struct Plane: Sendable {
  let rows: Int
  let columns: Int
  var values: [Double]

  init(rows: Int, columns: Int, values: [Double]) {
    precondition(values.count == rows * columns, "a plane needs rows·columns values")
    (self.rows, self.columns, self.values) = (rows, columns, values)
  }

  /// Each pixel multiplied by `factor`.
  func scaled(by factor: Double) -> Plane {
    Plane(rows: rows, columns: columns, values: values.map { $0 * factor })
  }

  /// The pixelwise product with a plane of the same size.
  func times(_ other: Plane) -> Plane {
    combined(with: other) { $0 * $1 }
  }

  /// The pixelwise difference from a plane of the same size.
  func minus(_ other: Plane) -> Plane {
    combined(with: other) { $0 - $1 }
  }

  /// The plane within zeros: `before` of them above and to the left, `after` below and to the right.
  func padded(before: Int, after: Int) -> Plane {
    let width = columns + before + after
    var out = [Double](repeating: 0, count: (rows + before + after) * width)
    for row in 0..<rows {
      let start = (row + before) * width + before
      out.replaceSubrange(
        start..<start + columns, with: values[row * columns..<(row + 1) * columns])
    }
    return Plane(rows: rows + before + after, columns: width, values: out)
  }

  /// The means of the 2×2 blocks, which begin at the first pixel.
  ///
  /// Beyond an odd last row or column lie zeros: `conv2(image, ones(2) / 4, 'same')(1:2:end, 1:2:end)`
  /// of the authors' code of GMSD and HaarPSI.
  func blockMeans() -> Plane {
    let (height, width) = ((rows + 1) / 2, (columns + 1) / 2)
    var out = [Double](repeating: 0, count: height * width)
    for row in 0..<rows {
      for column in 0..<columns {
        out[row / 2 * width + column / 2] += values[row * columns + column]
      }
    }
    for index in out.indices { out[index] /= 4 }
    return Plane(rows: height, columns: width, values: out)
  }

  /// Correlation with the separable kernel `vertical` × `horizontal` at the places where it lies
  /// fully inside, of which every `stride`-th is kept.
  func correlated(_ vertical: [Double], _ horizontal: [Double], stride: Int = 1) -> Plane {
    let height = (rows - vertical.count) / stride + 1
    let width = (columns - horizontal.count) / stride + 1
    precondition(
      rows >= vertical.count && columns >= horizontal.count, "the kernel exceeds the plane")
    var out = [Double](repeating: 0, count: height * width)
    var line = [Double](repeating: 0, count: columns)
    values.withUnsafeBufferPointer { values in
      line.withUnsafeMutableBufferPointer { line in
        out.withUnsafeMutableBufferPointer { out in
          for row in 0..<height {
            for column in 0..<columns { line[column] = 0 }
            for (tap, weight) in vertical.enumerated() {
              let start = (row * stride + tap) * columns
              for column in 0..<columns { line[column] += weight * values[start + column] }
            }
            for (tap, weight) in horizontal.enumerated() {
              for column in 0..<width {
                out[row * width + column] += weight * line[column * stride + tap]
              }
            }
          }
        }
      }
    }
    return Plane(rows: height, columns: width, values: out)
  }

  private func combined(with other: Plane, _ operation: (Double, Double) -> Double) -> Plane {
    precondition(rows == other.rows && columns == other.columns, "the planes differ in size")
    return Plane(
      rows: rows, columns: columns, values: zip(values, other.values).map(operation))
  }
}
