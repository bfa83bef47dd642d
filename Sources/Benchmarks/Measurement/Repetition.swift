/// How often a piece is run.
///
/// The first run warms up and is not counted; its time decides on the others: at least `fewest`
/// and about `seconds` in all, but `longRepeats` where one run takes more than `longSeconds`.
public struct Repetition: Equatable, Sendable {
  public var fewest = 5
  public var seconds = 0.5
  public var longSeconds = 2.0
  public var longRepeats = 3
  /// A number of runs that overrules the others.
  public var fixed: Int?

  public init(fixed: Int? = nil) { self.fixed = fixed }

  /// Two runs of each piece.
  public static let quick = Repetition(fixed: 2)

  /// The runs to count when the first took `first` seconds.
  public func count(first: Double) -> Int {
    if let fixed { return max(1, fixed) }
    if first > longSeconds { return longRepeats }
    return max(fewest, min(1000, Int((seconds / max(first, 1e-9)).rounded(.up))))
  }

  /// The seconds of every counted run of `body`.
  public func measure(_ body: () throws -> Void) rethrows -> [Double] {
    let first = try elapsedSeconds(of: body)
    return try (0..<count(first: first)).map { _ in try elapsedSeconds(of: body) }
  }
}

/// The seconds that `body` takes on the wall clock.
func elapsedSeconds(of body: () throws -> Void) rethrows -> Double {
  let (seconds, attoseconds) = try ContinuousClock().measure(body).components
  return Double(seconds) + Double(attoseconds) * 1e-18
}
