/// What each method does, in one line for a clinician.
enum MethodWords {
  /// The line of the method `name`; nil for one that it does not know.
  static func line(_ name: String) -> String? { lines[name] }

  private static let lines = [
    "zero-filled":
      "missing lines of k-space are set to zero and the coils combined; shows what undersampling "
      + "alone does",
    "sense":
      "parallel imaging: the image that explains the acquired samples of all coils best, with a "
      + "small penalty on energy",
    "l1-wavelet":
      "compressed sensing: as SENSE, but prefers images that few wavelets describe",
    "tv":
      "compressed sensing: as SENSE, but prefers images that are flat between sharp edges",
    "ilo":
      "a generative network trained on other images is adapted layer by layer until its image "
      + "explains the acquired samples; what the samples leave open comes from the network",
  ]
}
