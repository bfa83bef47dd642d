/// A sentence for the user: what went wrong in a benchmark, and what to do.
public struct BenchmarkError: Error, CustomStringConvertible, Sendable {
  public let description: String

  public init(_ description: String) { self.description = description }
}
