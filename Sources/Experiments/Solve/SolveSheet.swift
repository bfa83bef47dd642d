import Arrays
import Evaluation

/// The picture sheet of one image: the truth, what was measured of it, the methods' images and their errors.
struct SolveSheet {
  let image: String
  let truth: RealArray
  /// The image that measurements give by themselves, under its name; nil where a method shows it.
  let direct: (name: String, image: RealArray)?
  let panels: [(method: String, image: RealArray, figures: RunRecord.Figures?)]
  /// Task, noise and seed in words.
  let condition: String

  /// The rows of images and of errors, at most eight cells wide, as one grid.
  func grid() throws -> PictureGrid {
    let window = SliceWindow(reference: truth)
    let factor = Int(SliceWindow.errorFactor)
    typealias Cell = PictureGrid.Cell
    var shown = [Cell(.grey(window.grey(truth)), title: "reference")]
    var errors = [Cell(.empty, title: "error ×\(factor)")]
    if let direct {
      shown.append(Cell(.grey(window.grey(direct.image)), title: direct.name))
      errors.append(Cell(.mapped(window.error(direct.image, truth)), title: ""))
    }
    for panel in panels {
      shown.append(
        Cell(
          .grey(window.grey(panel.image)), title: panel.method,
          note: panel.figures.map {
            "\($0.psnr.text(digits: 2)) dB, SSIM \($0.ssim.text(digits: 4))"
          } ?? ""))
      errors.append(Cell(.mapped(window.error(panel.image, truth)), title: ""))
    }
    let across = 8
    let rows = stride(from: 0, to: shown.count, by: across).flatMap { first in
      [shown, errors].map { Array($0[first..<min(first + across, $0.count)]) }
    }
    return try PictureGrid(
      heading: "\(image) · \(condition)", rows: rows,
      foot:
        "Grey from 0 to the 99.8th percentile of the reference; errors \(factor) times enlarged.")
  }
}
