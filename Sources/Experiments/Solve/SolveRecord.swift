public import Acquisition
import Arrays
import Evaluation
public import Foundation
import Reconstruction

/// All that there is to know about a run of `solve` afterwards.
public struct SolveRecord: Sendable, Codable {
  /// The images that were measured.
  public struct Input: Sendable, Codable {
    public var file: String
    public var sha256: String
    /// The images' names, in order.
    public var images: [String]
    /// Rows and columns.
    public var size: [Int]
  }

  /// How measurements were made.
  public struct Task: Sendable, Codable {
    public var name: String
    public var variant: String
    public var level: Double?
    public var text: String
    /// The number of measurements of an image.
    public var measurements: Int
    /// The picture that a mask or kernel is from.
    public var picture: RunRecord.Weights?
    public var noiseModel: MeasurementNoiseModel
    /// The standard deviation of the noise as a share of each image's largest value.
    public var noise: Double
  }

  /// The means of a method's figures over the images.
  public struct Mean: Sendable, Codable {
    public var method: String
    public var psnr: Double
    public var ssim: Double
    public var nmse: Double
    public var seconds: Double
  }

  public var program = "mri-ilo"
  public var version = ProgramVersion.current
  public var command: [String]
  public var started = Date()
  public var seconds = 0.0
  /// The largest resident memory of the process in bytes.
  public var peakMemory = 0
  public var threads = Parallelism.threads
  /// The seed of the operator, the noise and what methods draw.
  public var seed: UInt64
  public var input: Input
  public var task: Task
  public var weights: RunRecord.Weights?
  /// The denoiser's weights file.
  public var denoiser: RunRecord.Weights?
  /// The StyleGAN2's weights file.
  public var styleGAN: RunRecord.Weights?
  /// The decoders' weights files by role.
  public var decoders: [String: RunRecord.Weights]?
  /// The definition of the metrics; each image is a volume of its own.
  public var definition = MetricDefinition.fastMRI.description
  /// The settings of each method by its name.
  public var settings: [String: RecordedValue]
  /// What each method does with its settings and when it ends, by its name, a sentence each.
  public var accounts: [String: [String]]
  /// The figures by method and image; `slice` counts the images of the run from 0.
  public var methods: [RunRecord.Method]
  public var means: [Mean] = []
  /// The files in the output folder.
  public var outputs: [String] = []

  /// The record as JSON text with sorted keys.
  public var json: String {
    get throws { try RecordJSON.text(self) }
  }
}
