/// What a worker process tells the sweep that started it, one line of JSON each.
enum WorkerMessage: Codable, Equatable {
  /// The worker has read the run and waits for work.
  case ready
  /// Work on a job goes on; the share of its group that is done.
  case working(job: String, share: Double)
  case done(job: String, seconds: Double)
  case failed(job: String, reason: String)
  /// The group is finished.
  case finished
  /// Nothing can go on: a sentence.
  case stopped(reason: String)
}
