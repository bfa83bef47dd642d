/// Which images are held out, and what is measured on them how often.
public struct ValidationSettings: Sendable, Codable, Equatable {
  /// The share of the subjects that is held out where the data state no split.
  public var share = 0.05
  /// The seed of that choice, and of coils, noise and masks of the undersampled slices.
  public var seed: UInt64 = 1
  /// Steps between validations, checkpoints, lines of the log and rewritings of the page.
  public var every = 250
  /// Images that are auto-encoded.
  public var images = 12
  /// Steps between reconstructions by ILO, a multiple of `every`; 0 for never.
  public var iloEvery = 1000
  /// Slices that are undersampled and reconstructed.
  public var iloImages = 2
  /// ILO's rounds in these reconstructions: enough to tell networks apart, and a third of the time.
  public var iloRounds = 1
  /// The asked accelerations of each of them.
  public var accelerations = [4.0, 8]
  /// Pairs of images, and as many samples of the prior, that the page shows.
  public var pictures = 3

  public init() {}

  /// A sentence if the settings make no sense, else nil.
  var fault: String? {
    if !(share > 0 && share < 1) { return "validation.share must lie between 0 and 1" }
    if seed > TrainingRecipe.largestSeed { return "validation.seed must be below 2⁵³" }
    if every < 1 { return "validation.every must be at least 1" }
    if images < 1 { return "validation.images must be at least 1" }
    if iloEvery < 0 || iloEvery % every != 0 {
      return "validation.ilo_every must be a multiple of validation.every (\(every)), or 0"
    }
    if iloImages < 1 || iloRounds < 1 {
      return "validation.ilo_images and ilo_rounds must be at least 1"
    }
    if accelerations.isEmpty || !accelerations.allSatisfy({ $0 > 1 && $0 <= 64 }) {
      return "validation.accelerations must be numbers above 1, at most 64"
    }
    if Set(accelerations).count != accelerations.count {
      return "validation.accelerations holds a number twice"
    }
    return (0...16).contains(pictures) ? nil : "validation.pictures must lie between 0 and 16"
  }
}
