/// What a reader study shows and to how many readers.
public struct ReaderStudySettings: Sendable, Equatable {
  /// The labels of the methods; all of the run when nil.
  public var methods: [String]?
  /// The asked accelerations; all of the run when nil.
  public var accelerations: [Double]?
  /// The mask patterns; all of the run when nil.
  public var masks: [String]?
  /// The number of cases (slices of scans); 20, or as many as there are, when nil.
  public var cases: Int?
  /// The number of readers, each with an order of their own.
  public var readers = 3
  /// The number of images that are shown twice, for the agreement of each reader with themselves.
  public var repeats = 5
  /// The seed of every random choice.
  public var seed: UInt64 = 1
  /// Whether the reference of each case is shown among the others.
  public var includesReference = false

  /// The cases shown when none are asked for.
  public static let customaryCases = 20

  public init() {}
}
