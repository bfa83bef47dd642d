import Arrays
import Experiments
import Foundation
import TestSupport
import Testing

@testable import Reporting

/// The package of a reader study: what is in it, and what must not show.
struct ReaderPackageTests {
  private func study(
    _ change: (inout ReaderStudySettings) -> Void = { _ in }
  ) throws -> (run: RunExample, key: ReaderStudyKey) {
    let run = try RunExample()
    var settings = ReaderStudySettings()
    settings.cases = 4
    change(&settings)
    let package = try ReaderStudyPackage(settings, results: try run.results())
    try package.write(
      folder: run.scratch.file("study"), keyFile: run.scratch.file("study-key.csv"))
    return (run, try ReaderStudyKey(contentsOf: run.scratch.file("study-key.csv")))
  }

  @Test func everyCaseShowsEveryMethodUnderEveryMask() throws {
    let (run, key) = try study { $0.includesReference = true }
    // 4 cases of 3 methods at 2 accelerations and a reference, and 5 repeats.
    #expect(key.images.count == 4 * (3 * 2 + 1) + 5)
    for number in 1...4 {
      let shown = key.images.filter { $0.caseNumber == number && $0.repeats == nil }
      let names = shown.map { "\($0.method) \($0.sampling?.acceleration ?? 1)" }.sorted()
      #expect(
        names == [
          "ilo 4.0", "ilo 8.0", "l1 4.0", "l1 8.0", "reference 1.0", "zero-filled 4.0",
          "zero-filled 8.0",
        ])
      #expect(Set(shown.map { "\($0.scan) \($0.slice)" }).count == 1)
      // Methods of one mask are compared on one draw of it.
      for acceleration in [4.0, 8.0] {
        let seeds = shown.filter { $0.sampling?.acceleration == acceleration }
          .compactMap(\.sampling?.seed)
        #expect(Set(seeds).count == 1)
      }
    }
    // Of three patients all take part before one does twice.
    #expect(Set(key.images.filter { $0.caseNumber < 4 }.map(\.patient)).count == 3)
    let originals = Dictionary(uniqueKeysWithValues: key.images.map { ($0.number, $0) })
    for copy in key.images where copy.repeats != nil {
      let original = try #require(copy.repeats.flatMap { originals[$0] })
      #expect(original.sha256 == copy.sha256 && original.repeats == nil)
      #expect(
        (original.method, original.slice, original.scan) == (copy.method, copy.slice, copy.scan))
    }
    #expect(
      run.scratch.names(in: "study") == [
        "images", "instructions.html", "scoring-reader-1.csv", "scoring-reader-1.xlsx",
        "scoring-reader-2.csv", "scoring-reader-2.xlsx", "scoring-reader-3.csv",
        "scoring-reader-3.xlsx",
      ])
    #expect(
      run.scratch.names(in: "study/images") == key.images.map { "\($0.number).png" }.sorted())
  }

  @Test func nothingInThePackageNamesAMethodOrAScan() throws {
    let (run, key) = try study { $0.includesReference = true }
    let names = try #require(
      FileManager.default.subpaths(atPath: run.scratch.file("study")))
    for name in names where name.hasSuffix(".csv") || name.hasSuffix(".html") {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: run.scratch.file("study/\(name)")))
      for word in ["ilo", "zero-filled", "l1", "patient a", "random", "A study", "heads"] {
        #expect(bytes.range(of: Data(word.utf8)) == nil, "\(name) says \(word)")
      }
    }
    // Sheets hold numbers and empty cells alone.
    let sheet = try SheetText(contentsOf: run.scratch.file("study/scoring-reader-1.csv"))
    #expect(
      sheet.header == ["order", "image", "artefacts", "sharpness", "snr", "overall", "comment"])
    #expect(sheet.rows.allSatisfy { Array($0.cells[2...]) == ["", "", "", "", ""] })
    #expect(Set(sheet.rows.map { $0.cells[1] }) == Set(key.images.map { "\($0.number)" }))
    // A workbook is made from the numbers of its sheet and nothing else.
    try ScoringWorkbook.write(
      columns: sheet.header, numbers: sheet.rows.compactMap { Int($0.cells[1]) },
      to: run.scratch.file("again.xlsx"))
    #expect(
      FileManager.default.contents(atPath: run.scratch.file("again.xlsx"))
        == FileManager.default.contents(atPath: run.scratch.file("study/scoring-reader-1.xlsx")))
    let times = try names.map {
      try FileManager.default.attributesOfItem(atPath: run.scratch.file("study/\($0)"))[
        .modificationDate] as? Date
    }
    #expect(Set(times) == [ReaderStudyPackage.date])
  }

  @Test func picturesHoldPixelsAloneAndHaveOneSize() throws {
    let (run, key) = try study()
    var sizes = Set<Int>()
    for image in key.images {
      let bytes = [UInt8](
        try Data(
          contentsOf: URL(fileURLWithPath: run.scratch.file("study/images/\(image.number).png"))))
      sizes.insert(bytes.count)
      let png = try #require(PlainPNG(bytes))
      #expect(png.chunks == ["IHDR", "IDAT", "IEND"])
      #expect((png.columns, png.rows) == (30, 36))
      // One window for all: black at 0, white at a percentile of the reference of the case.
      let run = try #require(image.sampling)
      let source = try expected(image, seed: "\(run.acceleration) \(run.seed)")
      #expect(png.pixels == source)
    }
    #expect(sizes.count == 1)
  }

  /// The pixels by a plain path: nearest neighbour, threefold, the window of the case's reference.
  private func expected(_ image: ReaderStudyImage, seed: String) throws -> [UInt8] {
    let example = try RunExample()
    let reference = example.image(
      scan: image.scan, slice: image.slice, method: "reference", seed: "")
    let shown = example.image(
      scan: image.scan, slice: image.slice, method: image.method, seed: seed)
    let sorted = reference.values.sorted()
    let white = sorted[Int((Double(sorted.count - 1) * 0.995).rounded())]
    var pixels: [UInt8] = []
    for row in 0..<36 {
      for column in 0..<30 {
        let value = shown.values[row / 3 * 10 + column / 3] * (255 / white)
        pixels.append(UInt8(min(max(value.rounded(), 0), 255)))
      }
    }
    return pixels
  }

  @Test func ordersAndNumbersDoNotFollowTheMethods() throws {
    let (run, key) = try study { ($0.readers, $0.repeats) = (2, 4) }
    let methods = Dictionary(uniqueKeysWithValues: key.images.map { ($0.number, $0.method) })
    var orders: [[Int]] = [key.images.map(\.number)]
    for reader in 1...2 {
      let sheet = try SheetText(contentsOf: run.scratch.file("study/scoring-reader-\(reader).csv"))
      orders.append(try sheet.rows.map { try #require(Int($0.cells[1])) })
      #expect(sheet.rows.map { $0.cells[0] } == (1...28).map(String.init))
    }
    #expect(orders[1] != orders[2])
    for order in orders {
      // Sorted by method there would be 2 changes; at random among 28 there are about 18.
      let shown = order.compactMap { methods[$0] }
      #expect(zip(shown, shown.dropFirst()).count { $0 != $1 } > 10)
    }
    // A repeat is not shown right after its original.
    for order in orders.dropFirst() {
      for copy in key.images {
        guard let original = copy.repeats, let first = order.firstIndex(of: original),
          let second = order.firstIndex(of: copy.number)
        else { continue }
        #expect(abs(first - second) > 1)
      }
    }
  }

  @Test func equalSeedsGiveEqualBytesAndOthersOtherNumbers() throws {
    let (first, key) = try study()
    let (second, _) = try study()
    let names = try #require(FileManager.default.subpaths(atPath: first.scratch.file("study")))
    for name in names where name != "images" {
      #expect(
        FileManager.default.contents(atPath: first.scratch.file("study/\(name)"))
          == FileManager.default.contents(atPath: second.scratch.file("study/\(name)")), "\(name)")
    }
    #expect(try first.scratch.text("study-key.csv") == second.scratch.text("study-key.csv"))
    let (_, other) = try study { $0.seed = 2 }
    #expect(other.images.map(\.number) != key.images.map(\.number))
  }

  /// What is asked in vain, and a part of the complaint.
  struct VainWish: Sendable {
    let complaint: String
    let change: @Sendable (inout ReaderStudySettings) -> Void

    init(_ complaint: String, _ change: @escaping @Sendable (inout ReaderStudySettings) -> Void) {
      (self.complaint, self.change) = (complaint, change)
    }
  }

  @Test(arguments: [
    VainWish("--methods x") { $0.methods = ["x"] },
    VainWish("--accelerations 3") { $0.accelerations = [3] },
    VainWish("--masks spiral") { $0.masks = ["spiral"] },
    VainWish("--cases 7: the run has 6") { $0.cases = 7 },
    VainWish("--repeats 99") { $0.repeats = 99 },
  ])
  func whatTheRunDoesNotHaveIsSaid(wish: VainWish) throws {
    let error = #expect(throws: ExperimentError.self) { _ = try study(wish.change) }
    #expect(error?.description.contains(wish.complaint) == true, "\(String(describing: error))")
  }

  @Test func aRunWithoutImagesIsRefused() throws {
    let run = try RunExample()
    run.keepsImages = false
    let results = try run.results()
    let error = #expect(throws: ExperimentError.self) {
      try ReaderStudyPackage(ReaderStudySettings(), results: results)
    }
    #expect(error?.description.contains("images: none") == true)
  }

  @Test func neitherKeyNorFolderIsOverwritten() throws {
    let (run, _) = try study()
    let package = try ReaderStudyPackage(ReaderStudySettings(), results: try run.results())
    let key = try run.scratch.text("study-key.csv")
    #expect(throws: ExperimentError.self) {
      try package.write(
        folder: run.scratch.file("new"), keyFile: run.scratch.file("study-key.csv"))
    }
    #expect(throws: ExperimentError.self) {
      try package.write(folder: run.scratch.file("study"), keyFile: run.scratch.file("k.csv"))
    }
    #expect(throws: ExperimentError.self) {
      try package.write(folder: run.scratch.file("new"), keyFile: run.scratch.file("new/k.csv"))
    }
    #expect(try run.scratch.text("study-key.csv") == key)
    #expect(run.scratch.names == ["run", "study", "study-key.csv"])
  }
}

/// A reader of PNGs with stored blocks, to check what the writer wrote.
private struct PlainPNG {
  var chunks: [String] = []
  var rows = 0
  var columns = 0
  var pixels: [UInt8] = []

  init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: [137, 80, 78, 71, 13, 10, 26, 10]) else { return nil }
    func number(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    var at = 8
    var stream: [UInt8] = []
    while at + 12 <= bytes.count {
      let length = number(at)
      let name = String(decoding: bytes[at + 4..<at + 8], as: UTF8.self)
      let data = Array(bytes[at + 8..<at + 8 + length])
      guard UInt32(number(at + 8 + length)) == Self.check(bytes[at + 4..<at + 8 + length]) else {
        return nil
      }
      chunks.append(name)
      if name == "IHDR" {
        (columns, rows) = (number(at + 8), number(at + 12))
        guard Array(data[8...]) == [8, 0, 0, 0, 0] else { return nil }
      } else if name == "IDAT" {
        stream += data
      }
      at += 12 + length
    }
    var lines: [UInt8] = []
    var place = 2
    while true {
      let length = Int(stream[place + 1]) | Int(stream[place + 2]) << 8
      lines += stream[place + 5..<place + 5 + length]
      let isLast = stream[place] == 1
      place += 5 + length
      if isLast { break }
    }
    guard lines.count == rows * (columns + 1), place + 4 == stream.count else { return nil }
    for row in 0..<rows {
      guard lines[row * (columns + 1)] == 0 else { return nil }
      pixels += lines[row * (columns + 1) + 1..<(row + 1) * (columns + 1)]
    }
  }

  /// CRC-32 bit by bit.
  private static func check(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var value: UInt32 = .max
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
    return ~value
  }
}
