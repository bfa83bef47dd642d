/// Why a weights or checkpoint file was refused or could not be written.
public struct WeightsError: Error, CustomStringConvertible, Sendable {
  public let file: String
  public let problem: String
  public let cure: String

  public var description: String { "weights \(file): \(problem); \(cure)." }

  package init(file: String, problem: String, cure: String) {
    self.file = file
    // Names come from strangers' files.
    self.problem = problem.count <= 600 ? problem : problem.prefix(600) + "…"
    self.cure = cure
  }
}
