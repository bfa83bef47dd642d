import Foundation

/// How a sweep is spread over a Slurm cluster.
public struct SlurmSettings: Sendable {
  /// The tasks of the array; fewer if there are fewer groups of jobs or Slurm takes no more.
  public var tasks: Int
  /// Further options of `sbatch`, each as one text such as `--partition=main` or `-t 2:00:00`.
  public var options: [String]
  /// Worker processes of each task.
  public var workers: Int
  /// Cores of each task.
  public var threads: Int
  /// The memory for all workers of a task, in bytes; by the plan's estimate when nil.
  public var memory: Int?
  /// The protocol's file.
  public var protocolFile: String
  /// Options of this program that each task needs too, such as those that say where the data lie.
  public var arguments: [String]

  public init(
    tasks: Int, options: [String], workers: Int, threads: Int, memory: Int?, protocolFile: String,
    arguments: [String]
  ) {
    self.tasks = tasks
    self.options = options
    self.workers = workers
    self.threads = threads
    self.memory = memory
    self.protocolFile = protocolFile
    self.arguments = arguments
  }

  /// What `sbatch` is asked for; the user's own options come last, so that they win.
  func sbatchOptions(logs: String, workerMemory: Int) -> [String] {
    // Besides the workers, the sweep process of the task itself.
    let bytes = workers * LocalEngine.memoryLimit(share: workerMemory) + 256 << 20
    let own = [
      "--mem=\((bytes >> 20) + 1)M", "--cpus-per-task=\(threads)", "--ntasks=1",
      "--output=\(logs)/%A_%a.log", "--requeue",
    ]
    return own + options.flatMap { $0.split(separator: " ", maxSplits: 1).map(String.init) }
  }

  /// The script of the array's tasks: this program, on a shard of its own.
  func script(program: String, folder: String, tasks: Int, memory: Int) -> String {
    let words = [program, "sweep", Self.absolute(protocolFile), "-o", folder]
    let rest =
      ["--workers", "\(workers)", "--threads", "\(threads)", "--memory", "\(memory)"] + arguments
    return """
      #!/bin/sh
      # Written by 'mri-ilo sweep --engine slurm'. Each task does the jobs of one shard; exec, so
      # that Slurm's signals reach the program itself.
      exec \(Self.quoted(words)) --shard "$((SLURM_ARRAY_TASK_ID + 1))/\(tasks)" \(Self.quoted(rest))

      """
  }

  /// A path that holds in any folder.
  static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardized.path }

  private static func quoted(_ words: [String]) -> String {
    words.map { "'" + $0.replacingOccurrences(of: "'", with: "'\\''") + "'" }
      .joined(separator: " ")
  }
}
