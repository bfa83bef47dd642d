import Experiments

/// The curves of a training run.
enum TrainingCharts {
  static func chart(_ history: TrainingHistory) -> CurveChart {
    func curve(_ column: String, _ label: String) -> CurveChart.Curve {
      CurveChart.Curve(label: label, points: history.curve(column))
    }
    func reconstructed(_ figure: String, _ title: String) -> CurveChart.Panel {
      CurveChart.Panel(
        title: title,
        curves: history.accelerations.flatMap { acceleration in
          let times = "\(PrintedNumber.short(acceleration))×"
          return [
            curve(TrainingHistory.column("ilo_\(figure)", acceleration), "ILO \(times)"),
            curve(TrainingHistory.column("wavelet_\(figure)", acceleration), "l1-wavelet \(times)"),
          ]
        })
    }
    let levels = history.columns.filter { $0.hasPrefix("val_kl_") }
    var panels = [
      CurveChart.Panel(
        title: "Training loss, nats per value",
        curves: [curve("train_loss", "training loss")]),
      CurveChart.Panel(
        title: "Mean absolute error", isLogarithmic: true,
        curves: [curve("train_l1", "training images"), curve("val_l1", "held-out images")]),
      CurveChart.Panel(
        title: "PSNR of auto-encoded images, dB", curves: [curve("val_psnr", "held-out images")]),
      CurveChart.Panel(
        title: "Divergence per level, nats per value", isLogarithmic: true,
        curves: levels.enumerated().map { curve($1, "level \($0)") }),
    ]
    panels += [
      reconstructed("psnr", "PSNR of reconstructed slices, dB"),
      reconstructed("ssim", "SSIM of reconstructed slices"),
    ]
    panels += passes(history)
    panels += [
      CurveChart.Panel(
        title: "Scale of the likelihood", isLogarithmic: true,
        curves: [curve("output_scale", "scale b")]),
      CurveChart.Panel(
        title: "Scores of the discriminator",
        curves: [curve("real_score", "given images"), curve("drawn_score", "drawn images")]),
      CurveChart.Panel(
        title: "Losses of the discriminator",
        curves: [
          curve("discriminator_loss", "hinge loss"), curve("gradient_penalty", "gradient penalty"),
        ]),
      CurveChart.Panel(
        title: "Learning rate", isLogarithmic: true,
        curves: [curve("learning_rate", "learning rate")]),
      CurveChart.Panel(
        title: "Norm of the gradient", isLogarithmic: true,
        curves: [curve("gradient_norm", "norm of the gradient")]),
      CurveChart.Panel(
        title: "Images a second", curves: [curve("images_per_second", "images a second")]),
    ]
    // Panels of what a run has not, or not yet, would be empty.
    panels.removeAll { $0.curves.allSatisfy(\.points.isEmpty) }
    return CurveChart(panels: panels, label: "Figures in the course of the training")
  }

  /// The passes of a reconstruction that the trainings in PyTorch are validated by, and denoised images.
  private static func passes(_ history: TrainingHistory) -> [CurveChart.Panel] {
    func curve(_ column: String, _ label: String) -> CurveChart.Curve {
      CurveChart.Curve(label: label, points: history.curve(column))
    }
    var panels = history.accelerations(of: "first_psnr").map { acceleration in
      let times = "\(PrintedNumber.short(acceleration))x"
      let ends = ["network", "measured"].map { kind in
        history.columns.filter { $0.hasPrefix(kind) && $0.hasSuffix(times) }
      }
      var curves = [curve("first_psnr_\(times)", "first image")]
      for (columns, kind) in zip(ends, ["network", "measurements"]) {
        // The first and the last pass; those between lie between.
        for (column, place) in [(columns.first, "first"), (columns.last, "last")] {
          guard let column, place == "first" || columns.count > 1 else { continue }
          curves.append(curve(column, "\(kind), \(place)"))
        }
      }
      return CurveChart.Panel(
        title: "PSNR of passes at \(PrintedNumber.short(acceleration))×, dB", curves: curves)
    }
    let denoised = "denoised_psnr_"
    panels.append(
      CurveChart.Panel(
        title: "PSNR of denoised images, dB",
        curves: history.columns.filter { $0.hasPrefix(denoised) }.map {
          curve($0, "noise \($0.dropFirst(denoised.count))")
        }))
    return panels
  }
}
