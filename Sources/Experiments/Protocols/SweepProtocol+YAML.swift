import Acquisition
import Evaluation
import Foundation

extension SweepProtocol {
  /// Reads a protocol; paths in it count from the file's folder.
  ///
  /// Throws `ExperimentError` with the line of whatever is missing, unknown or out of range.
  public init(contentsOf path: String) throws(ExperimentError) {
    try self.init(text: try YAMLMapping.text(of: path, kind: "protocol"), file: path)
  }

  /// Reads a protocol's YAML text as if it stood in `file`.
  public init(text: String, file: String) throws(ExperimentError) {
    var top = try YAMLMapping(text: text, file: file)
    try top.requireVersion(Self.version)
    func path(_ value: YAMLValue) throws(ExperimentError) -> String {
      let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
      return URL(fileURLWithPath: try value.text(), relativeTo: folder).standardizedFileURL.path
    }
    self.file = file
    name = try top.required("name").word()
    title = try top.required("title").text()
    description = try top.optional("description")?.text() ?? ""
    let data = try top.required("dataset")
    // A bare name is that of a manifest that comes with the program.
    dataset = Self.isManifestName(try data.text()) ? try data.text() : try path(data)
    if let value = top.optional("scans") { scans = try ScanChoice(value) }
    if let value = top.optional("slices") { slices = try SliceChoice(value) }
    if let value = top.optional("slices_per_job") { slicesPerJob = try value.integer(1...Int.max) }
    masks = []
    for value in try top.required("masks").filledList() { masks.append(try MaskSeries(value)) }
    methods = []
    for value in try top.required("methods").filledList() {
      let method = try MethodEntry(value)
      if let other = methods.first(where: { $0.label == method.label }) {
        throw value.fault(
          "has the label '\(method.label)' of the method in line \(other.line); give it another")
      }
      methods.append(method)
    }
    compression = try CoilCompressionRequest(
      coils: top.optional("coils"), kind: top.optional("compression"))
    if let value = top.optional("partial_fourier") { filling = try value.choice() }
    if let value = top.optional("map_sets") { mapSets = try value.integer(1...4) }
    if let value = top.optional("reference") { reference = try value.choice() }
    metrics = try top.optional("metrics").map(Self.metrics) ?? [.psnr, .ssim, .nmse]
    regions = [.image]
    if let value = top.optional("regions") {
      regions = []
      for region in try value.filledList() { regions.append(try region.choice()) }
      if Set(regions).count != regions.count { throw value.fault("names a region twice") }
    }
    let boxesValue = top.optional("boxes")
    boxes = try boxesValue.map { value throws(ExperimentError) in try path(value) }
    if (boxes != nil) != regions.contains(.boxes) {
      throw ExperimentError(
        "\(file):\(boxesValue?.line ?? 1): the region 'boxes' and the file 'boxes' need each other")
    }
    if let value = top.optional("images") { images = try value.choice() }
    if let value = top.optional("statistics") {
      statistics = try Statistics(value, labels: methods.map(\.label))
    }
    try top.finish()
  }

  /// Whether a data set is named, in place of a path to its manifest.
  public static func isManifestName(_ text: String) -> Bool {
    !text.contains("/") && !text.hasSuffix(".yaml") && !text.hasSuffix(".yml")
  }

  private static func metrics(_ value: YAMLValue) throws(ExperimentError) -> [Metric] {
    var metrics: [Metric] = []
    for entry in try value.filledList() {
      let metric = try entry.choice(Metric.self)
      guard !metrics.contains(metric) else { throw entry.fault("stands there twice") }
      metrics.append(metric)
    }
    return metrics
  }
}

extension SweepProtocol.ScanChoice {
  fileprivate init(_ value: YAMLValue) throws(ExperimentError) {
    if value.isWord("all") { return }
    if value.isList {
      var names: [String] = []
      for entry in try value.filledList() {
        let name = try entry.text()
        if names.contains(name) { throw entry.fault("names the scan '\(name)' a second time") }
        names.append(name)
        lines.append(entry.line)
      }
      self.names = names
      return
    }
    var mapping = try value.mapping()
    split = try mapping.optional("split")?.text()
    anatomy = try mapping.optional("anatomy")?.text()
    contrast = try mapping.optional("contrast")?.text()
    try mapping.finish()
  }
}

extension SweepProtocol.SliceChoice {
  fileprivate init(_ value: YAMLValue) throws(ExperimentError) {
    if value.isWord("all") {
      self = .all
    } else if value.isMapping {
      var mapping = try value.mapping()
      self = .central(try mapping.required("central").integer(1...Int.max))
      try mapping.finish()
    } else {
      let text = try value.text()
      do {
        _ = try SliceSelection(text)
      } catch {
        throw value.fault("names no slices; give 'all', a list such as 0-3,7 or {central: 2}")
      }
      self = .list(text)
    }
  }
}

extension SweepProtocol.MaskSeries {
  fileprivate init(_ value: YAMLValue) throws(ExperimentError) {
    var mapping = try value.mapping()
    pattern = try mapping.required("pattern").choice()
    accelerations = []
    for entry in try mapping.required("accelerations").filledList() {
      let acceleration = try entry.number()
      guard acceleration > 1 else { throw entry.fault("must be above 1") }
      accelerations.append(acceleration)
    }
    if let fraction = mapping.optional("center_fraction"), !fraction.isWord("customary") {
      let number = try fraction.number()
      guard number > 0, number < 1 else {
        throw fraction.fault("must lie between 0 and 1, or be 'customary'")
      }
      centerFraction = number
    }
    seeds = []
    for entry in try mapping.required("seeds").filledList() {
      let number =
        entry.isWord("file_name") ? nil : UInt32(try entry.integer(0...Int(UInt32.max)))
      seeds.append(number)
    }
    try mapping.finish()
  }
}

extension SweepProtocol.MethodEntry {
  fileprivate init(_ value: YAMLValue) throws(ExperimentError) {
    line = value.line
    var mapping = try value.mapping()
    let nameValue = try mapping.required("name")
    let name = try nameValue.text()
    guard let choice = MethodChoice.all.first(where: { $0.name == name }) else {
      let known = MethodChoice.all.map(\.name).joined(separator: ", ")
      throw nameValue.fault("is '\(name)'; there is no such method; choose from \(known)")
    }
    self.name = name
    label = try mapping.optional("label")?.word() ?? name
    settings = choice.defaults
    if let given = mapping.optional("settings") {
      settings = try settings.overlaid(with: given)
      do {
        try choice.check(settings)
      } catch {
        throw given.fault("does not fit the method: \(error)")
      }
    }
    try mapping.finish()
  }
}

extension CoilCompressionRequest {
  /// Nil where there is no value for `coils`.
  fileprivate init?(coils: YAMLValue?, kind: YAMLValue?) throws(ExperimentError) {
    guard let coils else {
      if let kind { throw kind.fault("needs the key 'coils', the number to compress to") }
      return nil
    }
    guard let size = Size(text: try coils.text()) else {
      throw coils.fault("must be a number of 1 or more, or a share of the energy such as 99%")
    }
    self.init(kind: try kind?.choice() ?? .svd, size: size)
  }
}

extension SweepProtocol.Statistics {
  fileprivate init(_ value: YAMLValue, labels: [String]) throws(ExperimentError) {
    var mapping = try value.mapping()
    if let entry = mapping.optional("baseline") {
      let label = try entry.text()
      guard labels.contains(label) else {
        throw entry.fault(
          "is '\(label)', which is no method of the protocol (\(labels.joined(separator: ", ")))")
      }
      baseline = label
    }
    if let entry = mapping.optional("confidence") {
      confidence = try entry.number()
      guard confidence >= 0.5, confidence < 1 else {
        throw entry.fault("must be at least 0.5 and below 1")
      }
    }
    if let entry = mapping.optional("resamples") { resamples = try entry.integer(100...1_000_000) }
    if let entry = mapping.optional("seed") { seed = UInt64(try entry.integer(0...Int.max)) }
    try mapping.finish()
  }
}
