extension LesionStudy {
  /// The lesions of one diameter and size of contrast, dark and bright, by one method at one
  /// acceleration.
  public struct Summary: Sendable, Codable, Equatable {
    public var acceleration: Double
    public var method: String
    /// In pixels.
    public var diameter: Double
    /// |contrast|.
    public var contrastSize: Double
    public var lesions: Int
    public var survived: Int
    public var invented: Int
    public var meanRecovered: Double

    public var survivedShare: Double { Double(survived) / Double(max(1, lesions)) }
    public var inventedShare: Double { Double(invented) / Double(max(1, lesions)) }
  }

  /// The rows together, accelerations and methods in their order, sizes ascending.
  static func summary(_ rows: [Row]) -> [Summary] {
    struct Key: Hashable {
      let acceleration: Double
      let method: String
      let diameter, contrastSize: Double
    }
    var order: [Key] = []
    var groups: [Key: [Row]] = [:]
    for row in rows {
      let key = Key(
        acceleration: row.acceleration, method: row.method, diameter: row.lesion.diameter,
        contrastSize: abs(row.lesion.contrast))
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(row)
    }
    let methods = rows.map(\.method)
    func rank(_ key: Key) -> [Double] {
      [
        key.acceleration, Double(methods.firstIndex(of: key.method) ?? 0), key.diameter,
        key.contrastSize,
      ]
    }
    return order.sorted { rank($0).lexicographicallyPrecedes(rank($1)) }.map { key in
      let own = groups[key] ?? []
      return Summary(
        acceleration: key.acceleration, method: key.method, diameter: key.diameter,
        contrastSize: key.contrastSize, lesions: own.count,
        survived: own.count { $0.hasSurvived }, invented: own.count { $0.isInvented },
        meanRecovered: own.reduce(0) { $0 + $1.recovered } / Double(max(1, own.count)))
    }
  }
}
