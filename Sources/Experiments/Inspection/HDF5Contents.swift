public import ScanFiles

/// What any HDF5 file holds at its root.
public struct HDF5Contents: Sendable, Codable {
  public var file: String
  /// Type and shape of each dataset.
  public var datasets: [String: String]

  /// Lists a file; throws `ScanFileError` if it is no readable HDF5 file.
  public init(path: String) throws(ScanFileError) {
    let file = try HDF5File(reading: path)
    var datasets: [String: String] = [:]
    for name in file.names {
      guard let dataset = try? file.dataset(name) else {
        datasets[name] = "group"
        continue
      }
      let shape = dataset.shape.map(String.init).joined(separator: " × ")
      datasets[name] = dataset.elementType.name + (shape.isEmpty ? "" : ", \(shape)")
    }
    self.file = path
    self.datasets = datasets
  }

  /// The lines for a reader.
  public var lines: [(name: String, value: String)] {
    datasets.sorted { $0.key < $1.key }.map { ("dataset \($0.key)", $0.value) }
  }
}
