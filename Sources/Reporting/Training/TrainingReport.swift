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

  /// The page of trained weights: what they say of themselves, and the curves of their trainings.
  ///
  /// - Parameter logs: in the order of the trainings, each with a name for its curves.
  /// - Throws: what the template throws if the page cannot be made.
  public init(
    _ weights: WeightsInspection, logs: [(name: String, history: TrainingHistory)]
  ) throws {
    html = try ReportTemplates.render(.training, Page(weights, logs: logs))
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

    struct Course {
      let caption, charts: String
    }

    let title, style, recipe, program: String
    let facts, figures: [Fact]
    let courses: [Course]
    let pairs: [Pair]
    let samples: [Picture]
    let hasPictures, hasRemarks: Bool
    let remarks: [String]

    init(_ snapshot: TrainingSnapshot, title: String) throws {
      self.title = title
      style = ReportTemplates.style
      courses = [
        Course(
          caption:
            "Every figure of the averaged network is of held-out images that no step has seen. "
            + "Reconstructed slices are undersampled with simulated coils, phase and noise, always the "
            + "same.",
          charts: TrainingCharts.chart(snapshot.history).svg)
      ]
      recipe = snapshot.recipe
      program = "mri-ilo \(ProgramVersion.current)"
      facts = snapshot.facts.map { Fact(name: $0.name, value: $0.value) }
      figures = Self.latest(snapshot.history)
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

    /// Of weights that are trained, with the logs of their trainings.
    init(_ weights: WeightsInspection, logs: [(name: String, history: TrainingHistory)]) {
      title = URL(fileURLWithPath: weights.file).lastPathComponent
      style = ReportTemplates.style
      recipe = weights.recipeText ?? "not stated"
      program = "mri-ilo \(ProgramVersion.current)"
      facts = weights.lines.filter { $0.name != "recipe" }.map {
        Fact(name: $0.name, value: $0.value)
      }
      figures = []
      courses = logs.map { log in
        let steps = log.history.last("step").map { PrintedNumber.short($0) } ?? "0"
        return Course(
          caption: "\(log.name): \(log.history.rows.count) rows, to step \(steps)",
          charts: TrainingCharts.chart(log.history).svg)
      }
      (pairs, samples, hasPictures) = ([], [], false)
      (remarks, hasRemarks) = ([], false)
    }

    /// The last figures, in words.
    private static func latest(_ history: TrainingHistory) -> [Fact] {
      var facts: [Fact] = []
      func add(_ name: String, _ column: String, _ digits: Int, _ unit: String = "") {
        guard let value = history.last(column) else { return }
        facts.append(Fact(name: name, value: value.text(digits: digits) + unit))
      }
      add("PSNR of auto-encoded held-out images", "val_psnr", 2, " dB")
      for acceleration in history.accelerations {
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
