public import Acquisition

/// An experiment of inverse problems of images, stated in full: which images, which tasks at which levels
/// and noise, which methods.
///
/// Read from YAML by `init(contentsOf:)`; [protocols](../../../protocols/README.md) has the keys.
public struct SolveProtocol: Sendable, Equatable {
  /// The version of the format that this program reads.
  public static let version = 1

  /// A task at one level, with its noise and seed.
  public struct Condition: Sendable, Equatable {
    public var task: SolveTask
    public var noise: Double
    public var noiseModel: MeasurementNoiseModel
    public var seed: UInt32
  }

  /// One method with its settings for every condition.
  public struct MethodEntry: Sendable, Equatable {
    /// The method's name as in `mri-ilo solve --method`.
    public var name: String
    /// What tables call it; unique in the protocol.
    public var label: String
    /// All settings, defaults included, for each condition in order; nil where the method does not suit the
    /// task.
    public var settings: [RecordedValue?]
  }

  public var name: String
  public var title: String
  /// The path of the images' file.
  public var images: String
  /// Only images of this split; all when nil.
  public var split: String?
  /// Which of them, a list such as `0-3,7`; all when nil.
  public var slices: String?
  /// Every task at every level, noise and seed, in the protocol's order.
  public var conditions: [Condition]
  public var methods: [MethodEntry]
  /// The file that it was read from, for errors, and its text.
  public var file: String
  public var text: String
}
