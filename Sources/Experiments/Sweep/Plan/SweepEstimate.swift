import Reconstruction
import ScanFiles

/// What a sweep will take, by rules of thumb; its progress goes by what the jobs do take.
///
/// Measured on one core of an EPYC of the Zen 4 generation, and rounded up.
public struct SweepEstimate: Sendable {
  /// Seconds of one core for all jobs.
  public private(set) var seconds = 0.0
  /// The most memory that one worker needs, in bytes.
  public private(set) var memory = 0
  /// Seconds of one core by method, in the order of the protocol.
  public private(set) var secondsByMethod: [Double]
  /// All slices times masks: what each method has to do.
  public private(set) var slices = 0
  private let methods: [SweepProtocol.MethodEntry]

  /// Seconds of a slice by method.
  var secondsPerSlice: [Double] { secondsByMethod.map { $0 / Double(max(1, slices)) } }

  init(settings: SweepProtocol) { self.init(methods: settings.methods) }

  init(methods: [SweepProtocol.MethodEntry]) {
    self.methods = methods
    secondsByMethod = Array(repeating: 0, count: methods.count)
  }

  /// Adds the work on `slices` slices of a scan under `masks` masks each.
  mutating func add(_ scan: ReadoutCroppedScan, slices: Int, masks: Int) {
    let pixels = Double(scan.rows * scan.columns)
    let samples = pixels * Double(scan.coils)
    let count = Double(slices * masks)
    self.slices += slices * masks
    for (index, method) in methods.enumerated() {
      let cost = Self.seconds(method, pixels: pixels, samples: samples) * count
      secondsByMethod[index] += cost
      seconds += cost
    }
    // Coil maps and metrics, for each group of jobs.
    seconds += (1.5e-6 * samples + 0.4e-6 * pixels * Double(methods.count)) * count
    let stored = Double(scan.source.rows * scan.columns * scan.coils * 8)
    let needs = methods.map { Self.bytes($0, pixels: pixels, samples: samples) }.max() ?? 0
    memory = max(memory, Int(60e6 + 2 * stored + 60 * samples + needs))
  }

  /// Seconds for a slice.
  private static func seconds(
    _ method: SweepProtocol.MethodEntry, pixels: Double, samples: Double
  ) -> Double {
    /// A first image by wavelets, then evaluations of a loss of so many seconds a pixel.
    func fitted(_ evaluations: Int, _ perPixel: Double) -> Double {
      perPixel * pixels * Double(evaluations)
        + 25e-9 * samples * Double(ILOSettings().startIterations)
    }
    switch method.name {
    case "zero-filled": return 0.05e-6 * samples
    case "sense":
      let settings = (try? method.settings.decoded(as: SENSE.self)) ?? SENSE()
      return 0.7e-6 * samples * images(settings)
    case "l1-wavelet":
      let settings = (try? method.settings.decoded(as: L1Wavelet.self)) ?? L1Wavelet()
      return 25e-9 * samples * Double(settings.iterations) * images(settings)
    case "tv":
      let settings = (try? method.settings.decoded(as: TotalVariation.self)) ?? TotalVariation()
      return 25e-9 * samples * Double(settings.iterations) * images(settings)
    case "tgv":
      let settings =
        (try? method.settings.decoded(as: TotalGeneralizedVariation.self))
        ?? TotalGeneralizedVariation()
      let inner = 30e-9 * pixels * Double(settings.innerSteps)
      return (25e-9 * samples + inner) * Double(settings.iterations) * images(settings)
    case "grappa": return 2e-6 * samples
    case "convdecoder":
      let settings =
        (try? method.settings.decoded(as: ConvDecoderSettings.self)) ?? ConvDecoderSettings()
      let perPixel = Double(settings.channels) * (0.02e-6 + 0.4e-9 * Double(settings.channels))
      return (perPixel * pixels + 25e-9 * samples) * Double(settings.iterations)
    case "pnp":
      let settings =
        (try? method.settings.decoded(as: PlugAndPlaySettings.self)) ?? PlugAndPlaySettings()
      let steps = Double(settings.iterations)
      return (1.5e-6 * pixels + 25e-9 * samples * Double(settings.dataIterations)) * steps
        + 25e-9 * samples * Double(ILOSettings().startIterations)
    case "csgm":
      let settings = (try? method.settings.decoded(as: CSGMSettings.self)) ?? CSGMSettings()
      return fitted(settings.evaluations, 1.7e-6)
    case "sparse-gen":
      let settings =
        (try? method.settings.decoded(as: SparseGenSettings.self)) ?? SparseGenSettings()
      return fitted(settings.evaluations, 1.7e-6)
        + 50e-9 * samples * Double(settings.rounds * settings.refinements)
    case "pulse":
      let settings = (try? method.settings.decoded(as: PULSESettings.self)) ?? PULSESettings()
      return fitted(settings.evaluations, 1.7e-6)
    case "surgery":
      let settings = (try? method.settings.decoded(as: SurgerySettings.self)) ?? SurgerySettings()
      return fitted(settings.evaluations, 1.7e-6)
    // 0.2 µs a pixel: the decoders that come with the program.
    case "dcgan-csgm", "vae-csgm":
      let settings = try? method.settings.decoded(as: DecoderLatentSearch.Settings.self)
      return fitted(
        (settings ?? .init(method.name == "vae-csgm" ? .vae : .dcgan)).evaluations, 2e-7)
    // 4 µs a pixel: the network of the paper at 256 × 256, forward and backward.
    case "stylegan2-csgm":
      let settings = try? method.settings.decoded(as: StyleGANLatentSearch.Settings.self)
      return fitted((settings ?? StyleGANLatentSearch.Settings()).evaluations, 4e-6)
    case "stylegan2-projector", "stylegan2-wplus":
      let settings = try? method.settings.decoded(as: StyleGANProjector.Settings.self)
      return fitted((settings ?? StyleGANProjector.Settings()).evaluations, 4e-6)
    case "stylegan2-pulse":
      let settings = try? method.settings.decoded(as: StyleGANPULSE.Settings.self)
      return fitted((settings ?? StyleGANPULSE.Settings()).evaluations, 4e-6)
    case "stylegan2-ilo":
      let settings = try? method.settings.decoded(as: StyleGANILO.Settings.self)
      return fitted((settings ?? StyleGANILO.Settings()).evaluations, 4e-6)
    case "iagan":
      let settings = (try? method.settings.decoded(as: IAGANSettings.self)) ?? IAGANSettings()
      return fitted(settings.start.evaluations, 1.7e-6) + fitted(settings.adaptations, 4e-6)
    default:
      let settings = (try? method.settings.decoded(as: ILOSettings.self)) ?? ILOSettings()
      let further = max(0, settings.rounds - 1)
      let stages = settings.rounds > 0 ? settings.stages.reduce(0) { $0 + $1.iterations } : 0
      let generator =
        settings.encoderRounds * settings.views + stages + further * settings.refinements
      let wavelets =
        settings.startIterations
        + (settings.encoderRounds + settings.rounds) * settings.residualIterations
      return 1.5e-6 * pixels * Double(generator) + 25e-9 * samples * Double(wavelets)
    }
  }

  /// How many images of one weight a method makes for a slice, by rule of thumb.
  private static func images<Method: WeightedMethod>(_ method: Method) -> Double {
    switch method.regularisation {
    case .fixed: 1
    // Four folds, of which each takes five weights or so; larger weights cost `tv` more.
    case .heldOut: 24
    case .discrepancy: 3
    }
  }

  /// Bytes that a method holds beside the data.
  private static func bytes(
    _ method: SweepProtocol.MethodEntry, pixels: Double, samples: Double
  ) -> Double {
    switch method.name {
    case "ilo", "csgm", "sparse-gen", "pulse", "surgery", "pnp":
      return 60e6 + 3500 * pixels
    // Weights, their moments and gradients, and the best ones so far.
    case "iagan": return 900e6 + 3500 * pixels
    case "convdecoder": return 20e6 + 5000 * pixels
    default:
      guard case .object(let settings) = method.settings,
        settings["regularisation"] == .text("auto")
      else { return 200 * pixels }
      // The data and images of four folds.
      return 300 * pixels + 50 * samples
    }
  }
}
