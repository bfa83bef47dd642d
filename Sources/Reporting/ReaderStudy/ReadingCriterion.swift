/// What readers judge, each on four points of which 4 is the best.
///
/// The four aspects on four points are those of Johnson et al., Radiology 2023 (doi
/// 10.1148/radiol.220425), a reader study of the fastMRI project. Its anchors are not in public; the
/// words here are this program's own. The challenge of 2020 counts the other way, 1 the best.
public enum ReadingCriterion: String, Sendable, CaseIterable {
  case artefacts
  case sharpness
  case snr
  case overall

  /// The name in headings.
  public var title: String {
    switch self {
    case .artefacts: "Artefacts"
    case .sharpness: "Sharpness"
    case .snr: "SNR"
    case .overall: "Overall quality"
    }
  }

  /// What to look at.
  public var question: String {
    switch self {
    case .artefacts:
      "Aliasing, ringing, streaks, blotches and structures that do not belong to the anatomy."
    case .sharpness: "How distinctly edges and small structures are delineated."
    case .snr: "How far noise or grain hides the anatomy; smoothness bought by blur is no gain."
    case .overall: "The image as a whole, as you would judge it in your work."
    }
  }

  /// What the scores mean, from 1 to 4.
  public var anchors: [String] {
    switch self {
    case .artefacts:
      [
        "severe: the image cannot be read", "moderate: part of the anatomy cannot be read",
        "mild: visible, all of the anatomy can be read", "none or hardly visible",
      ]
    case .sharpness:
      [
        "very blurred: structures cannot be told apart", "blurred: small structures are lost",
        "slightly blurred: small structures are still visible",
        "sharp: all structures are clearly delineated",
      ]
    case .snr:
      [
        "poor: noise hides the anatomy", "fair: noise hides small structures",
        "good: noise is visible but hides nothing", "excellent: hardly any noise",
      ]
    case .overall:
      [
        "poor: cannot be used", "fair: can be used with reservations", "good",
        "excellent",
      ]
    }
  }

  /// The scores that there are.
  public static let scores = 1...4
}
