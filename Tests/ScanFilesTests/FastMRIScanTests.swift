import Acquisition
import Arrays
import Numerics
import TestSupport
import Testing

@testable import ScanFiles

@Suite struct FastMRIScanTests {
  let folder: TemporaryFolder
  let path: String
  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("scan.h5")
  }

  @Test func aBareKspaceIsEnough() throws {
    let expected = TestScan()
    try expected.write(path)
    let scan = try FastMRIScan(path: path)
    #expect([scan.slices, scan.coils, scan.rows, scan.columns] == [2, 3, 5, 8])
    #expect(scan.isFullySampled && !scan.isSingleCoil)
    #expect(scan.storedMask == nil && scan.statedMaximum == nil)
    #expect(scan.header == ScanHeader())
    #expect(scan.imageSize == (5, 8))
    for slice in 0..<2 {
      #expect(try scan.kspace(slice: slice) == expected.kspace.slice(slice))
      #expect(try scan.reference(slice: slice) == nil)
    }
  }

  @Test func aSingleCoilScanHasOneCoil() throws {
    var file = TestScan(kspace: pattern([2, 5, 8]))
    file.reference = RealArray(shape: [2, 2, 2], values: (0..<8).map(Float.init))
    file.referenceName = "reconstruction_esc"
    try file.write(path)
    let scan = try FastMRIScan(path: path)
    #expect(scan.isSingleCoil && scan.coils == 1)
    #expect(try scan.kspace(slice: 1).shape == [1, 5, 8])
    #expect(try scan.kspace(slice: 1).values == pattern([2, 5, 8]).slice(1).values)
    #expect(try scan.reference(slice: 1)?.values == [4, 5, 6, 7])
  }

  @Test func allOptionalPartsAreRead() throws {
    var file = TestScan()
    file.mask = [1, 0, 1, 1, 1, 0, 0, 1]
    file.reference = RealArray(shape: [2, 3, 3], repeating: 2)
    file.attributes = [
      "max": .number(2), "norm": .number(9), "patient_id": .string("p"),
      "acquisition": .string("AXT2"), "acceleration": .number(4), "num_low_frequency": .number(3),
    ]
    file.xml = header(encoded: (5, 8), recon: (3, 3), centre: 4, maximum: 7)
    try file.write(path)
    let scan = try FastMRIScan(path: path)
    #expect(scan.storedMask == [true, false, true, true, true, false, false, true])
    #expect(!scan.isFullySampled)
    #expect(scan.statedMaximum == 2 && scan.statedNorm == 9)
    #expect(scan.statedAcceleration == 4 && scan.statedCentralColumns == 3)
    #expect(scan.header.patient == "p" && scan.header.acquisition == "AXT2")
    #expect(scan.imageSize == (3, 3))
    #expect(try scan.reference(slice: 1) == RealArray(shape: [3, 3], repeating: 2))
  }

  @Test func paddingOfTheHeaderIsHonoured() throws {
    var file = TestScan()
    // padding_left = 8 / 2 - 3 = 1, padding_right = 1 + 5 + 1 = 7
    file.xml = header(encoded: (5, 8), recon: (5, 8), centre: 3, maximum: 5)
    try file.write(path)
    let scan = try FastMRIScan(path: path)
    #expect(scan.acquiredColumns == 1..<7)
    #expect(scan.isFullySampled)
    let slice = try scan.kspace(slice: 1)
    for (index, value) in slice.values.enumerated() {
      let isPadding = [0, 7].contains(index % 8)
      #expect(value == (isPadding ? .zero : file.kspace.slice(1).values[index]))
    }
  }

  @Test func unsampledColumnsAreInferredFromZeros() throws {
    var file = TestScan()
    let sampled = [true, false, true, true, true, false, true, false]
    for index in file.kspace.values.indices where !sampled[index % 8] {
      file.kspace.values[index] = Complex(-0.0, 0)
    }
    try file.write(path)
    let scan = try FastMRIScan(path: path)
    #expect(scan.sampledColumns == sampled)
    #expect(!scan.isFullySampled && scan.storedMask == nil)
  }

  @Test(arguments: [(1, 7, true), (0, 6, true), (2, 7, false)])
  func zerosAtTheEdgesOnlyArePadding(first: Int, end: Int, isFull: Bool) throws {
    var file = TestScan()
    for index in file.kspace.values.indices where !(first..<end).contains(index % 8) {
      file.kspace.values[index] = .zero
    }
    try file.write(path)
    let scan = try FastMRIScan(path: path)
    #expect(scan.isFullySampled == isFull)
    #expect(scan.acquiredColumns == (isFull ? first..<end : 0..<8))
  }

  @Test func narrowScansAreCroppedToASquare() throws {
    var file = TestScan()
    file.kspace = pattern([1, 2, 12, 6])
    file.xml = header(encoded: (12, 6), recon: (10, 10), centre: 3, maximum: 5)
    try file.write(path)
    #expect(try FastMRIScan(path: path).imageSize == (6, 6))
  }

  @Test func theFittingEncodingIsUsedAndNamed() throws {
    var file = TestScan()
    file.xml =
      "<ismrmrd:ismrmrdHeader xmlns:ismrmrd=\"http://www.ismrm.org/ISMRMRD\">"
      + encoding("ismrmrd:", (4, 4), (4, 4), 2, 3) + encoding("ismrmrd:", (5, 8), (3, 2), 4, 7)
      + "</ismrmrd:ismrmrdHeader>"
    try file.write(path)
    let header = try FastMRIScan(path: path).header
    #expect(header.encodingIndex == 1 && header.encodingCount == 2)
    #expect(header.reconstructed?.rows == 3 && header.reconstructed?.columns == 2)
  }

  @Test func valuesThatBreakTheSchemaAreTolerated() throws {
    var file = TestScan()
    file.xml = """
      <?xml version="1.0"?><ismrmrdHeader xmlns="http://www.ismrm.org/ISMRMRD">
      <sequenceParameters><TR>500ms</TR><TE>N/A</TE></sequenceParameters>
      <encoding><encodedSpace><matrixSize><x>5</x><y> 8 </y><z>N/A</z></matrixSize>
      <fieldOfView_mm><x>240.0mm</x><y>N/A</y></fieldOfView_mm></encodedSpace>
      <reconSpace><matrixSize><x>N/A</x><y>8</y></matrixSize></reconSpace>
      <encodingLimits/></encoding></ismrmrdHeader>
      """
    try file.write(path)
    let header = try FastMRIScan(path: path).header
    #expect(header.encoded == .init(rows: 5, columns: 8, rowExtent: 240))
    #expect(header.reconstructed == nil && header.paddingLeft == nil)
  }

  @Test func theHeaderSurvivesItsOwnXML() throws {
    let header = ScanHeader(
      encoded: .init(
        rows: 10, columns: 8, rowExtent: 440, columnExtent: 220.5, partitionExtent: 5),
      reconstructed: .init(
        rows: 5, columns: 8, rowExtent: 220, columnExtent: 220.5, partitionExtent: 5),
      phaseEncodingCentre: 4, phaseEncodingMaximum: 7, encodingCount: 1)
    #expect(try ScanHeader(xml: header.xml, rows: 10, columns: 8) == header)
  }
}

/// One `encoding` element with extents equal to the matrices.
func encoding(
  _ prefix: String, _ encoded: (Int, Int), _ recon: (Int, Int), _ centre: Int, _ maximum: Int
) -> String {
  func space(_ name: String, _ size: (Int, Int)) -> String {
    let triple = "<\(prefix)x>\(size.0)</\(prefix)x><\(prefix)y>\(size.1)</\(prefix)y>"
    return "<\(prefix)\(name)><\(prefix)matrixSize>\(triple)<\(prefix)z>1</\(prefix)z>"
      + "</\(prefix)matrixSize><\(prefix)fieldOfView_mm>\(triple)<\(prefix)z>5</\(prefix)z>"
      + "</\(prefix)fieldOfView_mm></\(prefix)\(name)>"
  }
  return "<\(prefix)encoding>" + space("encodedSpace", encoded) + space("reconSpace", recon)
    + "<\(prefix)encodingLimits><\(prefix)kspace_encoding_step_1><\(prefix)minimum>0"
    + "</\(prefix)minimum><\(prefix)maximum>\(maximum)</\(prefix)maximum><\(prefix)center>\(centre)"
    + "</\(prefix)center></\(prefix)kspace_encoding_step_1></\(prefix)encodingLimits>"
    + "</\(prefix)encoding>"
}

func header(
  encoded: (Int, Int), recon: (Int, Int), centre: Int, maximum: Int
) -> String {
  "<?xml version=\"1.0\"?><ismrmrdHeader xmlns=\"http://www.ismrm.org/ISMRMRD\">"
    + encoding("", encoded, recon, centre, maximum) + "</ismrmrdHeader>"
}
