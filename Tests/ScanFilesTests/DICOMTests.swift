import Acquisition
import Arrays
import Foundation
import TestSupport
import Testing

@testable import ScanFiles

/// Series of DICOM, read back through DCMTK.
@Suite struct DICOMTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private let identity = DICOMSeries.Identity(
    study: "2.25.1", frameOfReference: "2.25.2", series: "2.25.3",
    image: { slice, pixels in "2.25.4\(slice)\(pixels[0])" }, number: 2, title: "ilo, asked 8x",
    derivation: "Reconstructed by ilo – 8x", version: "0.1.0")

  private func series(_ geometry: VolumeGeometry, maximum: Float) -> DICOMSeries {
    DICOMSeries(
      identity: identity, geometry: geometry, isThreeDimensional: false, maximum: maximum)
  }

  /// What is written is read: the values to half a step of the one slope, and the place of each slice.
  @Test func aSeriesIsReadBack() throws {
    let scan = ReadoutCroppedScan(try ScanFile.open(ScanFixture.path("raw.h5")))
    let geometry = try VolumeGeometry(of: scan, slices: [0, 1], size: (23, 19))
    let images = (0..<2).map { slice in
      RealArray(
        shape: [23, 19], values: (0..<437).map { 1e-6 * (Float($0) + 500 * Float(slice)) })
    }
    let maximum: Float = 936e-6
    for (position, image) in images.enumerated() {
      try series(geometry, maximum: maximum).write(
        image, slice: position, position: position, to: folder.file("\(position).dcm"))
    }
    #expect(folder.names == ["0.dcm", "1.dcm"])
    let axes = try #require(geometry.axes)
    for (position, image) in images.enumerated() {
      let file = try DICOMFile(reading: folder.file("\(position).dcm"))
      let slope = try #require(file.numbers(.rescaleSlope).first)
      #expect(slope == 936e-6 / 65535 || abs(slope * 65535 / 936e-6 - 1) < 1e-7)
      #expect(file.numbers(.rescaleIntercept) == [0])
      let pixels = file.pixels
      #expect(pixels.count == 437)
      for (stored, value) in zip(pixels, image.values) {
        #expect(abs(Double(stored) * slope - Double(value)) <= 0.5001 * slope)
      }
      #expect(file.text(.rows) == "23" && file.text(.columns) == "19")
      #expect(file.text(.sopClassUID) == "1.2.840.10008.5.1.4.1.1.4")
      #expect(file.text(.sopInstanceUID) == "2.25.4\(position)\(pixels[0])")
      #expect(file.text(.instanceNumber) == String(position + 1))
      #expect(file.text(.studyInstanceUID) == "2.25.1" && file.text(.seriesInstanceUID) == "2.25.3")
      #expect(file.text(.imageType) == "DERIVED\\SECONDARY\\OTHER")
      // Only what every reader understands is written.
      #expect(file.text(.derivationDescription) == "Reconstructed by ilo ? 8x")
      for attribute in [.patientName, .patientID, .patientBirthDate, .patientSex]
        as [DICOMAttribute]
      {
        #expect(file.text(attribute) == "")
      }
      // Each element of the image, in DICOM's world (PS3.3 C.7.6.2.1.1), is where NIfTI has it.
      let place = file.numbers(.imagePosition)
      let directions = file.numbers(.imageOrientation)
      let spacing = file.numbers(.pixelSpacing)
      #expect(spacing == [geometry.spacing.y, geometry.spacing.x] && directions.count == 6)
      for (row, column) in [(0, 0), (7, 3), (22, 18)] {
        let world =
          axes.origin + axes.column * Double(column) + axes.row * Double(row)
          + axes.slice * Double(position)
        for (axis, sign) in [(0, -1.0), (1, -1.0), (2, 1.0)] {
          let here =
            place[axis] + directions[axis] * spacing[1] * Double(column)
            + directions[3 + axis] * spacing[0] * Double(row)
          #expect(abs(here - sign * world[axis]) < 1e-6)
        }
      }
      #expect(file.numbers(.sliceThickness) == [5] && file.numbers(.spacingBetweenSlices) == [6])
      // The maximum is far below 1, and a window that narrow is none.
      #expect(file.text(.windowWidth) == nil)
    }
  }

  /// A slice turned about two axes: unit vectors at right angles, in texts of at most 16 characters.
  @Test(arguments: [1.0, -1.0]) func aTurnedSliceKeepsItsPlace(sign: Double) throws {
    let (c, s) = (cos(0.3), sin(0.3))
    let plane = try #require(
      SlicePlane(
        position: SIMD3(10.123456789, -20.987654321, 33.333333333),
        readDirection: SIMD3(c * s, c, -s * s), phaseDirection: SIMD3(c * c, -s, -c * s),
        sliceDirection: sign * SIMD3(s, 0, c)))
    let geometry = try VolumeGeometry(
      of: PlacedScan(placed: plane), slices: [0, 1, 2], size: (4, 4))
    try series(geometry, maximum: 2).write(
      RealArray(shape: [4, 4], values: Array(repeating: 2, count: 16)), slice: 2, position: 2,
      to: folder.file("a.dcm"))
    let file = try DICOMFile(reading: folder.file("a.dcm"))
    let directions = file.numbers(.imageOrientation)
    // Columns grow along the phase encoding, rows along the readout.
    let expected = [c * c, -s, -c * s, c * s, c, -s * s]
    #expect(zip(directions, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    let centre = plane.position + 2 * plane.sliceDirection
    for axis in 0..<3 {
      let middle =
        file.numbers(.imagePosition)[axis] + 2 * directions[axis] + 2 * directions[3 + axis]
      #expect(abs(middle - centre[axis]) < 1e-9)
    }
    #expect(file.pixels.allSatisfy { $0 == 65535 })
    #expect(file.numbers(.windowWidth) == [2])
  }

  /// An MR image must state a place; nobody invents one.
  @Test func withoutAPlaceTheyAreSecondaryCaptures() throws {
    let scan = try ScanFile.open(ScanFixture.path("fastmri.h5"))
    let geometry = try VolumeGeometry(of: scan, slices: [0], size: (24, 20))
    try series(geometry, maximum: 0).write(
      RealArray(zeros: [24, 20]), slice: 0, position: 0, to: folder.file("a.dcm"))
    let file = try DICOMFile(reading: folder.file("a.dcm"))
    #expect(file.text(.sopClassUID) == "1.2.840.10008.5.1.4.1.1.7")
    #expect(file.text(.imagePosition) == nil && file.text(.imageOrientation) == nil)
    #expect(file.text(.pixelSpacing) == nil && file.numbers(.rescaleSlope) == [1])
    #expect(file.pixels.allSatisfy { $0 == 0 })
  }

  @Test(arguments: [Float.nan, .infinity, -1, 3])
  func whatCannotBeSaidIsRefused(value: Float) throws {
    let scan = try ScanFile.open(ScanFixture.path("fastmri.h5"))
    let geometry = try VolumeGeometry(of: scan, slices: [0], size: (1, 2))
    #expect {
      try series(geometry, maximum: 2).write(
        RealArray(shape: [1, 2], values: [1, value]), slice: 0, position: 0,
        to: folder.file("a.dcm"))
    } throws: { ($0 as? ScanFileError)?.description.contains("cannot be said in DICOM") == true }
    #expect(folder.names == [])
  }

  @Test func aFolderThatIsNotThereIsNamed() throws {
    let path = folder.file("missing/a.dcm")
    let file = DICOMFile(creating: path)
    #expect { try file.write() } throws: {
      ($0 as? ScanFileError)?.description.contains(path) == true
    }
    #expect(throws: ScanFileError.self) { _ = try DICOMFile(reading: path) }
  }

  /// DICOM's decimal texts have 16 characters at most; nothing that fits is lost.
  @Test func decimalsFit() throws {
    var random = RandomStream(seed: 3)
    for exponent in -25...25 {
      for _ in 0..<20 {
        let value = Double(random.normal()) * pow(10, Double(exponent))
        let text = DICOMFile.decimal(value)
        #expect(text.utf8.count <= 16)
        #expect(abs((Double(text) ?? .nan) / value - 1) < 1e-9)
      }
    }
    #expect(DICOMFile.decimal(0) == "0" && DICOMFile.decimal(-0.0) == "0")
    #expect(DICOMFile.decimal(-0.1) == "-0.1" && DICOMFile.decimal(6) == "6")
  }
}
