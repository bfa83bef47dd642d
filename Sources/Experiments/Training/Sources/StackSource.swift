/// An HDF5 stack of 8-bit images, with `split`, `subject` and `source` where it has them.
struct StackSource: ImageSource {
  let labels: [ImageLabel]
  private let reader: ImageStackReader

  var path: String { reader.path }
  var rows: Int { reader.rows }
  var columns: Int { reader.columns }

  /// Opens a stack; images without a subject are those of one called `name`.
  ///
  /// Throws `ScanFileError` or `ExperimentError` on what is wrong with it.
  init(path: String, name: String) throws {
    let reader = try ImageStackReader(path: path)
    let (subjects, splits) = (try reader.texts("subject"), try reader.texts("split"))
    let origins = try reader.texts("source")
    labels = (0..<reader.count).map {
      ImageLabel(subject: subjects?[$0] ?? name, split: splits?[$0], origin: origins?[$0] ?? "")
    }
    self.reader = reader
  }

  func read(_ chosen: [Int], _ take: (Int, Result<SourcePixels, any Error>) -> Void) {
    for index in chosen {
      take(index, Result { .scaled(try reader.bytes(first: index, number: 1)) })
    }
  }
}
