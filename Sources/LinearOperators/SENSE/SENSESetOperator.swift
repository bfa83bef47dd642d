package import Arrays
import Numerics

/// `SENSEOperator` for several sets of coil maps, whose images add up in each coil.
///
/// Images `[sets, rows, columns]` to the measurements of one set. With maps that are of unit length and at right
/// angles from set to set at each pixel, or zero, the norm is at most 1 as with one set. Source: Uecker et al.,
/// MRM 71:990 (2014), "soft SENSE".
struct SENSESetOperator: LinearOperator {
  let sets: [SENSEOperator]
  let domain: [Int]
  let codomain: [Int]

  /// The sum of `sets`, two or more of one shape and one mask.
  init(_ sets: [SENSEOperator]) {
    guard let first = sets.first,
      sets.allSatisfy({
        ($0.domain, $0.codomain, $0.mask) == (first.domain, first.codomain, first.mask)
      })
    else { shapeError("sets of coil maps of different shapes or masks") }
    self.sets = sets
    domain = [sets.count] + first.domain
    codomain = first.codomain
  }

  func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    check(x.shape, y.shape)
    sets[0].forward(x.part(0), into: &y)
    for index in 1..<sets.count { y.add(1, times: sets[index].forward(x.part(index))) }
  }

  func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    check(x.shape, y.shape)
    for (index, set) in sets.enumerated() { x.setPart(index, to: set.adjoint(y)) }
  }
}

extension ComplexArray {
  /// The part `[…]` at `index` of an array `[parts, …]`.
  package func part(_ index: Int) -> ComplexArray {
    let shape = Array(self.shape.dropFirst())
    let size = shape.reduce(1, *)
    return ComplexArray(shape: shape, values: Array(values[index * size..<(index + 1) * size]))
  }

  /// The root of the sum of the squares of all parts, with the phase of the first.
  package var combinedParts: ComplexArray {
    let size = shape.dropFirst().reduce(1, *)
    let combined = (0..<size).map { place -> Complex<Float> in
      // The values of raw data are often so small that their squares vanish in `Float`.
      var sum = 0.0
      for index in stride(from: place, to: count, by: size) {
        let length = Double(values[index].length)
        sum += length * length
      }
      let (first, root) = (values[place], Float(sum.squareRoot()))
      let length = first.length
      return length > 0
        ? Complex(first.real / length * root, first.imaginary / length * root) : Complex(root)
    }
    return ComplexArray(shape: Array(shape.dropFirst()), values: combined)
  }

  /// Replaces the part at `index`.
  package mutating func setPart(_ index: Int, to part: ComplexArray) {
    guard part.shape == Array(shape.dropFirst()) else {
      shapeError("a part \(part.shape) for an array \(shape)")
    }
    values.replaceSubrange(index * part.count..<(index + 1) * part.count, with: part.values)
  }
}
