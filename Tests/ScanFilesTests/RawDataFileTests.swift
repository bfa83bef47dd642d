import Acquisition
import Arrays
import Foundation
import Numerics
import TestSupport
import Testing

@testable import ScanFiles

/// ISMRMRD raw data and images as they are written; `Tests/PeerChecks/mrd_check.py` has ISMRMRD's own
/// software read them.
@Suite struct RawDataFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func write(
    _ scan: any Scan, subject: ScanHeader.Subject? = nil
  ) throws -> String {
    let path = folder.file("out.mrd")
    let file = try RawDataFile(path: path, like: scan, subject: subject)
    for slice in (0..<scan.slices).reversed() {
      try file.write(scan.kspace(slice: slice), slice: slice)
    }
    try file.commit()
    return path
  }

  /// Every layout's k-space, place, extents and sampling come back, to the last bit.
  @Test(arguments: [
    "fastmri.h5", "raw.h5", "raw-3d.h5", "raw-odd.h5", "slices.cfl", "flat.cfl", "volume.ra",
    "calgary-campinas.h5", "cmrxrecon.mat", "skm-tea.h5", "m4raw_T101.h5",
  ])
  func whatIsWrittenIsRead(file: String) throws {
    let scan = try ScanFile.open(ScanFixture.path(file))
    let copy = try ScanFile.open(try write(scan))
    #expect(copy.layout == .ismrmrd && copy.frames == 1)
    #expect(copy.acquiredColumns == scan.acquiredColumns)
    #expect(copy.sampledColumns == scan.sampledColumns)
    let (one, two) = (ReadoutCroppedScan(scan), ReadoutCroppedScan(copy))
    #expect(one.rows == two.rows && one.columns == two.columns && one.slices == two.slices)
    #expect(one.imageSize == two.imageSize)
    #expect(one.pixelSize?.rows == two.pixelSize?.rows)
    #expect(one.pixelSize?.columns == two.pixelSize?.columns)
    for slice in 0..<scan.slices {
      #expect(try copy.kspace(slice: slice) == scan.kspace(slice: slice))
      #expect(copy.plane(slice: slice) == scan.plane(slice: slice))
    }
    #expect(copy.header.sampleTime == scan.header.sampleTime)
  }

  /// An undersampled scan has readouts of its sampled lines only, the calibration lines flagged.
  @Test func onlyAcquiredLinesAreWritten() throws {
    var test = TestScan()
    test.kspace = pattern([1, 2, 6, 16])
    let sampled = (0..<16).map { $0 % 4 == 1 || (6..<10).contains($0) }
    for index in test.kspace.values.indices where !sampled[index % 16] {
      test.kspace.values[index] = .zero
    }
    test.mask = sampled.map { $0 ? 1 : 0 }
    test.attributes = ["acquisition": .string("AXT1 <µ>"), "patient_id": .string("somebody")]
    try test.write(folder.file("scan.h5"))
    let scan = try ScanFile.open(folder.file("scan.h5"))
    let path = try write(scan)
    let file = try HDF5File(reading: path)
    let data = try file.dataset("dataset/data")
    #expect(data.shape == [sampled.count { $0 }])
    let records = try data.records(RawAcquisition.members, start: 0, count: data.shape[0])
    let readouts = (0..<records.count).map { RawAcquisition(records, $0, index: $0) }
    let lines = sampled.indices.filter { sampled[$0] }
    #expect(readouts.map(\.line) == lines)
    let calibration = readouts.filter { $0.has(.parallelCalibrationAndImaging) }.map(\.line)
    #expect(calibration == [5, 6, 7, 8, 9])
    #expect(readouts.allSatisfy { $0.centreSample == 3 && $0.samples == 6 && $0.channels == 2 })
    #expect(readouts.filter { $0.has(.lastInSlice) }.map(\.index) == [readouts.count - 1])
    let text = try #require(try file.dataset("dataset/xml").strings().first)
    #expect(text.contains("<calibrationMode>embedded</calibrationMode>"))
    #expect(text.contains("<value>AXT1 &lt;&#181;&gt;</value>"))
    #expect(!text.contains("somebody") && !text.contains("subjectInformation"))
    let copy = try ScanFile.open(path)
    #expect(copy.header.acquisition == "AXT1 <µ>" && copy.sampledColumns == sampled)
    #expect(try copy.kspace(slice: 0) == scan.kspace(slice: 0))
  }

  /// Samples before an asymmetric echo and lines of partial Fourier that were never measured are not written.
  @Test func zerosAtTheEndsAreNoSamples() throws {
    let scan = try ScanFile.open(ScanFixture.path("raw-odd.h5"))
    let data = try HDF5File(reading: try write(scan)).dataset("dataset/data")
    let records = try data.records(RawAcquisition.members, start: 0, count: data.shape[0])
    let readouts = (0..<records.count).map { RawAcquisition(records, $0, index: $0) }
    #expect(readouts.count == 16)
    #expect(readouts.allSatisfy { $0.samples == 21 && $0.centreSample == 9 })
  }

  /// A scan of single points cannot be said in readouts.
  @Test func pointsAreRefused() throws {
    var test = TestScan()
    test.kspace = pattern([1, 2, 12, 12])
    for index in test.kspace.values.indices where (index / 12 + index) % 3 == 0 {
      test.kspace.values[index] = .zero
    }
    try test.write(folder.file("scan.h5"))
    let scan = try ScanFile.open(folder.file("scan.h5"))
    #expect(scan.sampledPoints != nil)
    #expect {
      _ = try RawDataFile(path: folder.file("out.mrd"), like: scan)
    } throws: { ($0 as? ScanFileError)?.description.contains("single points") == true }
    #expect(folder.names == ["scan.h5"])
  }

  @Test func aMissingSliceLeavesNothing() throws {
    let scan = try ScanFile.open(ScanFixture.path("fastmri.h5"))
    do {
      let file = try RawDataFile(path: folder.file("out.mrd"), like: scan)
      try file.write(scan.kspace(slice: 1), slice: 1)
      #expect(throws: ScanFileError.self) { try file.commit() }
    }
    #expect(folder.names == [])
  }

  /// Whom the header names, in letters that XML and ASCII do not have.
  @Test func theSubjectIsKept() throws {
    let scan = try ScanFile.open(ScanFixture.path("raw.h5"))
    let subject = ScanHeader.Subject(
      name: "Müller & Söhne^Anna", identifier: "<7>", birthDate: "1980-02-29", sex: "F",
      weight: 61.5)
    let copy = try ScanFile.open(try write(scan, subject: subject))
    #expect(copy.header.subject == subject)
    // A day that is none and a sex that the schema does not know are left out.
    let odd = ScanHeader.Subject(name: "a", birthDate: "1980", sex: "unknown")
    let other = try ScanFile.open(try write(scan, subject: odd))
    #expect(other.header.subject == ScanHeader.Subject(name: "a"))
    #expect(try ScanFile.open(try write(copy)).header.subject == nil)
  }

  /// Images have the readout as their fastest axis, and their middle element where the scan has it.
  @Test func imagesAreInTheirPlaces() throws {
    let scan = ReadoutCroppedScan(try ScanFile.open(ScanFixture.path("raw.h5")))
    let size = (rows: 23, columns: 19)
    let geometry = try VolumeGeometry(of: scan, slices: [0, 1], size: size)
    let images = (0..<2).map { slice in
      RealArray(shape: [23, 19], values: (0..<437).map { Float($0 + 500 * slice) })
    }
    let file = try MRDImageFile(
      path: folder.file("images.h5"), of: scan, slices: [0, 1], size: size, geometry: geometry)
    for series in 0..<2 {
      try file.write(series: series, attributes: [("a", "<b>")]) { images[$0] }
    }
    try file.commit()
    let written = try HDF5File(reading: folder.file("images.h5"))
    let data = try written.dataset("dataset/image_1/data")
    #expect(data.shape == [2, 1, 1, 19, 23])
    let values = try data.floats()
    #expect(values[437 + 5 * 23 + 7] == images[1].values[7 * 19 + 5])
    #expect(
      try written.dataset("dataset/image_0/attributes").strings()[1].contains("<value>&lt;b&gt;<"))
    let records = try written.dataset("dataset/image_1/header").records(
      [
        .reals(3, "position"), .reals(3, "read_dir"), .reals(3, "phase_dir"),
        .reals(3, "slice_dir"), .reals(3, "field_of_view"), .unsigned("slice"),
        .unsigned("image_series_index"), .unsigned("image_type"), .unsigned("data_type"),
      ], start: 0, count: 2)
    for position in 0..<2 {
      func vector(_ member: Int) -> SIMD3<Double> {
        SIMD3((0..<3).map { Double(records.real(position, member, $0)) })
      }
      let plane = try #require(scan.plane(slice: position))
      // What is cut begins at row and column (n − m) / 2 = 0, so that its element [11, 9] is that of the whole.
      let middle = plane.position - plane.readDirection * 2 - plane.phaseDirection * 3
      let away = vector(0) - middle
      #expect((away * away).sum() < 1e-8, "\(vector(0))")
      #expect(vector(1) == plane.readDirection && vector(2) == plane.phaseDirection)
      #expect(vector(3) == plane.sliceDirection && vector(4) == SIMD3(46, 57, 5))
      #expect(records.unsigned(position, 5) == UInt64(position))
      #expect(records.unsigned(position, 6) == 2)
      #expect(records.unsigned(position, 7) == 1 && records.unsigned(position, 8) == 5)
    }
  }
}
