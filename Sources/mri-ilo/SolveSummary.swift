import Evaluation
import Experiments
import Foundation

/// What `mri-ilo solve` says on the terminal before and after a run.
enum SolveSummary {
  /// What is about to be solved.
  static func heading(_ run: SolveRun) -> String {
    let count = run.images.count
    return "\(run.images[0].file): \(count) image\(count == 1 ? "" : "s")\n\(run.condition)\n"
      + "metrics by \(MetricDefinition.fastMRI); each image is a volume of its own"
  }

  /// The table of figures and where the results are.
  static func results(_ record: SolveRecord, folder: String) -> String {
    var table = TextTable([
      ("image", .left), ("method", .left), ("PSNR dB", .right), ("SSIM", .right),
      ("NMSE", .right), ("seconds", .right),
    ])
    func row(_ image: String, _ method: String, _ metrics: ImageMetrics?, _ seconds: Double) {
      table.append([
        image, method, metrics?.psnrText ?? "–", metrics?.ssimText ?? "–",
        metrics?.nmseText ?? "–", seconds.text(digits: 1),
      ])
    }
    for (position, image) in record.input.images.enumerated() {
      for method in record.methods {
        let result = method.slices[position]
        row(
          image, method.name,
          result.metrics.map { ImageMetrics(psnr: $0.psnr, ssim: $0.ssim, nmse: $0.nmse) },
          result.seconds)
      }
    }
    if record.input.images.count > 1 {
      for mean in record.means {
        row(
          "mean", mean.method, ImageMetrics(psnr: mean.psnr, ssim: mean.ssim, nmse: mean.nmse),
          mean.seconds)
      }
    }
    let memory = (Double(record.peakMemory) / 1_048_576).text(digits: 0)
    return """

      \(table.text)

      \(record.seconds.text(digits: 1)) s in all, \(memory) MiB at most. Results in \(folder)
      """
  }
}
