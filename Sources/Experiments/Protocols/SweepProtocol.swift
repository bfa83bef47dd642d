public import Acquisition
public import Evaluation

/// An experiment stated in full: which scans, which masks, which methods with which settings,
/// measured how, and summed up by which statistics.
///
/// Read from YAML by `init(contentsOf:)`, printed with all defaults by `text`.
public struct SweepProtocol: Sendable, Equatable {
  /// The version of the format that this program reads and writes.
  public static let version = 1

  /// Which scans of the data set take part.
  public struct ScanChoice: Sendable, Equatable {
    /// These by name; all when nil.
    public var names: [String]?
    /// The line of each name, for errors.
    var lines: [Int] = []
    /// Only scans of these kinds; any when nil.
    public var split, anatomy, contrast: String?

    /// Whether both choose the same scans, whatever the lines in which they stand.
    public static func == (one: ScanChoice, other: ScanChoice) -> Bool {
      one.names == other.names && one.split == other.split && one.anatomy == other.anatomy
        && one.contrast == other.contrast
    }
  }

  /// Which slices of each scan.
  public enum SliceChoice: Sendable, Equatable {
    case all
    /// A list such as `0-3,7`.
    case list(String)
    /// This many in the middle of the scan.
    case central(Int)
  }

  /// Masks of one pattern at several accelerations and seeds.
  public struct MaskSeries: Sendable, Equatable {
    public var pattern: MaskPattern
    public var accelerations: [Double]
    /// The customary one for each acceleration when nil.
    public var centerFraction: Double?
    /// The numbers that seed the draws; nil stands for the scan's file name, as in fastMRI.
    public var seeds: [UInt32?]
  }

  /// One method with its settings.
  public struct MethodEntry: Sendable, Equatable {
    /// The method's name as in `mri-ilo recon --method`.
    public var name: String
    /// What tables call it; unique in the protocol.
    public var label: String
    /// All settings, defaults included.
    public var settings: RecordedValue
    /// Where the entry stands, for errors.
    var line: Int

    public static func == (a: Self, b: Self) -> Bool {
      (a.name, a.label) == (b.name, b.label) && a.settings == b.settings
    }
  }

  /// Where figures are taken.
  public enum Region: String, Sendable, CaseIterable, Codable {
    /// The whole image.
    case image
    /// What Otsu's threshold of the reference leaves.
    case foreground
    /// The boxes of a fastMRI+ file.
    case boxes
  }

  /// How figures are summed up.
  public struct Statistics: Sendable, Equatable {
    /// The label of the method that the others are compared with; none are compared when nil.
    public var baseline: String?
    /// The confidence of intervals.
    public var confidence = 0.95
    /// Bootstrap resamples.
    public var resamples = 10_000
    /// The seed of the resampling.
    public var seed: UInt64 = 1
  }

  /// Whether images are kept for the report.
  public enum Images: String, Sendable, CaseIterable {
    case all
    case none
  }

  public var name: String
  public var title: String
  /// Words about purpose and limits, for the report.
  public var description: String
  /// The path of the data set's manifest, or the name of one that comes with the program.
  public var dataset: String
  public var scans = ScanChoice()
  public var slices = SliceChoice.all
  /// The most slices of one job.
  public var slicesPerJob = 8
  public var masks: [MaskSeries]
  public var methods: [MethodEntry]
  /// How the coils are compressed for the methods; not at all when nil.
  public var compression: CoilCompressionRequest?
  /// What fills, in the images of the measurements by themselves, what partial Fourier leaves out.
  public var filling = PartialFourierFilling.zero
  /// Sets of coil maps, for the methods that use several.
  public var mapSets = 1
  public var reference = ReferenceKind.mvue
  public var metrics: [Metric]
  public var regions: [Region]
  /// The path of the fastMRI+ file, if boxes are among the regions.
  public var boxes: String?
  public var images = Images.all
  public var statistics = Statistics()
  /// The file that it was read from, for errors.
  public var file: String
}
