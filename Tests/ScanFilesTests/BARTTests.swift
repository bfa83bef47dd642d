import Arrays
import Foundation
import Numerics
import TestSupport
import Testing

@testable import ScanFiles

@Suite struct BARTTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func write(_ header: String, values count: Int, value: (Int) -> Float = { Float($0 + 1) })
    throws
  {
    try folder.write(Data(header.utf8), "a.hdr")
    let values = (0..<2 * count).map { value($0 / 2).bitPattern.littleEndian }
    try folder.write(values.withUnsafeBytes { Data($0) }, "a.cfl")
  }

  private func problem(_ name: String = "a.cfl") -> ScanFileError.Problem? {
    do throws(ScanFileError) {
      let scan = try ScanFile.open(folder.file(name))
      for slice in 0..<scan.slices { _ = try scan.kspace(slice: slice) }
      return nil
    } catch {
      return error.problem
    }
  }

  @Test func whatIsWrittenIsRead() throws {
    let slices = (0..<2).map { slice in
      ComplexArray(
        shape: [3, 5, 4], values: (0..<60).map { Complex(Float($0), Float(slice + 1)) })
    }
    let writer = try BARTArrayWriter(path: folder.file("b.cfl"), slices: 2, shape: [3, 5, 4])
    for slice in [1, 0] { try writer.write(slices[slice], slice: slice) }
    try writer.commit()
    #expect(folder.names == ["b.cfl", "b.hdr"])
    #expect(
      try folder.text("b.hdr") == "# Dimensions\n5 4 1 3 1 1 1 1 1 1 1 1 1 2 1 1\n")
    let scan = try ScanFile.open(folder.file("b"))
    for slice in 0..<2 { #expect(try scan.kspace(slice: slice) == slices[slice]) }
  }

  @Test func anUnfinishedArrayLeavesNothing() throws {
    do {
      let writer = try BARTArrayWriter(path: folder.file("b"), slices: 2, shape: [5, 4])
      try writer.write(ComplexArray(zeros: [5, 4]), slice: 1)
      #expect(throws: ScanFileError.self) { try writer.commit() }
    }
    #expect(folder.names == [])
  }

  /// The mean of averages, and every index of further dimensions as a frame.
  @Test func averagesAndFrames() throws {
    // READ 4, PHS1 3, TIME 2, AVG 2; values count on in that order.
    try write("# Dimensions\n4 3 1 1 1 1 1 1 1 1 2 1 1 1 2\n", values: 48)
    for frame in 0..<2 {
      let scan = try ScanFile.open(folder.file("a.cfl"), ScanFile.Options(frame: frame))
      #expect(scan.frames == 2 && scan.slices == 1)
      let kspace = try scan.kspace(slice: 0)
      // Row 1, column 2: element 9 of the frame's 12, in both averages.
      #expect(kspace.values[1 * 3 + 2].real == Float(9 + 12 * frame + 12 + 1))
    }
  }

  /// With COIL 1, PHS2 counts coils unless its middle has the centre of k-space.
  @Test func coilsAlongTheThirdDimension() throws {
    try write("# Dimensions\n4 3 6\n", values: 72)
    let coils = try ScanFile.open(folder.file("a.cfl"))
    #expect(coils.coils == 6 && coils.slices == 1)
    #expect(coils.remarks["coil dimension"]?.hasPrefix("PHS2") == true)
    try write("# Dimensions\n4 3 6\n", values: 72) { $0 / 12 == 3 ? 50 : 1 }
    let partitions = try ScanFile.open(folder.file("a.cfl"))
    #expect(partitions.coils == 1 && partitions.slices == 6)
  }

  /// Partitions that lie outside a partial Fourier scan are zero; others must be sampled alike.
  @Test func partitionsThatDiffer() throws {
    try write("# Dimensions\n4 3 5 1\n", values: 60) { index in
      index / 12 == 2 ? 50 : index / 12 == 0 ? 0 : 1
    }
    #expect(problem() == nil)
    try write("# Dimensions\n4 3 5 1\n", values: 60) { index in
      index / 12 == 2 ? 50 : index / 12 == 1 && index / 4 % 3 == 0 ? 0 : 1
    }
    guard case .unsupported(let what, _) = problem() else {
      Issue.record("a pattern in two dimensions was read")
      return
    }
    #expect(what.contains("partition to partition"))
  }

  @Test(arguments: [
    "# Dimensions\n", "# Dimensions\n4 x\n", "# Dimensions\n4 -3\n", "# Dimensions\n4 0 3\n",
    "# Dimensions\n9223372036854775807 9223372036854775807\n",
    "# Dimensions\n1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n",
    "# Dimensions\n4 3\n# SizesDimensions\n2\n",
  ])
  func headersThatAreNone(header: String) throws {
    try write(header, values: 12)
    guard case .bartHeader = problem() else {
      Issue.record("\(header) was accepted: \(String(describing: problem()))")
      return
    }
  }

  @Test func lengthsThatDoNotFit() throws {
    try write("# Dimensions\n4 3 1 2\n", values: 23)
    #expect(problem() == .wrongLength(found: 184, expected: 192))
    try write("# Dimensions\n1000000 1000000\n", values: 4)
    #expect(problem() == .wrongLength(found: 32, expected: 8_000_000_000_000))
    try write("# Dimensions\n4 3\n", values: 12) { _ in 0 }
    #expect(problem() == .maskEmpty)
    try write("# Dimensions\n4 3\n", values: 12) { $0 == 5 ? .nan : 1 }
    #expect(problem() == .notFinite(slice: 0, coil: 0, row: 1, column: 1))
    try write("# Dimensions\n12\n", values: 12)
    guard case .wrongShape = problem() else {
      Issue.record("a single line was accepted")
      return
    }
  }

  @Test func aHeaderWithoutItsValues() throws {
    try folder.write(Data("# Dimensions\n4 3\n".utf8), "a.hdr")
    for name in ["a", "a.hdr", "a.cfl"] {
      #expect(problem(name) == .unreadable(reason: "no such file beside its header"))
    }
    try folder.write(Data(repeating: 1, count: 96), "b.cfl")
    #expect(problem("b.cfl") == .notHDF5(.unknown))
  }
}
