/// An image of a reader study and what it shows: a row of the key.
public struct ReaderStudyImage: Sendable, Equatable {
  /// Under which sampling an image was reconstructed.
  public struct Sampling: Sendable, Hashable {
    /// The mask pattern.
    public var mask: String
    /// The asked acceleration.
    public var acceleration: Double
    public var centerFraction: Double
    /// The seed of the mask.
    public var seed: String
  }

  /// The number that names the file; random, so that it says nothing.
  public var number: Int
  /// The case, from 1: one slice of one scan.
  public var caseNumber: Int
  public var scan: String
  /// The patient's pseudonym.
  public var patient: String
  /// The slice in the file, from 0.
  public var slice: Int
  /// The method's label, or `reference`.
  public var method: String
  /// Nil for the reference.
  public var sampling: Sampling?
  /// The name of the job's result file; empty for the reference.
  public var job: String
  /// The number of the image that this one repeats, if it does.
  public var repeats: Int?
  /// The SHA-256 of the image's file.
  public var sha256 = ""

  /// The label of the reference among the methods.
  public static let reference = "reference"
}
