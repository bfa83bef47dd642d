import Acquisition
import Arrays
import Foundation
import TestSupport
import Testing

@testable import ScanFiles

@Suite struct NIfTIWriterTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func words(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> [Float] {
    (0..<count).map { index in
      bytes.withUnsafeBytes {
        Float(
          bitPattern: $0.loadUnaligned(fromByteOffset: offset + 4 * index, as: UInt32.self))
      }
    }
  }

  @Test(arguments: ["a.nii", "a.nii.gz"]) func whatIsWrittenIsRead(name: String) throws {
    let scan = try ScanFile.open(ScanFixture.path("raw.h5"))
    let geometry = try VolumeGeometry(of: scan, slices: [0, 1], size: (24, 20))
    let images = (0..<2).map { slice in
      RealArray(shape: [24, 20], values: (0..<480).map { Float($0 + 1000 * slice) })
    }
    let writer = try NIfTIWriter(
      path: folder.file(name), slices: 2, size: (24, 20), geometry: geometry, description: "é test")
    for image in images { try writer.append(image) }
    #expect(folder.names.allSatisfy { $0 != name })
    try writer.commit()
    #expect(folder.names == [name])
    let volume = try NIfTIVolume(path: folder.file(name))
    #expect([volume.slices, volume.rows, volume.columns] == [2, 24, 20] as [Int])
    var read: [RealArray] = []
    try volume.read([0, 1]) { _, image in read.append(image) }
    #expect(read == images)
  }

  /// Rows to the back, columns to the left, slices to the head, by the headers of the fixture.
  @Test func theAffineIsInTheWorldOfNIfTI() throws {
    let scan = try ScanFile.open(ScanFixture.path("raw.h5"))
    let geometry = try VolumeGeometry(
      of: ReadoutCroppedScan(scan), slices: [0, 1], size: (24, 20))
    let axes = try #require(geometry.axes)
    #expect(geometry.hasKnownSpacing && geometry.spacing == SIMD3<Double>(3, 2, 6))
    #expect(axes.column == SIMD3<Double>(-3, 0, 0))
    #expect(axes.row == SIMD3<Double>(0, -2, 0))
    #expect(axes.slice == SIMD3<Double>(0, 0, 6))
    #expect(axes.origin == SIMD3<Double>(-3 + 30, 7 + 24, 20))
    let bytes = NIfTIHeader.bytes(
      columns: 20, rows: 24, slices: 2, geometry: geometry, description: "")
    #expect(words(bytes, 280, 12) == [-3, 0, 0, 27, 0, -2, 0, 31, 0, 0, 6, 20])
    // Two axes turned round are half a turn about the third.
    #expect(words(bytes, 76, 4) == [1, 3, 2, 6])
    #expect(words(bytes, 256, 6) == [0, 0, 1, 27, 31, 20])
  }

  /// A cut about the centre moves the origin and nothing else, at all parities.
  @Test(arguments: [(24, 20), (23, 19), (16, 11), (9, 20)])
  func theOriginMovesWithTheCut(rows: Int, columns: Int) throws {
    let scan = ReadoutCroppedScan(try ScanFile.open(ScanFixture.path("raw.h5")))
    let whole = try #require(
      VolumeGeometry(of: scan, slices: [1], size: (24, 20)).axes)
    let part = try #require(
      VolumeGeometry(of: scan, slices: [1], size: (rows, columns)).axes)
    let first = (Double((24 - rows) / 2), Double((20 - columns) / 2))
    #expect(part.origin == whole.origin + whole.row * first.0 + whole.column * first.1)
    #expect(part.row == whole.row && part.column == whole.column)
    // One slice: its thickness is that of the field of view.
    #expect(part.slice == SIMD3<Double>(0, 0, 5))
  }

  @Test func scansWithoutGeometryGetNone() throws {
    for file in ["fastmri.h5", "slices.cfl"] {
      let scan = try ScanFile.open(ScanFixture.path(file))
      let geometry = try VolumeGeometry(of: scan, slices: [0, 1], size: (24, 20))
      #expect(geometry.axes == nil && !geometry.hasKnownSpacing)
      let bytes = NIfTIHeader.bytes(
        columns: 20, rows: 24, slices: 2, geometry: geometry, description: "")
      #expect(bytes[252] == 0 && bytes[254] == 0 && bytes[123] == 0)
    }
  }

  /// A rotation about a skew axis and its mirror image come back from the quaternion as NIfTI's
  /// method 2 reads it.
  @Test(arguments: [1.0, -1.0]) func theQuaternionIsTheRotation(sign: Double) throws {
    for degrees in stride(from: 0.0, to: 360, by: 40) {
      for axis in [SIMD3(1, 2, 3), SIMD3(-3.0, 1, 0.5), SIMD3(0, 0, 1)] as [SIMD3<Double>] {
        let unit = axis / (axis * axis).sum().squareRoot()
        let columns = [SIMD3(1.0, 0, 0), SIMD3(0.0, 1, 0), SIMD3(0.0, 0, sign)].map { vector in
          turned(vector, about: unit, by: degrees * .pi / 180)
        }
        let plane = try #require(
          SlicePlane(
            position: .zero,
            readDirection: SIMD3(-columns[1].x, -columns[1].y, columns[1].z),
            phaseDirection: SIMD3(-columns[0].x, -columns[0].y, columns[0].z),
            sliceDirection: SIMD3(-columns[2].x, -columns[2].y, columns[2].z)))
        let scan = PlacedScan(placed: plane)
        let geometry = try VolumeGeometry(of: scan, slices: [0], size: (4, 4))
        let bytes = NIfTIHeader.bytes(
          columns: 4, rows: 4, slices: 1, geometry: geometry, description: "")
        let factor = Double(words(bytes, 76, 1)[0])
        #expect(factor == sign)
        let parts = words(bytes, 256, 3).map(Double.init)
        let (b, c, d) = (parts[0], parts[1], parts[2])
        let a = max(0, 1 - b * b - c * c - d * d).squareRoot()
        // `nifti_quatern_to_mat44`
        let rotation = [
          SIMD3(a * a + b * b - c * c - d * d, 2 * b * c + 2 * a * d, 2 * b * d - 2 * a * c),
          SIMD3(2 * b * c - 2 * a * d, a * a + c * c - b * b - d * d, 2 * c * d + 2 * a * b),
          factor
            * SIMD3(2 * b * d + 2 * a * c, 2 * c * d - 2 * a * b, a * a + d * d - c * c - b * b),
        ]
        for (got, expected) in zip(rotation, columns) {
          #expect(((got - expected) * (got - expected)).sum().squareRoot() < 1e-3)
        }
      }
    }
  }

  private func turned(
    _ v: SIMD3<Double>, about k: SIMD3<Double>, by angle: Double
  ) -> SIMD3<Double> {
    let across = SIMD3(k.y * v.z - k.z * v.y, k.z * v.x - k.x * v.z, k.x * v.y - k.y * v.x)
    return v * cos(angle) + across * sin(angle) + k * ((k * v).sum() * (1 - cos(angle)))
  }

  @Test func unevenlySpacedSlicesAreRefused() throws {
    let plane = try #require(
      SlicePlane(
        position: .zero, readDirection: SIMD3(0, 1, 0), phaseDirection: SIMD3(1, 0, 0),
        sliceDirection: SIMD3(0, 0, 1)))
    let scan = PlacedScan(placed: plane)
    _ = try VolumeGeometry(of: scan, slices: [0, 1, 2], size: (4, 4))
    #expect {
      _ = try VolumeGeometry(of: scan, slices: [0, 1, 3], size: (4, 4))
    } throws: { ($0 as? ScanFileError)?.description.contains("not evenly spaced") == true }
  }

  @Test func directionsThatAreNoneGiveNoPlane() {
    for (read, phase) in [
      (SIMD3(0, 0, 0), SIMD3(1, 0, 0)), (SIMD3(1, 0, 0), SIMD3(1, 0, 0)),
      (SIMD3(.nan, 1, 0), SIMD3(1, 0, 0)),
    ] as [(SIMD3<Double>, SIMD3<Double>)] {
      #expect(
        SlicePlane(
          position: .zero, readDirection: read, phaseDirection: phase,
          sliceDirection: SIMD3(0, 0, 1))
          == nil)
    }
  }

  @Test func aMissingSliceLeavesNoFile() throws {
    let scan = try ScanFile.open(ScanFixture.path("raw.h5"))
    do {
      let writer = try NIfTIWriter(
        path: folder.file("a.nii"), slices: 2, size: (24, 20),
        geometry: VolumeGeometry(of: scan, slices: [0, 1], size: (24, 20)), description: "")
      try writer.append(RealArray(zeros: [24, 20]))
      #expect(throws: ScanFileError.self) { try writer.commit() }
    }
    #expect(folder.names == [])
  }
}
