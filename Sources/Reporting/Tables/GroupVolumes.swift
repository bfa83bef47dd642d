import Experiments

/// The volumes of one group by method, with those set aside that would make means incomparable.
///
/// A volume takes part only with all the slices that any method has of the same scan, mask and seed:
/// the mean over fewer slices is a figure of another volume.
struct GroupVolumes {
  /// One draw of a mask on one scan.
  struct Draw: Hashable {
    let scan: String
    let seed: String
  }

  let group: ConditionGroup
  /// The complete volumes of each method, in order of appearance.
  let complete: [String: [Draw: VolumeResult]]
  /// What each method lacks of what others have; empty for one that lacks nothing.
  let notes: [String: String]
  /// All draws, in order of appearance.
  let draws: [Draw]

  /// `methods` take part even if they have no volume, so that this shows.
  init(_ group: ConditionGroup, _ volumes: [VolumeResult], methods: [String]) {
    self.group = group
    var slices: [Draw: Set<Int>] = [:]
    var draws: [Draw] = []
    var found: [String: [Draw: VolumeResult]] = [:]
    for method in methods { found[method] = [:] }
    for volume in volumes {
      let draw = Draw(scan: volume.condition.scan, seed: volume.condition.seed)
      if slices[draw] == nil { draws.append(draw) }
      slices[draw, default: []].formUnion(volume.slices)
      found[volume.condition.method, default: [:]][draw] = volume
    }
    self.draws = draws
    complete = found.mapValues { volumes in
      volumes.filter { draw, volume in volume.slices.count == slices[draw]?.count }
    }
    let seeds = Dictionary(grouping: draws, by: \.scan).mapValues(\.count)
    notes = found.mapValues { volumes in
      var lacking: [String] = []
      var partial: [String] = []
      for draw in draws {
        let name =
          seeds[draw.scan, default: 1] == 1 ? draw.scan : "\(draw.scan) of seed \(draw.seed)"
        let all = slices[draw, default: []].count
        if let volume = volumes[draw] {
          if volume.slices.count < all {
            partial.append("\(name) (\(volume.slices.count) of \(all) slices)")
          }
        } else {
          lacking.append(name)
        }
      }
      return [
        lacking.isEmpty ? nil : "lacks " + lacking.joined(separator: ", "),
        partial.isEmpty ? nil : "leaves out incomplete " + partial.joined(separator: ", "),
      ].compactMap { $0 }.joined(separator: "; ")
    }
  }

  /// A method's complete volumes in the order of `draws`.
  func volumes(of method: String) -> [VolumeResult] {
    let volumes = complete[method] ?? [:]
    return draws.compactMap { volumes[$0] }
  }
}

/// Figures at the level that statistics are taken at: one a scan, gathered by patient.
///
/// The seeds of the mask are averaged within each scan first, because they are repetitions and not
/// further subjects.
struct ScanFigures {
  /// One figure a scan, in order of appearance.
  let scans: [Double]
  /// The scans' figures of each patient, in order of appearance.
  let patients: [(name: String, figures: [Double])]

  /// `draws`: a scan, its patient and the figure of one seed each.
  init(_ draws: [(scan: String, patient: String, figure: Double)]) {
    let byScan = Self.gathered(draws.map { ($0.scan, $0) })
    let scans = byScan.map { _, draws in
      (patient: draws[0].patient, figure: Self.mean(draws.map(\.figure)))
    }
    self.scans = scans.map(\.figure)
    patients = Self.gathered(scans.map { ($0.patient, $0.figure) }).map { ($0, $1) }
  }

  /// The mean over its scans for each patient.
  var patientMeans: [Double] { patients.map { Self.mean($0.figures) } }

  static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private static func gathered<Value>(_ pairs: [(String, Value)]) -> [(String, [Value])] {
    var places: [String: Int] = [:]
    var groups: [(String, [Value])] = []
    for (name, value) in pairs {
      if let place = places[name] {
        groups[place].1.append(value)
      } else {
        places[name] = groups.count
        groups.append((name, [value]))
      }
    }
    return groups
  }
}
