import Evaluation

extension ReaderAnalysis.Comparison {
  /// What the comparison says in plain words.
  public var verdict: String {
    guard let test else { return "no verdict: fewer than two patients" }
    let margin = "\(test.margin)"
    let interval = test.difference.interval
    switch test.verdict {
    case .nonInferior where interval.lower > 0:
      return "not worse than \(baseline), and better: the whole interval is above 0"
    case .nonInferior where interval.upper < 0:
      return "not worse than \(baseline) by \(margin) points or more, though worse by less"
    case .nonInferior: return "not worse than \(baseline) by \(margin) points or more"
    case .inferior: return "worse than \(baseline) by more than \(margin) points"
    case .inconclusive:
      return "undecided: the interval contains a loss of \(margin) points"
    }
  }
}

extension ReaderAnalysis {
  /// What must be known to read the results.
  public var caveats: [String] {
    let counts = shown
    var texts = [
      "Research use only; not for diagnosis. A reader study shows how single slices look to these "
        + "readers, not whether diagnoses stay right."
    ]
    if counts.cases > counts.patients {
      texts.append(
        "The \(counts.cases) cases come from \(counts.patients) patients; intervals and tests take "
          + "patients as the unit.")
    }
    if counts.patients < 20 {
      texts.append(
        "With \(counts.patients) patients, below about 20, bootstrap intervals are somewhat too "
          + "narrow.")
    }
    if scores.readers.count < 2 {
      texts.append("With one reader there is no agreement between readers to report.")
    }
    if !absentReaders.isEmpty { texts.append("Without the sheet of reader \(absentReaders).") }
    let missing = missing.filter { $0.missing > 0 }
    if !missing.isEmpty {
      let list = missing.map { "reader \($0.reader) \($0.missing) of \($0.asked)" }
      texts.append(
        "Missing scores: \(list.joined(separator: ", ")). They are left out: a rank needs a reading "
          + "that scored every method, the intraclass correlation an image that every reader scored."
      )
    }
    let repeats = scores.key.images.count { $0.repeats != nil }
    if repeats < 10 {
      texts.append(
        "\(repeats) repeated images are few: the agreement of readers with themselves is uncertain."
      )
    }
    if let baseline {
      texts.append(
        "Not worse means that the whole \(Self.percent(settings.confidence)) interval of the mean "
          + "difference from \(baseline) lies above −\(settings.margin) points; no correction for the "
          + "number of methods and criteria.")
    } else {
      texts.append(
        "No comparison with a baseline: name one with --baseline, or show the reference.")
    }
    return texts
  }

  private var absentReaders: String {
    scores.absentReaders.map(String.init).joined(separator: ", ")
  }

  /// Such as `random 4x`; with the centre fraction where that alone tells conditions apart.
  func words(_ condition: Condition) -> String {
    let text = "\(condition.mask) \(PrintedNumber.short(condition.acceleration))x"
    let isAmbiguous = conditions.contains {
      $0 != condition && $0.mask == condition.mask && $0.acceleration == condition.acceleration
    }
    return isAmbiguous ? "\(text), centre \(PrintedNumber.short(condition.centerFraction))" : text
  }

  static func percent(_ confidence: Double) -> String {
    let percent = confidence * 100
    return "\(percent.text(digits: abs(percent - percent.rounded()) < 1e-9 ? 0 : 1)) %"
  }
}
