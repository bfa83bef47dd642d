import Reconstruction

extension RecordedValue {
  /// These default settings with those of a protocol in their place.
  ///
  /// A key that the defaults do not have, and a value of another kind, are errors with their line.
  func overlaid(with value: YAMLValue) throws(ExperimentError) -> RecordedValue {
    switch self {
    case .flag: return .flag(try value.flag())
    case .number:
      // A weight may be chosen from the data; whether the setting is one, decoding tells.
      if let word = RegularisationWeight.words.first(where: value.isWord) { return .text(word) }
      return .number(try value.number())
    case .text(let word):
      // The other way round: a number in place of a weight from the data.
      if RegularisationWeight.words.contains(word), let number = try? value.number() {
        return .number(number)
      }
      return .text(try value.text())
    case .list(let items):
      var result: [RecordedValue] = []
      for (index, entry) in try value.list().enumerated() {
        // An entry beyond the default's length is like its last one.
        guard let like = index < items.count ? items[index] : items.last else {
          throw entry.fault("cannot be set")
        }
        result.append(try like.overlaid(with: entry))
      }
      return .list(result)
    case .object(var object):
      var mapping = try value.mapping()
      for (key, item) in object.sorted(by: { $0.key < $1.key }) {
        if let entry = mapping.optional(key) { object[key] = try item.overlaid(with: entry) }
      }
      try mapping.finish()
      return .object(object)
    }
  }
}
