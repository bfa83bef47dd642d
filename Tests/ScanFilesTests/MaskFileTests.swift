import Acquisition
import Arrays
import Foundation
import Numerics
import TestSupport
import Testing

@testable import ScanFiles

/// Masks in files that NumPy wrote (`Tests/PeerChecks/mask_fixtures.py`), in HDF5, BART's arrays and texts.
@Suite struct MaskFileTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private static let points: [Bool] = (0..<35).map { place in
    let (row, column) = (place / 7, place % 7)
    return (2 * row + 3 * column) % 5 < 2 || (1..<4).contains(row) && (2..<5).contains(column)
  }
  private static let columns = [true, false, false, true, true, false, true]

  private func read(_ name: String) throws -> MaskFile {
    try MaskFile(contentsOf: fixturePath("masks/" + name))
  }

  @Test(arguments: ["bool.npy", "fortran.npy", "double.npy", "points.txt", "points.csv"])
  func points(name: String) throws {
    let mask = try read(name)
    #expect(mask.rows == 5 && mask.columns == 7 && mask.samples == Self.points)
  }

  /// Rows that are all alike are columns.
  @Test(arguments: ["columns.npy", "columns.txt"]) func columns(name: String) throws {
    let mask = try read(name)
    #expect(mask.rows == nil && mask.samples == Self.columns)
    let drawn = try mask.mask(rows: 300, columns: 7, acquired: 1..<7)
    #expect(drawn.columns == [false] + Self.columns.dropFirst() && drawn.rows == nil)
  }

  @Test func hdf5AndBART() throws {
    let path = folder.file("mask.h5")
    let writer = try AtomicHDF5Writer(path: path)
    let dataset = try writer.file.createDataset("mask", shape: [5, 7], type: .float)
    try dataset.write(Self.points.map { $0 ? Float(1) : 0 })
    try writer.commit()
    #expect(try MaskFile(contentsOf: path).samples == Self.points)
    // The first axis of BART, rows here, runs fastest.
    let values = (0..<35).map { place in
      Complex<Float>(0, Self.points[place % 5 * 7 + place / 5] ? 2 : 0)
    }
    try folder.write(Data("# Dimensions\n1 5 7 1\n".utf8), "mask.hdr")
    try values.withUnsafeBytes { _ = try folder.write(Data($0), "mask.cfl") }
    for name in ["mask", "mask.cfl", "mask.hdr"] {
      let mask = try MaskFile(contentsOf: folder.file(name))
      #expect(mask.rows == 5 && mask.samples == Self.points)
    }
  }

  @Test(arguments: [
    ("signed.npy", "holds -1.0 at 0; a mask is made of 0 and 1"),
    ("none.npy", "no such file"),
  ]) func refusedFixtures(name: String, words: String) {
    #expect {
      _ = try read(name)
    } throws: {
      "\($0)".contains(words)
    }
  }

  @Test func refusedTexts() throws {
    for (text, words) in [
      ("", "holds no mask"), ("0 1\n0\n", "lines of different lengths"),
      ("0 1 x", "neither NumPy's, HDF5, BART's nor a text of 0 and 1 (byte 5)"),
      ("1", "and no mask"), ("\u{89}HDF", "neither"),
    ] {
      let path = try folder.write(Data(text.utf8), "mask.txt")
      #expect {
        _ = try MaskFile(contentsOf: path)
      } throws: {
        "\($0)".contains(words) && "\($0)".contains("mask.txt")
      }
    }
  }

  /// Every file that ends early, and every changed byte of a header, is read as a mask or refused.
  @Test func damagedNumPyFiles() throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: fixturePath("masks/bool.npy")))
    for length in 0..<whole.count {
      let path = try folder.write(whole.prefix(length), "mask.npy")
      #expect(throws: ScanFileError.self) { _ = try MaskFile(contentsOf: path) }
    }
    var random = RandomStream(seed: 3)
    for _ in 0..<500 {
      var damaged = whole
      damaged[Int.random(in: 0..<140, using: &random)] = UInt8.random(in: 0...255, using: &random)
      let path = try folder.write(damaged, "mask.npy")
      let mask = try? MaskFile(contentsOf: path)
      #expect(mask.map { $0.samples.count == ($0.rows ?? 1) * $0.columns } ?? true)
    }
  }

  @Test func anotherMatrixIsRefused() throws {
    for (name, rows, columns) in [("bool.npy", 6, 7), ("bool.npy", 5, 8), ("columns.npy", 5, 6)] {
      #expect {
        _ = try read(name).mask(rows: rows, columns: columns, acquired: 0..<columns)
      } throws: {
        "\($0)".contains("the scan's matrix is \(rows) × \(columns)")
      }
    }
  }
}
