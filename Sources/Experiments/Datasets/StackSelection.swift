/// Which images of a stack become the slices of which scan.
struct StackSelection: Sendable {
  /// The images of one subject and contrast.
  struct Volume: Sendable {
    let subject: String
    let contrast: String
    /// All that the split holds, in the stack's order.
    let images: [Int]
    /// Where in `images` the slices are that were chosen, in ascending order.
    var chosen: [Int] = []
  }

  /// The volumes of which at least one slice was chosen, in the stack's order.
  let volumes: [Volume]

  /// Chooses `slices` images out of those whose `split` is the one wanted: the same number from
  /// each subject and contrast as far as it goes, the first ones in the stack getting the rest, and
  /// evenly spread within each.
  ///
  /// Throws `ExperimentError` if the stack has no such split or too few images in it.
  init(_ stack: ImageStackReader, split wanted: String, slices: Int) throws {
    func texts(_ name: String) throws -> [String] {
      guard let texts = try stack.texts(name) else {
        throw ExperimentError(
          "\(stack.path): has no dataset '\(name)'; store one text for each image, for scans are "
            + "made by subject and contrast")
      }
      return texts
    }
    let (subjects, contrasts) = (try texts("subject"), try texts("contrast"))
    let splits = try stack.texts("split") ?? Array(repeating: "train", count: stack.count)
    let images = splits.indices.filter { splits[$0] == wanted }
    guard !images.isEmpty else {
      let known = Set(splits).sorted().joined(separator: ", ")
      throw ExperimentError("\(stack.path): has no split '\(wanted)'; choose from \(known)")
    }
    guard slices <= images.count else {
      throw ExperimentError(
        "\(stack.path): the split '\(wanted)' has \(images.count) images, fewer than the \(slices) "
          + "slices asked for; give --slices \(images.count) or less")
    }
    struct Key: Hashable {
      let subject, contrast: String
    }
    var order: [Key] = []
    var members: [Key: [Int]] = [:]
    for image in images {
      let key = Key(subject: subjects[image], contrast: contrasts[image])
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(image)
    }
    let all = order.map {
      Volume(subject: $0.subject, contrast: $0.contrast, images: members[$0] ?? [])
    }
    let shares = Self.shares(of: slices, room: all.map(\.images.count))
    volumes = zip(all, shares).filter { $0.1 > 0 }.map { volume, share in
      var volume = volume
      volume.chosen = (0..<share).map { (2 * $0 + 1) * volume.images.count / (2 * share) }
      return volume
    }
  }

  /// `total` shared out as equally as the room of each lets it be; earlier ones get the rest.
  static func shares(of total: Int, room: [Int]) -> [Int] {
    var shares = room.map { _ in 0 }
    var left = total
    while left > 0 {
      let open = room.indices.filter { shares[$0] < room[$0] }
      if open.isEmpty { break }
      for index in open where left > 0 {
        shares[index] += 1
        left -= 1
      }
    }
    return shares
  }
}
