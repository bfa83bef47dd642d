import Arrays
import LinearOperators
import Numerics
import Testing

@Suite("In-painting, down-sampling and blur against their definitions")
struct ResamplingTests {
  /// Zero-padded k-space: truncated again it is the image, and where the grids meet the values are the same.
  @Test("sinc interpolation keeps what it is given", arguments: [[24, 20], [21, 17], [9, 30]])
  func sincInterpolation(coarse: [Int]) {
    let x = randomArray(coarse)
    for fine in [coarse.map { 2 * $0 }, [coarse[0] + 7, coarse[1]], coarse] {
      let op = KSpaceTruncationOperator(shape: fine, coarse: coarse)
      let y = op.interpolated(x)
      #expect(y.shape == fine && relativeDifference(op.forward(y), x) < 1e-6)
    }
    let double = KSpaceTruncationOperator(shape: coarse.map { 2 * $0 }, coarse: coarse)
    let y = double.interpolated(x)
    let largest = x.magnitudes.values.max() ?? 0
    for row in 0..<coarse[0] {
      for column in 0..<coarse[1] {
        // From centre to centre: n / 2 goes to n.
        let place = (
          2 * (row - coarse[0] / 2) + coarse[0], 2 * (column - coarse[1] / 2) + coarse[1]
        )
        guard place.0 >= 0, place.1 >= 0, place.0 < 2 * coarse[0], place.1 < 2 * coarse[1] else {
          continue
        }
        let difference =
          y.values[place.0 * 2 * coarse[1] + place.1] - x.values[row * coarse[1] + column]
        #expect(difference.length < 1e-5 * largest)
      }
    }
  }

  /// Keys's cubic as its formula stands, for the slow versions.
  private func cubic(_ x: Double) -> Double {
    let x = abs(x)
    if x <= 1 { return 1.5 * x * x * x - 2.5 * x * x + 1 }
    return x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0
  }

  /// The authors' two passes on a padded copy of one axis: pad by mirroring, then slide the kernel.
  private func slowBicubic(_ line: [Double], factor: Int) -> [Double] {
    let before = (4 * factor - factor) / 2
    let after = 3 * factor - before
    let left = (1...max(1, before)).prefix(before).reversed().map { line[$0] }
    let right = (0..<after).map { line[line.count - 2 - $0] }
    let padded = left + line + right
    var kernel = (0..<4 * factor).map {
      cubic((Double($0) - Double(2 * factor) + 0.5) / Double(factor))
    }
    let sum = kernel.reduce(0, +)
    kernel = kernel.map { $0 / sum }
    return stride(from: 0, through: padded.count - kernel.count, by: factor).map { first in
      kernel.indices.reduce(0) { $0 + kernel[$1] * padded[first + $1] }
    }
  }

  @Test("bicubic down-sampling is the authors', axis by axis", arguments: [2, 3, 4])
  func bicubic(factor: Int) {
    let (rows, columns) = (6 * factor, 5 * factor)
    let x = randomArray([rows, columns]).realPart
    let found = SeparableOperator.bicubicDownsampling(shape: [rows, columns], factor: factor)
      .forward(x)
    #expect(found.shape == [6, 5])
    var narrow = (0..<rows).map { row in
      slowBicubic((0..<columns).map { Double(x.values[row * columns + $0].real) }, factor: factor)
    }
    narrow = (0..<5).map { column in slowBicubic(narrow.map { $0[column] }, factor: factor) }
    for row in 0..<6 {
      for column in 0..<5 {
        #expect(abs(Double(found.values[row * 5 + column].real) - narrow[column][row]) < 1e-6)
      }
    }
  }

  @Test("every down-sampling keeps a constant image and has the coarse size")
  func constants() {
    let x = ComplexArray(shape: [13, 19], repeating: Complex(3, 0))
    let operators: [any LinearOperator] = [
      SeparableOperator.averagePooling(shape: [13, 19], factor: 4),
      SeparableOperator.bicubicDownsampling(shape: [13, 19], factor: 4),
      KSpaceTruncationOperator(shape: [13, 19], factor: 4),
    ]
    for op in operators {
      #expect(op.codomain == [4, 5])
      #expect(op.forward(x).values.allSatisfy { ($0 - Complex(3, 0)).length < 1e-5 })
    }
    let fine = SeparableOperator.bicubicUpsampling(shape: [13, 19], factor: 4)
    #expect(fine.domain == [4, 5])
    let coarse = ComplexArray(shape: [4, 5], repeating: Complex(3, 0))
    #expect(fine.forward(coarse).values.allSatisfy { ($0 - Complex(3, 0)).length < 1e-5 })
  }

  @Test("interpolation brings a smooth image back from its down-sampled one")
  func interpolation() {
    var x = ComplexArray(zeros: [48, 40])
    for index in x.values.indices {
      let (row, column) = (Float(index / 40), Float(index % 40))
      x.values[index] = Complex(2 + .cos(row / 8) * .sin(column / 7), 0)
    }
    let down = SeparableOperator.averagePooling(shape: x.shape, factor: 2)
    let up = SeparableOperator.bicubicUpsampling(shape: x.shape, factor: 2)
    #expect(relativeDifference(up.forward(down.forward(x)), x) < 1e-2)
  }

  @Test("pooled pixels are means of their squares, less at the end")
  func pooling() {
    let x = randomArray([5, 7])
    let y = SeparableOperator.averagePooling(shape: [5, 7], factor: 3).forward(x)
    func mean(_ rows: Range<Int>, _ columns: Range<Int>) -> Complex<Float> {
      let all = rows.flatMap { row in columns.map { x.values[row * 7 + $0] } }
      return all.reduce(.zero, +) / Complex(Float(all.count), 0)
    }
    #expect((y.values[1] - mean(0..<3, 3..<6)).length < 1e-6)
    #expect((y.values[5] - mean(3..<5, 6..<7)).length < 1e-6)
  }

  @Test("k-space truncation keeps the low frequencies' image and loses the high ones'")
  func truncation() {
    let op = KSpaceTruncationOperator(shape: [24, 24], factor: 3)
    func wave(_ frequency: Int) -> ComplexArray {
      ComplexArray(
        shape: [24, 24],
        values: (0..<576).map {
          Complex(.cos(2 * .pi * Float(frequency * ($0 % 24 - 12)) / 24), 0)
        })
    }
    let low = op.forward(wave(2))
    for column in 0..<8 {
      let expected = Float.cos(2 * .pi * Float(2 * (column - 4)) / 8)
      #expect(abs(low.values[column].real - expected) < 1e-5)
    }
    #expect(op.forward(wave(7)).squaredNorm < 1e-8)
    #expect(abs(operatorNorm(of: op) - 1.0 / 3) < 1e-5)
  }

  @Test(
    "a convolution is the circular sum that it is defined as",
    arguments: [[3, 3], [4, 5], [1, 1]])
  func convolution(sides: [Int]) {
    let (rows, columns) = (7, 9)
    let kernel = OperatorCase.randomKernel(sides)
    let x = randomArray([rows, columns])
    var expected = ComplexArray(zeros: [rows, columns])
    for row in 0..<rows {
      for column in 0..<columns {
        for i in 0..<sides[0] {
          for j in 0..<sides[1] {
            let r = (row - i + sides[0] / 2 + 2 * rows) % rows
            let c = (column - j + sides[1] / 2 + 2 * columns) % columns
            expected.values[row * columns + column] += x.values[r * columns + c].multiplied(
              by: kernel.values[i * sides[1] + j])
          }
        }
      }
    }
    let found = ConvolutionOperator(shape: [rows, columns], kernel: kernel).forward(x)
    #expect(relativeDifference(found, expected) < 1e-6)
  }

  @Test("a Gaussian kernel has sum 1, its width, and the norm 1")
  func gaussian() {
    let kernel = BlurKernel.gaussian(sigma: 1.5)
    #expect(kernel.shape == [13, 13])
    let total = kernel.values.reduce(0.0) { $0 + Double($1) }
    #expect(abs(total - 1) < 1e-6)
    let variance = kernel.values.enumerated().reduce(0.0) {
      $0 + Double($1.element) * pow2(Double($1.offset % 13 - 6))
    }
    #expect(abs(variance - 2.25) < 0.01)
    let op = ConvolutionOperator(shape: [33, 35], kernel: kernel)
    // The power iteration is slow between the near-equal values of the lowest frequencies.
    #expect(abs(operatorNorm(of: op, iterations: 300) - 1) < 1e-3)
    #expect(BlurKernel.gaussian(sigma: 0).values == [1])
    #expect(BlurKernel.normalised(RealArray(shape: [1, 2], values: [1, -1])) == nil)
    #expect(
      BlurKernel.normalised(RealArray(shape: [1, 2], values: [1, 3]))?.values == [0.25, 0.75])
  }

  private func pow2(_ x: Double) -> Double { x * x }

  @Test("in-painting masks keep what they say")
  func masks() {
    let random = InpaintingMask.randomPixels(rows: 20, columns: 31, share: 0.3, seed: 4)
    #expect(random.count { $0 } == 186)
    #expect(random != InpaintingMask.randomPixels(rows: 20, columns: 31, share: 0.3, seed: 5))
    #expect(random == InpaintingMask.randomPixels(rows: 20, columns: 31, share: 0.3, seed: 4))
    #expect(InpaintingMask.randomPixels(rows: 4, columns: 4, share: 0, seed: 1).count { $0 } == 1)
    let box = InpaintingMask.boxes(rows: 20, columns: 31, boxes: 1, side: 6, seed: 4)
    let missing = box.indices.filter { !box[$0] }
    #expect(missing.count == 36)
    #expect(Set(missing.map { $0 / 31 }).count == 6 && Set(missing.map { $0 % 31 }).count == 6)
    let many = InpaintingMask.boxes(rows: 20, columns: 31, boxes: 40, side: 50, seed: 4)
    #expect(many.allSatisfy { !$0 })
  }

  @Test("a real image's operator is the real part's, with the adjoint of the real inner product")
  func realImages() {
    let base = PartialFourierOperator(shape: [13, 17], measurements: 60, seed: 2)
    let op = RealImageOperator(base)
    let (x, y) = (randomArray([13, 17], seed: 1), randomArray([60], seed: 2))
    #expect(relativeDifference(op.forward(x), base.forward(x.realPart)) < 1e-7)
    let (a, b) = (op.forward(x).innerProduct(y).real, x.innerProduct(op.adjoint(y)).real)
    #expect(abs(a - b) < 1e-5 * abs(a))
    #expect(op.adjoint(y).values.allSatisfy { $0.imaginary == 0 })
    #expect(relativeDifference(op.normal(x), op.adjoint(op.forward(x))) < 1e-6)
    var gradient = x
    var difference = op.forward(x)
    difference.add(-1, times: y)
    let loss = op.dataLoss(x, measurements: y, into: &gradient)
    #expect(abs(loss - difference.squaredNorm / 2) < 1e-5 * loss)
    #expect(relativeDifference(gradient, op.adjoint(difference)) < 1e-6)
    let part = op.selecting([1, 5, 9])
    #expect(
      relativeDifference(part.forward(x), base.selecting([1, 5, 9]).forward(x.realPart)) < 1e-7)
  }
}

extension ComplexArray {
  /// The same values without their imaginary parts.
  var realPart: ComplexArray {
    ComplexArray(shape: shape, values: values.map { Complex($0.real, 0) })
  }
}
