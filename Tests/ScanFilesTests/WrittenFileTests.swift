import Acquisition
import Arrays
import Foundation
import Numerics
import TestSupport
import Testing

@testable import ScanFiles

@Suite struct WrittenFileTests {
  let folder: TemporaryFolder
  let path: String
  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("recon.h5")
  }

  @Test func aReconstructionFileHoldsAllItsParts() throws {
    let file = try ReconstructionFile(
      path: path, slices: 2, size: (3, 4), methods: ["ilo", "sense"], mapShape: [2, 5, 4],
      hasReference: true, mask: [true, false, true, true], provenance: "{\"seed\": 1}",
      attributes: ["acceleration": .number(4)])
    for slice in [1, 0] {
      let image = RealArray(shape: [3, 4], repeating: Float(slice + 1))
      try file.write(image, method: "ilo", slice: slice)
      try file.write(image, method: "sense", slice: slice)
      try file.writeReference(image, slice: slice)
      try file.writeCoilMaps(pattern([2, 5, 4]), slice: slice)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
    try file.commit()

    let read = try HDF5File(reading: path)
    #expect(
      read.names == [
        "coil_maps", "mask", "provenance", "reconstruction", "reconstruction_sense", "reference",
      ])
    let main = try read.dataset("reconstruction")
    #expect(main.shape == [2, 3, 4])
    let expected = [Float](repeating: 1, count: 12) + [Float](repeating: 2, count: 12)
    #expect(try main.floats() == expected)
    #expect(
      try read.dataset("coil_maps").complexValues() == pattern([2, 5, 4]).values
        + pattern([2, 5, 4]).values)
    #expect(try read.dataset("mask").integers() == [1, 0, 1, 1])
    #expect(try read.dataset("provenance").strings() == ["{\"seed\": 1}"])
    #expect(read.attribute("method")?.string == "ilo")
    #expect(read.attribute("acceleration")?.number == 4)
  }

  @Test func aMissingSliceIsAnError() throws {
    let file = try ReconstructionFile(path: path, slices: 2, size: (3, 4), methods: ["ilo"])
    try file.write(RealArray(zeros: [3, 4]), method: "ilo", slice: 0)
    #expect {
      try file.commit()
    } throws: {
      ($0 as? ScanFileError)?.problem == .incomplete(dataset: "reconstruction", slice: 1)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func aSimulatedScanReadsBackAsFullySampled() throws {
    let header = ScanHeader(
      encoded: .init(rows: 12, columns: 7, rowExtent: 24),
      reconstructed: .init(rows: 6, columns: 5, rowExtent: 12),
      phaseEncodingCentre: 3, phaseEncodingMaximum: 6, encodingCount: 1, patient: "seed 1",
      acquisition: "AXT1")
    let file = try SimulatedScanFile(
      path: path, slices: 2, coils: 3, rows: 12, columns: 7, header: header, gzip: 1)
    for slice in 0..<2 { try file.write(pattern([3, 12, 7]), slice: slice) }
    try file.commit()

    let scan = try FastMRIScan(path: path)
    #expect(scan.isFullySampled)
    #expect(scan.header == header)
    #expect(try scan.kspace(slice: 1) == pattern([3, 12, 7]))
    let reference = try #require(try scan.reference(slice: 0))
    #expect(reference.shape == [6, 5])

    var images = pattern([3, 12, 7])
    FourierTransform(rows: 12, columns: 7).inverse(&images)
    var squares = 0.0
    for row in 0..<6 {
      for column in 0..<5 {
        let sum = (0..<3).reduce(Float(0)) {
          $0 + images.values[($1 * 12 + row + 3) * 7 + column + 1].lengthSquared
        }
        let value = reference.values[row * 5 + column]
        #expect(abs(value - sum.squareRoot()) <= 1e-4 * value)
        squares += 2 * Double(value) * Double(value)
      }
    }
    #expect(scan.statedMaximum == Double(reference.values.max() ?? 0))
    #expect(abs((scan.statedNorm ?? 0) - squares.squareRoot()) < 1e-6 * squares.squareRoot())
  }
}
