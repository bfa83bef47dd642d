import Arrays

/// Runs `body` with the number of threads set; results must not depend on it.
public func withThreads<Result>(_ threads: Int, _ body: () throws -> Result) rethrows -> Result {
  let before = Parallelism.threads
  Parallelism.threads = threads
  defer { Parallelism.threads = before }
  return try body()
}
