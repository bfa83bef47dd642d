import Arrays
import Evaluation
public import Experiments
import Foundation

/// The page of a training run: one HTML file with its curves, pictures, data and recipe.
///
/// It needs no network, no script and no other file. The same snapshot gives the same bytes.
public struct TrainingReport: Sendable {
  /// The whole page.
  public let html: String

  /// The page of what a run shows at present.
  ///
  /// - Parameters:
  ///   - snapshot: the run.
  ///   - title: what it trains, such as the name of the weights file.
  /// - Throws: `PictureError` if a picture cannot be encoded.
  public init(_ snapshot: TrainingSnapshot, title: String) throws {
    html = try ReportTemplates.render(.training, try Page(snapshot, title: title))
  }

  /// Writes the page by way of a temporary file beside `path`; throws `OutputFileError`.
  public func write(to path: String) throws { try writePage(html, to: path) }

  /// The values of the template `training`.
  private struct Page {
    struct Fact {
      let name, value: String
    }

    struct Picture {
      let label, uri: String
      let rows, columns: Int
    }

    struct Pair {
      let pictures: [Picture]
    }

    let title, style, charts, recipe, program: String
    let facts, figures: [Fact]
    let pairs: [Pair]
    let samples: [Picture]
    let hasPictures, hasRemarks: Bool
    let remarks: [String]

    init(_ snapshot: TrainingSnapshot, title: String) throws {
      self.title = title
      style = ReportTemplates.style
      charts = TrainingCharts.chart(snapshot).svg
      recipe = snapshot.recipe
      program = "mri-ilo \(ProgramVersion.current)"
      facts = snapshot.facts.map { Fact(name: $0.name, value: $0.value) }
      figures = Self.latest(snapshot)
      func picture(_ image: RealArray, _ label: String) throws -> Picture {
        let png = try GreyImage(image, white: snapshot.white).pngData()
        return Picture(
          label: label, uri: "data:image/png;base64," + png.base64EncodedString(),
          rows: image.shape[0], columns: image.shape[1])
      }
      pairs = try snapshot.pairs.map { pair in
        Pair(pictures: [
          try picture(pair.input, "what the encoder sees"),
          try picture(pair.target, "what should be drawn"),
          try picture(pair.drawn, "what is drawn"),
        ])
      }
      samples = try snapshot.samples.map { try picture($0, "sample") }
      hasPictures = !pairs.isEmpty
      remarks = snapshot.remarks
      hasRemarks = !remarks.isEmpty
    }

    /// The last figures, in words.
    private static func latest(_ snapshot: TrainingSnapshot) -> [Fact] {
      let history = snapshot.history
      var facts: [Fact] = []
      func add(_ name: String, _ column: String, _ digits: Int, _ unit: String = "") {
        guard let value = history.last(column) else { return }
        facts.append(Fact(name: name, value: value.text(digits: digits) + unit))
      }
      add("PSNR of auto-encoded held-out images", "val_psnr", 2, " dB")
      for acceleration in snapshot.accelerations {
        for (name, method) in [("ILO", "ilo"), ("l1-wavelet", "wavelet")] {
          guard
            let psnr = history.last(TrainingHistory.column("\(method)_psnr", acceleration)),
            let ssim = history.last(TrainingHistory.column("\(method)_ssim", acceleration))
          else { continue }
          facts.append(
            Fact(
              name: "\(name) at \(PrintedNumber.short(acceleration))×",
              value: "PSNR \(psnr.text(digits: 2)) dB, SSIM \(ssim.text(digits: 4))"))
        }
      }
      return facts
    }
  }
}
