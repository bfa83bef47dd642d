import Reconstruction

extension MethodChoice {
  /// The methods of `solve`, the simplest first: what `recon` has for any linear operator and real images, with
  /// defaults of its own.
  ///
  /// λ of the classical ones is chosen from the measurements: what is a good weight differs by orders of
  /// magnitude between tasks and noise.
  public static let solving: [MethodChoice] =
    [
      MethodChoice(name: "adjoint", defaults: NoSettings()) { _, _ in DirectImage(name: "adjoint")
      },
      MethodChoice(name: "bicubic", defaults: NoSettings()) { _, _ in DirectImage(name: "bicubic")
      },
      MethodChoice(name: "tikhonov", defaults: SmoothLeastSquares(regularisation: .heldOut)) {
        settings, _ in settings
      },
      wavelets(.heldOut),
      MethodChoice(name: "tv", defaults: TotalVariation(regularisation: .heldOut, iterations: 100))
      {
        settings, _ in settings
      },
      MethodChoice(
        name: "tgv",
        defaults: TotalGeneralizedVariation(regularisation: .heldOut, iterations: 100)
      ) { settings, _ in settings },
    ] + all.filter { ["convdecoder"].contains($0.name) } + [
      denoising(turns: 8)
    ]
    + all.filter {
      ["csgm", "sparse-gen", "pulse", "surgery", "iagan"].contains($0.name) || $0.needsStyleGAN
        || $0.decoder != nil
    } + [intermediateLayers(passes: ILOSettings().encoderRounds)]

  /// The methods that suit a task, by its direct image's name.
  ///
  /// Where there is noise, λ of `l1-wavelet` is chosen by it: a pixel that is held out has no say in any
  /// wavelet coefficient but through its neighbours, and keeps the value that it was started with.
  ///
  /// In compressed sensing `pnp` takes more turns and `ilo` more passes: the first image is far from the truth, and
  /// what it errs by looks like noise, which every turn takes some of. Elsewhere more of them gain nothing or lose; the
  /// figures, of held-out slices, are in the README.md of Reconstruction.
  public static func solving(_ task: SolveTask, noise: Double) -> [MethodChoice] {
    let other = task.directName == "bicubic" ? "adjoint" : "bicubic"
    return solving.filter { $0.name != other }.map { choice in
      switch (choice.name, task) {
      case ("l1-wavelet", _) where noise > 0: wavelets(.discrepancy)
      case ("pnp", .cs): denoising(turns: 16)
      case ("ilo", .cs): intermediateLayers(passes: 24)
      default: choice
      }
    }
  }

  private static func wavelets(_ weight: RegularisationWeight) -> MethodChoice {
    MethodChoice(
      name: "l1-wavelet", defaults: L1Wavelet(regularisation: weight, iterations: 100)
    ) { settings, context in
      var settings = settings
      if let seed = context.seed { settings.seed = seed }
      return settings
    }
  }

  /// What `mri-ilo solve` runs unless it is told otherwise, beside the direct image.
  public static let solvingDefaultNames = "ilo,tikhonov,l1-wavelet,tv,pnp"

  /// From DPIR's first level: what is missing is no aliasing of a first image that comes near.
  private static func denoising(turns: Int) -> MethodChoice {
    var settings = PlugAndPlaySettings()
    (settings.firstLevel, settings.iterations) = (0.23, turns)
    return MethodChoice(name: "pnp", needsDenoiser: true, defaults: settings) { settings, context in
      var settings = settings
      if let seed = context.seed { settings.seed = seed }
      return try PlugAndPlay(
        denoiser: try LadderDenoiser(weights: try context.denoiser()), settings: settings)
    }
  }

  /// With candidates for λ for more noise and for less than scans have.
  private static func intermediateLayers(passes: Int) -> MethodChoice {
    var settings = ILOSettings()
    settings.encoderRounds = passes
    settings.residualWeights =
      [1, 0.7, 0.45, 0.3, 0.2, 0.12, 0.07, 0.04] + settings.residualWeights + [8e-4, 4e-4]
    return MethodChoice(name: "ilo", needsWeights: true, defaults: settings) { settings, context in
      var settings = settings
      if let seed = context.seed { settings.seed = seed }
      return try ILO(weights: try context.weights(), settings: settings)
    }
  }
}
