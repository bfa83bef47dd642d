/// A sentence for the user: what is wrong, where, and what to do.
public struct ExperimentError: Error, CustomStringConvertible, Sendable {
  public let description: String

  public init(_ description: String) { self.description = description }
}
