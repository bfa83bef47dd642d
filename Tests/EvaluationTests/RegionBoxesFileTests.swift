import Evaluation
import Foundation
import Testing

/// Tables in the form of fastMRI+ (microsoft/fastmri-plus: Annotations/knee.csv and brain.csv).
@Suite struct RegionBoxesFileTests {
  private let header = "file,slice,study_level,x,y,width,height,label\n"

  private func table(_ lines: String...) throws -> RegionBoxesFile {
    try RegionBoxesFile(text: header + lines.joined(separator: "\n") + "\n", name: "boxes.csv")
  }

  @Test func theBoxesOfASliceAreMirrored() throws {
    let boxes = try table(
      "file1000002,9,No,86,51,169,99,Joint Effusion ",
      "file1000002,19,No,197,168,57,15,Meniscus Tear",
      "file1000002,19,No,192,185,24,17,\"Bone, subchondral edema\"",
      "file1000003,19,No,92,173,33,11,Meniscus Tear")
    #expect(boxes.files == ["file1000002", "file1000003"])
    #expect(
      boxes.boxes(file: "scans/file1000002.h5", slice: 19, imageHeight: 320) == [
        RegionBox(row: 137, column: 197, height: 15, width: 57, label: "Meniscus Tear"),
        RegionBox(row: 118, column: 192, height: 17, width: 24, label: "Bone, subchondral edema"),
      ])
    #expect(
      boxes.boxes(file: "file1000002", slice: 9, imageHeight: 320).map(\.label)
        == ["Joint Effusion"])
    #expect(boxes.boxes(file: "file1000002", slice: 10, imageHeight: 320).isEmpty)
    #expect(boxes.boxes(file: "file1000004", slice: 19, imageHeight: 320).isEmpty)
  }

  /// The pixels of the mirrored box are those that lie in the drawn box on the flipped image.
  @Test func mirroringIsTheFlipOfThePicture() throws {
    let boxes = try table("scan,0,No,3,2,4,5,lesion")
    let box = try #require(boxes.boxes(file: "scan.h5", slice: 0, imageHeight: 12).first)
    let drawn = Set(2..<7)
    let rows = (0..<12).filter { row in (box.row..<box.row + box.height).contains(row) }
    #expect(Set(rows.map { 11 - $0 }) == drawn)
    #expect(box.column == 3 && box.width == 4)
  }

  @Test func labelsOfAStudyAndBoxesWithoutAreaAreSkipped() throws {
    let boxes = try table(
      "file_brain_AXFLAIR_200_6002442,0,Yes,,,,,Normal for age",
      "file1002097,27,No,190,201,18,0,Cartilage - Partial Thickness loss/defect",
      "file1002097,27,No,190,201,18,1,kept")
    #expect(boxes.files == ["file1002097"])
    #expect(
      boxes.boxes(file: "file1002097", slice: 27, imageHeight: 320).map(\.label) == ["kept"])
  }

  @Test func columnsMayComeInAnyOrder() throws {
    let boxes = try RegionBoxesFile(
      text: "label,reader,height,width,y,x,study_level,slice,file\r\ncyst,A,4,3,2,1,No,7,scan",
      name: "boxes.csv")
    #expect(
      boxes.boxes(file: "scan", slice: 7, imageHeight: 10) == [
        RegionBox(row: 4, column: 1, height: 4, width: 3, label: "cyst")
      ])
  }

  @Test(arguments: [
    ("scan,0,No,1,2,three,4,cyst", "width must be a whole number from 0, not “three”"),
    ("scan,-1,No,1,2,3,4,cyst", "slice must be a whole number from 0, not “-1”"),
    ("scan,0,No,1.5,2,3,4,cyst", "x must be a whole number from 0, not “1.5”"),
    ("scan,0,No,,2,3,4,cyst", "x must be a whole number from 0, not “”"),
    ("scan,0,Maybe,1,2,3,4,cyst", "study_level must be Yes or No, not “Maybe”"),
    (",0,No,1,2,3,4,cyst", "the file has no name"),
    ("scan,0,No,1,2,3", "there are 6 fields, not the 8 of line 1"),
    ("scan,0,No,1,2,3,4,cyst,5", "there are 9 fields, not the 8 of line 1"),
    ("scan,0,No,1,2,3,4,a 5\"-cyst", "a quotation mark stands where none may be"),
  ])
  func aMalformedLineIsNamed(line: String, problem: String) {
    let error = #expect(
      throws: RegionBoxesFileError.badLine(path: "boxes.csv", line: 5, problem: problem)
    ) {
      // The label of the first line spreads over two lines of the file, and a line is blank.
      try table("scan,0,No,1,2,3,4,\"two\nlines\"", "", line, "scan,0,No,1,2,3,4,cyst")
    }
    #expect(error?.description == "boxes.csv, line 5: \(problem)")
  }

  @Test func aMissingColumnIsNamed() {
    #expect(throws: RegionBoxesFileError.missingColumn(path: "boxes.csv", column: "height")) {
      try RegionBoxesFile(text: "file,slice,study_level,x,y,width,label\n", name: "boxes.csv")
    }
    #expect(throws: RegionBoxesFileError.missingColumn(path: "boxes.csv", column: "file")) {
      try RegionBoxesFile(text: "", name: "boxes.csv")
    }
  }

  @Test func aFileIsReadFromItsPath() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("boxes-\(UUID().uuidString).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    // With the byte-order mark that spreadsheets write.
    try ("\u{FEFF}" + header + "scan,0,No,1,2,3,4,cyst\n").write(
      toFile: path, atomically: true, encoding: .utf8)
    #expect(try RegionBoxesFile(path: path).files == ["scan"])
    let error = #expect(throws: RegionBoxesFileError.self) {
      try RegionBoxesFile(path: path + ".missing")
    }
    #expect(error?.description.contains(path + ".missing") == true)
  }
}
