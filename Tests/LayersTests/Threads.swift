import Arrays

/// Runs `body` with the number of threads set; results must not depend on it.
func withThreads<Result>(_ threads: Int, _ body: () -> Result) -> Result {
  let before = Parallelism.threads
  Parallelism.threads = threads
  defer { Parallelism.threads = before }
  return body()
}
