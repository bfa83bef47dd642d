public import Acquisition
import Arrays
import Foundation
import LinearOperators
import Numerics
public import Reconstruction
import ScanFiles

/// Whether small lesions survive undersampling and reconstruction, and whether a method invents some.
///
/// Lesions are added to the k-space of a fully sampled scan: coil maps of the whole data times the
/// lesions' image, Fourier transformed; noise and everything else stay as they are. The scan with them
/// and the scan without are undersampled by the same mask and reconstructed, coil maps, scale and all
/// settings found anew each time. A lesion's contrast is the mean magnitude of its disc less that of a
/// ring around it.
///
/// *Recovered* is the contrast by which the two reconstructions differ at its place, over that by which
/// the fully sampled images differ. From one half on it has survived. *Invented* is a lesion that the
/// reconstruction of the scan without lesions shows at the place by the same rule: the reconstruction's
/// contrast less the fully sampled image's, over that of the lesion that would be there, is one half or
/// more.
public struct LesionStudy: Sendable {
  /// What is put in, and how it is undersampled.
  public struct Settings: Sendable, Codable, Equatable {
    /// In pixels.
    public var diameters: [Double] = [2, 4, 7, 10]
    /// Shares of the tissue's magnitude.
    public var contrasts: [Double] = [-0.5, -0.25, -0.1, 0.1, 0.25, 0.5]
    public var accelerations: [Double] = [4, 8]
    public var pattern = MaskPattern.random
    /// How often each diameter is put in with each contrast, at different places.
    public var repeats = 1
    /// How many lesions are put in at a time; each time takes a reconstruction by every method.
    public var atOnce = 6
    /// The seed of the places and of the mask.
    public var seed: UInt32 = 1

    public init() {}

    /// A sentence on the first setting that makes no sense, or nil.
    public var fault: String? {
      if diameters.isEmpty || !diameters.allSatisfy({ $0 >= 1 && $0 <= 64 }) {
        return "the diameters \(diameters) are not all between 1 and 64 pixels"
      }
      if contrasts.isEmpty || !contrasts.allSatisfy({ $0 != 0 && $0 >= -1 && $0 <= 4 }) {
        return "the contrasts \(contrasts) are not all between −1 and 4, and not 0"
      }
      if accelerations.isEmpty || !accelerations.allSatisfy({ $0 > 1 && $0 <= 64 }) {
        return "the accelerations \(accelerations) are not all above 1 and at most 64"
      }
      if repeats < 1 { return "\(repeats) places for each lesion are too few; give 1 or more" }
      return atOnce >= 1 ? nil : "\(atOnce) lesions at a time are too few; give 1 or more"
    }
  }

  /// One lesion by one method.
  public struct Row: Sendable, Codable, Equatable {
    public var file: String
    public var slice: Int
    public var method: String
    public var acceleration: Double
    public var achievedAcceleration: Double
    public var lesion: Lesion
    /// The contrast of the reconstructions over that of the fully sampled images.
    public var recovered: Double
    /// The same of what the reconstruction without lesions shows at the place.
    public var invented: Double

    public var hasSurvived: Bool { recovered >= LesionStudy.criterion }
    public var isInvented: Bool { invented >= LesionStudy.criterion }
  }

  /// The share of its contrast from which on a lesion counts as there.
  public static let criterion = 0.5

  public let settings: Settings
  let methods: [any ReconstructionMethod]

  /// Throws `ExperimentError` for settings that make no sense.
  public init(
    methods: [any ReconstructionMethod], settings: Settings = Settings()
  ) throws(ExperimentError) {
    if let fault = settings.fault { throw ExperimentError(fault) }
    (self.methods, self.settings) = (methods, settings)
  }

  /// A slice before and after, for a picture: whole, and by each method at one acceleration.
  struct Example {
    var acceleration: Double
    var lesions: [Lesion]
    var whole: RealArray
    var wholeWithout: RealArray
    var images: [(method: String, with: RealArray, without: RealArray)]
  }

  /// The rows of a slice of a fully sampled scan, and its first batch of lesions at each acceleration.
  ///
  /// - Parameter report: gets the share of the slice's work that is done; what it throws ends the work.
  /// - Throws: `ScanFileError`, `CalibrationError`, `SamplingMaskError` or `ReconstructionError`;
  ///   `ExperimentError` if the scan is not fully sampled or no lesion finds a place.
  func run(
    scan: ReadoutCroppedScan, slice: Int, report: (Double) throws -> Void
  ) throws -> (rows: [Row], examples: [Example]) {
    guard scan.isFullySampled else {
      throw ExperimentError(
        "\(scan.file): the scan is undersampled already; lesions need a fully sampled one")
    }
    let kspace = try scan.kspace(slice: slice)
    let object = try WholeObject(kspace: kspace, acquired: scan.acquiredColumns)
    let batches = placed(in: object, file: scan.file, slice: slice)
    guard !batches.isEmpty else {
      throw ExperimentError(
        "\(scan.file), slice \(slice): no lesion finds a place in tissue; choose another slice")
    }
    let whole = object.image.magnitudes
    let withLesions = batches.map { object.with($0, kspace: kspace) }
    var rows: [Row] = []
    var examples: [Example] = []
    let total = Double(settings.accelerations.count * methods.count * (batches.count + 1))
    var done = 0.0
    for acceleration in settings.accelerations {
      let mask = try SamplingMask(
        pattern: settings.pattern, rows: scan.rows, columns: scan.columns,
        acceleration: acceleration,
        centerFraction: settings.pattern.customaryCenterFraction(
          acceleration: acceleration, rows: scan.rows, columns: scan.columns),
        seed: .integer(settings.seed), acquired: scan.acquiredColumns)
      let without = try problem(kspace, mask)
      let with = try withLesions.map { try problem($0.kspace, mask) }
      var example = Example(
        acceleration: acceleration, lesions: batches[0], whole: withLesions[0].magnitude,
        wholeWithout: whole, images: [])
      for method in methods {
        func image(_ problem: ReconstructionProblem) throws -> RealArray {
          var image = try method.reconstruct(problem) { step in
            try report((done + step.fraction) / total)
          }.image.magnitudes
          for index in image.values.indices { image.values[index] *= problem.intensityScale }
          done += 1
          return image
        }
        let plain = try image(without)
        for (batch, (lesions, whole)) in zip(batches, withLesions).enumerated() {
          let marked = try image(with[batch])
          if batch == 0 { example.images.append((method.name, marked, plain)) }
          for lesion in lesions {
            let before = lesion.measuredContrast(in: object.image.magnitudes)
            let truth = lesion.measuredContrast(in: whole.magnitude) - before
            let shown = lesion.measuredContrast(in: plain)
            rows.append(
              Row(
                file: fileName(scan.file), slice: slice, method: method.name,
                acceleration: acceleration, achievedAcceleration: mask.acceleration,
                lesion: lesion,
                recovered: (lesion.measuredContrast(in: marked) - shown) / truth,
                invented: (shown - before) / truth))
          }
        }
      }
      examples.append(example)
    }
    return (rows, examples)
  }

  /// The lesions of a slice in batches: each diameter with each contrast as often as asked.
  private func placed(in object: WholeObject, file: String, slice: Int) -> [[Lesion]] {
    var random = RandomStream(seed: UInt64(settings.seed)).split(stream: UInt64(slice))
    let kinds = settings.diameters.flatMap { diameter in
      settings.contrasts.map { (diameter: diameter, contrast: $0) }
    }
    var wanted = Array(repeating: kinds, count: settings.repeats).flatMap { $0 }
    wanted.shuffle(using: &random)
    return stride(from: 0, to: wanted.count, by: settings.atOnce).map { first in
      LesionPlacement.place(
        Array(wanted[first..<min(wanted.count, first + settings.atOnce)]),
        in: object.image.magnitudes, random: &random)
    }.filter { !$0.isEmpty }
  }

  /// What the methods get of `kspace`: nothing outside the mask.
  private func problem(_ kspace: ComplexArray, _ mask: SamplingMask) throws -> ReconstructionProblem
  {
    var sampled = kspace
    for index in sampled.values.indices where !mask.samples[index % mask.samples.count] {
      sampled.values[index] = .zero
    }
    return try ReconstructionProblem(
      kspace: sampled, mask: mask, maps: try coilMaps(of: sampled, mask: mask))
  }
}

/// A slice's whole image with the coil maps of all its data, to put lesions into.
private struct WholeObject {
  /// `[rows, columns]`, in units of the k-space.
  let image: ComplexArray
  private let maps: ComplexArray
  private let phase: ComplexArray
  private let acquired: Range<Int>

  init(kspace: ComplexArray, acquired: Range<Int>) throws {
    let mask = try SamplingMask.fullySampled(columns: kspace.shape[2], acquired: acquired)
    maps = try coilMaps(of: kspace, mask: mask).sensitivities
    let system = SENSEOperator(maps: maps, mask: mask.columns)
    image = system.adjoint(system.hybrid(kspace))
    phase = ImagePhase.phasor(of: image, width: 0.1)
    self.acquired = acquired
  }

  /// The whole magnitude image and the k-space with `lesions` added.
  func with(
    _ lesions: [Lesion], kspace: ComplexArray
  ) -> (magnitude: RealArray, kspace: ComplexArray) {
    var added = ComplexArray(zeros: image.shape)
    for lesion in lesions { added.add(1, times: lesion.added(to: image, phase: phase)) }
    var signal = maps
    for index in signal.values.indices { signal.values[index] *= added.values[index % added.count] }
    FourierTransform(rows: image.shape[0], columns: image.shape[1]).forward(&signal)
    let columns = kspace.shape[2]
    for index in signal.values.indices where !acquired.contains(index % columns) {
      signal.values[index] = .zero
    }
    signal.add(1, times: kspace)
    var whole = image
    whole.add(1, times: added)
    return (whole.magnitudes, signal)
  }
}
