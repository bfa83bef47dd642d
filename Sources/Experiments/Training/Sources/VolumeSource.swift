import Arrays
import ScanFiles

/// A NIfTI volume, or several in one file: an image a slice along the third axis of each.
struct VolumeSource: ImageSource {
  let labels: [ImageLabel]
  private let volume: NIfTIVolume

  var path: String { volume.path }
  var rows: Int { volume.rows }
  var columns: Int { volume.columns }

  /// Opens volumes of the subject `name`; throws `NIfTIError`.
  init(path: String, name: String) throws {
    volume = try NIfTIVolume(path: path)
    labels = Array(repeating: ImageLabel(subject: name), count: volume.images)
  }

  func read(_ chosen: [Int], _ take: (Int, Result<SourcePixels, any Error>) -> Void) {
    var done = 0
    let chosen = chosen.sorted()
    do {
      try volume.read(chosen) { slice, image in
        take(slice, .success(.values(image.values)))
        done += 1
      }
    } catch {
      for slice in chosen[done...] { take(slice, .failure(error)) }
    }
  }
}
