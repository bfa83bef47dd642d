import Acquisition
import Foundation

extension SolveProtocol {
  /// Reads a protocol; paths in it count from the file's folder.
  ///
  /// - Parameter images: a file to take the images from in the place of the protocol's.
  /// - Throws: `ExperimentError` with the line of whatever is missing, unknown or out of range.
  public init(contentsOf path: String, images: String? = nil) throws(ExperimentError) {
    try self.init(
      text: try YAMLMapping.text(of: path, kind: "protocol"), file: path, images: images)
  }

  /// Reads a protocol's YAML text as if it stood in `file`.
  public init(text: String, file: String, images: String? = nil) throws(ExperimentError) {
    var top = try YAMLMapping(text: text, file: file)
    try top.requireVersion(Self.version)
    (self.file, self.text) = (file, text)
    name = try top.required("name").word()
    title = try top.optional("title")?.text() ?? ""
    var choice = try top.required("images").mapping()
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    let given = try choice.required("file").text()
    self.images =
      images ?? URL(fileURLWithPath: given, relativeTo: folder).standardizedFileURL.path
    split = try choice.optional("split")?.text()
    let list = choice.optional("slices")
    slices = try list?.text()
    if let list, let slices, (try? SliceSelection(slices)) == nil {
      throw list.fault("names no images; give a list such as 0-3,7")
    }
    try choice.finish()
    var seeds: [UInt32] = [0]
    if let value = top.optional("seeds") {
      seeds = try value.items().map { value throws(ExperimentError) in
        UInt32(try value.integer(0...Int(UInt32.max)))
      }
    }
    conditions = []
    for value in try top.required("tasks").filledList() {
      for condition in try Self.conditions(value, seeds: seeds) {
        guard !conditions.contains(condition) else {
          throw value.fault("asks for \(condition.task.text) of one noise and seed twice")
        }
        conditions.append(condition)
      }
    }
    methods = []
    for value in try top.required("methods").filledList() {
      let method = try MethodEntry(value, conditions: conditions)
      if methods.contains(where: { $0.label == method.label }) {
        throw value.fault("has the label '\(method.label)' of another method; give it its own")
      }
      methods.append(method)
    }
    try top.finish()
  }

  /// A task at all its levels, noises and seeds.
  private static func conditions(
    _ value: YAMLValue, seeds: [UInt32]
  ) throws(ExperimentError) -> [Condition] {
    var mapping = try value.mapping()
    let tasks = try tasks(&mapping)
    var noises = [tasks.first == .denoise ? 0.1 : 0]
    if let entry = mapping.optional("noise") {
      noises = try entry.numbers { $0 >= 0 }
    }
    let model: MeasurementNoiseModel = try mapping.optional("noise_model")?.choice() ?? .gaussian
    try mapping.finish()
    if model != .gaussian, let task = tasks.first(where: { !$0.hasMagnitudes }) {
      throw value.fault("has Rician noise, which \(task.text) does not measure")
    }
    return tasks.flatMap { task in
      noises.flatMap { noise in
        seeds.map { Condition(task: task, noise: noise, noiseModel: model, seed: $0) }
      }
    }
  }

  /// A task at all its levels.
  private static func tasks(_ mapping: inout YAMLMapping) throws(ExperimentError) -> [SolveTask] {
    let value = try mapping.required("task")
    func shares(_ key: String) throws(ExperimentError) -> [Double] {
      try mapping.required(key).numbers { $0 > 0 && $0 <= 1 }
    }
    switch try value.text() {
    case "denoise": return [.denoise]
    case "inpaint":
      if let boxes = mapping.optional("boxes") {
        let side = try mapping.optional("box_side")?.integer(1...4096) ?? 32
        return try boxes.items().map { entry throws(ExperimentError) in
          .inpaint(.boxes(try entry.integer(1...10_000), side: side))
        }
      }
      return try shares("keep").map { .inpaint(.random(share: $0)) }
    case "superres":
      let kind: SolveTask.Downsampling =
        try mapping.optional("downsampling")?.choice() ?? .bicubic
      return try mapping.required("factor").items().map { entry throws(ExperimentError) in
        .superres(kind, factor: try entry.integer(2...64))
      }
    case "deblur":
      return try mapping.required("sigma").numbers { $0 > 0 && $0 <= 64 }.map {
        .deblur(.gaussian(sigma: $0))
      }
    case "cs":
      var matrices: [SolveTask.Matrix] = [.circulant]
      if let entry = mapping.optional("matrix") {
        matrices = try entry.items().map { entry throws(ExperimentError) in try entry.choice() }
      }
      let kept = try shares("keep")
      return matrices.flatMap { matrix in kept.map { .cs(matrix, share: $0) } }
    case let other:
      throw value.fault(
        "is '\(other)'; choose from \(SolveTask.names.joined(separator: ", "))")
    }
  }
}

extension SolveProtocol.MethodEntry {
  fileprivate init(
    _ value: YAMLValue, conditions: [SolveProtocol.Condition]
  ) throws(ExperimentError) {
    var mapping = try value.mapping()
    let nameValue = try mapping.required("name")
    let name = try nameValue.text()
    guard MethodChoice.solving.contains(where: { $0.name == name }) else {
      let known = MethodChoice.solving.map(\.name).joined(separator: ", ")
      throw nameValue.fault("is '\(name)'; there is no such method; choose from \(known)")
    }
    self.name = name
    label = try mapping.optional("label")?.word() ?? name
    let given = mapping.optional("settings")
    settings = []
    for condition in conditions {
      let choices = MethodChoice.solving(condition.task, noise: condition.noise)
      guard let choice = choices.first(where: { $0.name == name }) else {
        settings.append(nil)
        continue
      }
      guard let given else {
        settings.append(choice.defaults)
        continue
      }
      let overlaid = try choice.defaults.overlaid(with: given)
      do {
        try choice.check(overlaid)
      } catch {
        throw given.fault("does not fit the method: \(error)")
      }
      settings.append(overlaid)
    }
    try mapping.finish()
    if settings.allSatisfy({ $0 == nil }) {
      throw nameValue.fault("is '\(name)', which suits none of the tasks")
    }
  }
}

extension YAMLValue {
  /// The entries of a list that must hold something, or one value that stands for itself.
  fileprivate func items() throws(ExperimentError) -> [YAMLValue] {
    isList ? try filledList() : [self]
  }

  /// Numbers, a list or one alone, each of which `isGood` must allow.
  fileprivate func numbers(
    _ isGood: (Double) -> Bool
  ) throws(ExperimentError) -> [Double] {
    try items().map { entry throws(ExperimentError) in
      let number = try entry.number()
      guard isGood(number) else { throw entry.fault("is \(number), which is out of range") }
      return number
    }
  }
}
