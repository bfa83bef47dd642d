import Arrays

@testable import Experiments
@testable import Reporting

/// Images made up for tests: a slope, and for each method the slope and an error of its own.
struct ExampleImages: SliceImages {
  var areKept = true
  var hasPrior = false

  func image(_ row: SliceResult) throws -> RealArray? {
    guard areKept else { return nil }
    let error = Float(row.condition.method.unicodeScalars.reduce(0) { $0 + Int($1.value) % 7 })
    return RealArray(
      shape: [4, 6], values: (0..<24).map { Float($0) + ($0 % 2 == 0 ? 0.1 * error : 0) })
  }

  func reference(_ row: SliceResult) throws -> RealArray {
    RealArray(shape: [4, 6], values: (0..<24).map(Float.init))
  }

  func priorShare(_ row: SliceResult) throws -> RealArray? {
    hasPrior && row.condition.method == "method 1" ? RealArray(shape: [4, 6], repeating: 0.5) : nil
  }

  func mask(_ row: SliceResult) -> SweepRecord.Mask? {
    SweepRecord.Mask(
      scan: "", pattern: "random", acceleration: 2, achievedAcceleration: 4 / 3,
      centerFraction: 0.1, acsLines: 2, seed: "1", columnCount: 4, columns: "b0")
  }
}

extension ReportContent {
  /// The report of made-up results, whose scans the record then lists.
  init(
    _ example: SweepExample, description: String = "", images: any SliceImages = ExampleImages(),
    jobsDone: Int? = nil, edit: (inout SweepRecord) -> Void = { _ in }
  ) {
    var record = example.record
    let scans = Dictionary(grouping: example.rows, by: \.condition.scan)
    record.scans = scans.keys.sorted().map { name in
      let rows = scans[name] ?? []
      return SweepRecord.Scan(
        name: name, file: "\(name).h5", sha256: "00", data: example.data,
        patient: rows[0].condition.patient, anatomy: "brain", contrast: "T1",
        slices: Set(rows.map(\.slice)).sorted(), coils: 4, image: [4, 6])
    }
    record.jobs = Set(example.rows.map(\.condition.job)).count + example.failures.count
    record.keepsImages = true
    edit(&record)
    do {
      self.init(
        title: example.title, description: description, protocolText: "version: 1\n",
        tables: try SweepTables(
          title: example.title, table: example.table, record: record,
          statistics: example.statistics, costs: example.costs, failures: example.failures),
        jobsDone: jobsDone ?? record.jobs - example.failures.count, damaged: [], images: images)
    } catch {
      fatalError("made-up results give no tables: \(error)")
    }
  }
}
