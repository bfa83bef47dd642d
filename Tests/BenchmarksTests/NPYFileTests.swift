import Arrays
import Foundation
import Numerics
import TestSupport
import Testing

@testable import Benchmarks

@Suite struct NPYFileTests {
  @Test func whatIsWrittenIsReadAgain() throws {
    let folder = try TemporaryFolder()
    let reals = RealArray(shape: [2, 3], values: [1, -2, 0.5, 0, 7, .infinity])
    let complexes = ComplexArray(shape: [2], values: [Complex(1, 2), Complex(-3, 4)])
    let (first, second) = (folder.file("a.npy"), folder.file("b.npy"))
    try NPYFile.write(reals, to: first)
    try NPYFile.write(complexes, to: second)
    #expect(try NPYFile.reals(first) == reals)
    #expect(try NPYFile.complexes(second) == complexes)
    #expect(throws: BenchmarkError.self) { try NPYFile.reals(second) }
  }

  /// The bytes of `numpy.save(…, numpy.array([1.0], dtype="<f4"))`.
  @Test func theBytesAreNumPys() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("one.npy")
    try NPYFile.write(RealArray(shape: [1], values: [1]), to: path)
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }"
    var expected = Data([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0])
    expected.append(contentsOf: header.padding(toLength: 117, withPad: " ", startingAt: 0).utf8)
    expected.append(contentsOf: "\n".utf8)
    expected.append(contentsOf: [0, 0, 0x80, 0x3f])
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == expected)
    try expected.dropLast().write(to: URL(fileURLWithPath: path))
    #expect(throws: BenchmarkError.self) { try NPYFile.reals(path) }
  }
}
