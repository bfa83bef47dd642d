import Arrays
import Foundation
import Numerics
import TestSupport
import Testing

@testable import ScanFiles

/// Every way a file can be wrong has its own error, whose text names the file.
@Suite struct BadScanFileTests {
  let folder: TemporaryFolder
  let path: String
  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("scan.h5")
  }

  @Test func missingFilesAndFolders() {
    #expect(scanError(path)?.problem == .unreadable(reason: "no such file"))
    #expect(scanError(folder.path)?.problem == .unreadable(reason: "it is a folder"))
  }

  /// Opening it as a file would wait for somebody to write into it.
  @Test func pipesAreNotWaitedFor() throws {
    #expect(mkfifo(path, 0o600) == 0)
    let error = try #require(scanError(path))
    #expect(error.description.contains("it is a pipe or a device"))
  }

  @Test(
    arguments: [
      ([], "a.h5", .empty), (Array("MATLAB 5.0 MAT-file, Platform".utf8), "a.mat", .matlab5),
      ([3, 0, 9, 0, 0, 0] + Array("<ismrmrdHeader>".utf8), "a.bin", .mrdStream),
      ([1, 2, 3, 4], "a.mrd", .mrdStream), (Array("yardl".utf8), "a", .mrdStream),
      (Array(repeating: 0x55, count: 4000), "a.h5", .unknown),
    ] as [([UInt8], String, ScanFileError.FileKind)])
  func otherKindsOfFiles(bytes: [UInt8], name: String, kind: ScanFileError.FileKind) throws {
    let path = try folder.write(bytes, name)
    #expect(scanError(path)?.problem == .notHDF5(kind))
  }

  @Test(arguments: [9, 100, 700, 5000]) func truncatedFiles(length: Int) throws {
    try TestScan(kspace: pattern([2, 3, 20, 30])).write(path)
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    let cut = try folder.write(Array(bytes.prefix(length)), "cut.h5")
    #expect(scanError(cut)?.problem == .truncated)
  }

  @Test func missingOrMisshapenKspace() throws {
    let file = try HDF5File(creating: path)
    try file.createDataset("image", shape: [2], type: .float).write([Float(1), 2])
    try file.close()
    #expect(scanError(path)?.problem == .missingDataset("kspace", present: ["image"]))

    try TestScan(kspace: pattern([5, 8])).write(path)
    guard case .wrongShape("kspace", [5, 8], _) = scanError(path)?.problem else {
      Issue.record("rank 2 was accepted")
      return
    }
    try TestScan(kspace: pattern([2, 3, 0, 8])).write(path)
    #expect(scanError(path)?.problem == .zeroSize(dataset: "kspace", shape: [2, 3, 0, 8]))
  }

  @Test func realKspace() throws {
    let file = try HDF5File(creating: path)
    try file.createDataset("kspace", shape: [1, 1, 2, 2], type: .float)
      .write([Float](repeating: 1, count: 4))
    try file.close()
    guard case .wrongType("kspace", "real numbers", _) = scanError(path)?.problem else {
      Issue.record("real k-space was accepted")
      return
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func valuesThatAreNoNumbers(value: Float)
    throws
  {
    var file = TestScan()
    // slice 1, coil 2, row 3, column 4
    file.kspace.values[((1 * 3 + 2) * 5 + 3) * 8 + 4] = Complex(1, value)
    try file.write(path)
    #expect(scanError(path)?.problem == .notFinite(slice: 1, coil: 2, row: 3, column: 4))
  }

  @Test func emptyCoils() throws {
    var file = TestScan()
    for index in 0..<40 { file.kspace.values[(1 * 3 + 1) * 40 + index] = .zero }
    try file.write(path)
    #expect(scanError(path)?.problem == .emptyCoil(slice: 1, coil: 1))
  }

  @Test func kspaceOfZerosOnly() throws {
    try TestScan(kspace: ComplexArray(zeros: [1, 2, 3, 4])).write(path)
    #expect(scanError(path)?.problem == .maskEmpty)
  }

  @Test(
    arguments: [
      ([1, 1], .maskLength(found: 2, columns: 8)),
      ([0, 0, 0, 0, 0, 0, 0, 0], .maskEmpty),
      ([0, 0, 1, 0.5, 0, 0, 0, 0], .maskNotBinary(column: 3)),
      ([0, 0, 1, .nan, 0, 0, 0, 0], .maskNotBinary(column: 3)),
    ] as [([Float], ScanFileError.Problem)])
  func badMasks(mask: [Float], problem: ScanFileError.Problem) throws {
    try TestScan(mask: mask).write(path)
    #expect(scanError(path)?.problem == problem)
  }

  @Test func brokenHeader() throws {
    try TestScan(xml: "<ismrmrdHeader><encoding>").write(path)
    guard case .header = scanError(path)?.problem else {
      Issue.record("a broken header was accepted")
      return
    }
  }

  /// Names in a stranger's file neither break the sentence nor speak to the terminal.
  @Test func namesWithControlCharacters() throws {
    let file = try HDF5File(creating: path)
    for index in 0..<20 {
      try file.createDataset("a\u{1B}[2J\n\(index)", shape: [1], type: .float).write([Float(1)])
    }
    try file.close()
    let text = try #require(scanError(path)?.description)
    #expect(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    #expect(text.contains("[2J") && text.contains(" and 8 more"))
  }

  @Test func slicesOutsideTheScan() throws {
    try TestScan().write(path)
    let scan = try FastMRIScan(path: path)
    for slice in [-1, 2] {
      #expect {
        _ = try scan.kspace(slice: slice)
      } throws: {
        ($0 as? ScanFileError)?.problem == .noSuchSlice(slice, slices: 2)
      }
    }
  }

  @Test func theTextSaysWhatWhereAndWhatToDo() throws {
    var file = TestScan()
    file.kspace.values[5] = Complex(.nan, 0)
    try file.write(path)
    #expect(
      scanError(path)?.description
        == "\(path): the k-space of slice 0, coil 0 is not a finite number at row 0, column 5; "
        + "export the scan again or leave the slice out.")
  }
}
