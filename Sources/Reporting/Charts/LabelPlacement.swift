/// Moves labels apart that would cover each other.
enum LabelPlacement {
  /// The places nearest to `wanted`, in its order, at least `gap` apart and between `lower` and
  /// `upper` as far as there is room.
  static func spread(
    _ wanted: [Double], gap: Double, lower: Double, upper: Double
  ) -> [Double] {
    let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
    // Clusters of labels that touch, each centred on the mean of what its labels want.
    var clusters: [(members: [Int], centre: Double)] = []
    func reach(_ count: Int) -> Double { Double(count - 1) * gap / 2 }
    func placed(_ members: [Int]) -> Double {
      let mean = members.reduce(0) { $0 + wanted[$1] } / Double(members.count)
      let half = reach(members.count)
      return max(lower + half, min(upper - half, mean))
    }
    for index in order {
      var cluster = (members: [index], centre: placed([index]))
      while let last = clusters.last,
        last.centre + reach(last.members.count) + gap > cluster.centre
          - reach(cluster.members.count)
      {
        clusters.removeLast()
        let members = last.members + cluster.members
        cluster = (members, placed(members))
      }
      clusters.append(cluster)
    }
    var result = wanted
    for cluster in clusters {
      let start = cluster.centre - reach(cluster.members.count)
      for (position, member) in cluster.members.enumerated() {
        result[member] = start + Double(position) * gap
      }
    }
    return result
  }
}
