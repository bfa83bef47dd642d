import Experiments

/// The curves of a training run.
enum TrainingCharts {
  static func chart(_ snapshot: TrainingSnapshot) -> CurveChart {
    let history = snapshot.history
    func curve(_ column: String, _ label: String) -> CurveChart.Curve {
      CurveChart.Curve(label: label, points: history.curve(column))
    }
    func reconstructed(_ figure: String, _ title: String) -> CurveChart.Panel {
      CurveChart.Panel(
        title: title,
        curves: snapshot.accelerations.flatMap { acceleration in
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
        title: "PSNR of auto-encoded images, dB", curves: [curve("val_psnr", "held-out images")]),
      CurveChart.Panel(
        title: "Divergence per level, nats per value", isLogarithmic: true,
        curves: levels.enumerated().map { curve($1, "level \($0)") }),
    ]
    if !snapshot.accelerations.isEmpty {
      panels.append(reconstructed("psnr", "PSNR of reconstructed slices, dB"))
      panels.append(reconstructed("ssim", "SSIM of reconstructed slices"))
    }
    panels += [
      CurveChart.Panel(
        title: "Learning rate", isLogarithmic: true,
        curves: [curve("learning_rate", "learning rate")]),
      CurveChart.Panel(
        title: "Norm of the gradient", isLogarithmic: true,
        curves: [curve("gradient_norm", "norm of the gradient")]),
      CurveChart.Panel(
        title: "Images a second", curves: [curve("images_per_second", "images a second")]),
    ]
    // Before the first validation by ILO its panels would be empty.
    panels.removeAll { $0.curves.allSatisfy(\.points.isEmpty) }
    return CurveChart(panels: panels, label: "Figures in the course of the training")
  }
}
