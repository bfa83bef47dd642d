import Evaluation
import Experiments
import Foundation
import Reconstruction

/// What `mri-ilo recon --explain` says after a run: what was chosen for each slice, and why.
enum RunExplanation {
  static func text(_ record: RunRecord) -> String {
    var lines = ["What was chosen, and why"]
    for method in record.methods {
      let account = record.accounts[method.name] ?? []
      if account.isEmpty { continue }
      lines.append("\(method.name), every slice")
      lines += account.map { "  \($0)" }
    }
    for (position, slice) in record.input.slices.enumerated() {
      lines += ["slice \(slice)", "  " + noise(record.noise[position])]
      for method in record.methods {
        for choice in method.slices[position].choices { lines += self.lines(choice, method.name) }
        let stages = method.slices[position].stages
        if let last = stages.last {
          lines.append(
            "  \(method.name): \(stages.count) stages; the last, \(last.name), misses the "
              + "measurements by \(number(100 * last.misfit)) %")
        }
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func noise(_ noise: RunRecord.Noise) -> String {
    guard let ratio = noise.signalToNoise else {
      return "noise: \(noise.missingBecause ?? "unknown")"
    }
    let deviations = noise.deviations.map(number).joined(separator: ", ")
    return "noise: \(deviations) by coil, per real part of a sample, from the edge of the sampled "
      + "k-space; the bright parts of the zero-filled image are \(number(ratio)) times as high"
  }

  private static func lines(_ choice: WeightChoice, _ method: String) -> [String] {
    var lines = ["  \(method): \(choice.setting) \(number(choice.weight)): \(choice.reason)"]
    guard let measure = choice.measure else { return lines }
    lines.append("    tried (\(measure)):")
    for candidate in choice.candidates {
      let mark = candidate.weight == choice.weight ? "  <" : ""
      lines.append(
        "    \(padded(number(candidate.weight)))\(padded(number(candidate.error)))\(mark)")
    }
    return lines
  }

  private static func padded(_ text: String) -> String {
    String(repeating: " ", count: max(1, 12 - text.count)) + text
  }

  private static func number(_ value: Double) -> String { String(format: "%.4g", value) }
}
