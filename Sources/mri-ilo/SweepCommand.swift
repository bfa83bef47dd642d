import ArgumentParser
import Arrays
import Experiments
import Foundation

/// `mri-ilo sweep`: runs an experiment stated in a protocol, or goes on with it.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Run a protocol: many scans, masks and methods, and the tables of it all.",
    discussion: """
      A protocol is a YAML file that states an experiment in full: data set,
      scans, slices, masks, methods with their settings, metrics, statistics.

        mri-ilo sweep smoke -o smoke
        mri-ilo sweep acceleration --dataset my-scans.yaml -o run --dry-run
        mri-ilo sweep my.yaml -o run --workers 4 --memory 16G

      Every scan is read before any work: one that is damaged, holds NaN or an empty
      coil, or is undersampled already ends the sweep with a sentence, or is left
      out by --leave-out-bad. What is odd, such as a dead coil, is warned of.

      The work is cut into jobs (scan, slices, mask, method). Each result is one
      file; a finished job is never run again. A sweep that was stopped, by
      Ctrl-C or by a power cut, goes on with the same command, and its tables are
      the same to the last byte. A job that fails is recorded with its reason in
      the folder 'failures', the sweep goes on and writes its tables, and the
      command ends with status 2; run again, it tries the failed jobs anew.

      Status: 0 all jobs done, 2 some failed, 130 stopped by Ctrl-C, 1 any other
      error, 64 wrong usage.

      To share the work out over machines that see the same folder, give each
      of them --shard 1/3, 2/3, 3/3, and run the command without --shard at the
      end: it finds all jobs done and writes the tables. A Slurm cluster does the
      same by itself:

        mri-ilo sweep my.yaml -o run --engine slurm --tasks 100 \\
          --slurm-option=--partition=long --slurm-option=--time=8:00:00
      """)

  @Argument(
    help: ArgumentHelp(
      "The protocol: a YAML file, or the name of one that comes with the program (\(ProtocolLocation().names.joined(separator: ", "))).",
      valueName: "protocol"), completion: .file(extensions: ["yaml", "yml"]))
  var protocolFile: String

  @Option(name: .shortAndLong, help: ArgumentHelp("The run's folder.", valueName: "folder"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "A data set to use in place of the protocol's: a manifest, or the name of one that comes with the program.",
      valueName: "manifest"))
  var dataset: String?

  @Option(
    help: ArgumentHelp(
      "Folder of the data set's files (default: $MRI_ILO_DATA, else the manifest's folder).",
      valueName: "folder"))
  var data: String?

  @OptionGroup var networks: NetworkOptions

  @Option(help: "Worker processes (default: as many as cores and memory allow).")
  var workers: Int?

  @Option(
    help: ArgumentHelp(
      "Memory for all workers, such as 8G or 900M (default: four fifths of what is available).",
      valueName: "size"))
  var memory: MemorySize?

  @Option(
    help: ArgumentHelp("Do only this part of the work, such as 2/5.", valueName: "i/n"))
  var shard: Shard?

  @Option(help: "What does the jobs: worker processes here, or an array of Slurm.")
  var engine = SweepEngine.local

  @Option(help: "Tasks of Slurm's array (default: \(Self.customaryTasks)).")
  var tasks: Int?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "An option for sbatch, such as --partition=main; may be repeated.", valueName: "option"))
  var slurmOption: [String] = []

  @Flag(help: "Leave out scans that cannot be used, and name them in run.json.")
  var leaveOutBad = false

  @Flag(help: "List the jobs with the time and memory they will take; run none.")
  var dryRun = false

  @Flag(help: "Print the effective protocol, defaults included; run nothing.")
  var printProtocol = false

  @OptionGroup var threads: ThreadOptions

  private static let customaryTasks = 16

  func validate() throws {
    if let tasks, tasks < 1 { throw ValidationError("--tasks must be at least 1") }
    if engine != .slurm, tasks != nil || !slurmOption.isEmpty {
      throw ValidationError("--tasks and --slurm-option need --engine slurm")
    }
    if engine == .slurm, shard != nil {
      throw ValidationError("--shard and --engine slurm exclude each other")
    }
    if let workers, workers < 1 { throw ValidationError("--workers must be at least 1") }
    if output == nil, !printProtocol {
      throw ValidationError("-o is missing: name the run's folder")
    }
  }

  func run() throws {
    threads.apply()
    var settings = try SweepProtocol(contentsOf: try ProtocolLocation().file(protocolFile))
    if let dataset {
      settings.dataset =
        SweepProtocol.isManifestName(dataset)
        ? dataset : URL(fileURLWithPath: dataset).standardizedFileURL.path
    }
    if printProtocol {
      print(try settings.text, terminator: "")
      return
    }
    let interrupt = InterruptSignal()
    let display = SweepDisplay()
    do {
      try sweep(settings, interrupt: interrupt, display: display)
    } catch is Stopped {
      display.end()
      FileHandle.standardError.write(
        Data("Stopped; what is done stays done: the same command goes on.\n".utf8))
      throw ExitCode(130)
    } catch {
      display.end()
      throw error
    }
  }

  /// The user asked to stop.
  private struct Stopped: Error {}

  private func sweep(
    _ settings: SweepProtocol, interrupt: InterruptSignal, display: SweepDisplay
  ) throws {
    let folder = SweepFolder(output ?? "")
    let plan = try SweepPlan(
      settings: settings, folder: folder, data: data, weights: networks.weights,
      denoiser: networks.denoiser, styleGAN: networks.stylegan2, decoders: networks.decoders,
      leavesOutBad: leaveOutBad
    ) {
      if interrupt.received { throw Stopped() }
      display.show(preparing: $0)
    }
    display.end()
    for text in SweepSummary.oddities(plan.record) {
      FileHandle.standardError.write(Data((text + "\n").utf8))
    }
    let local = Sweep.LocalSettings(
      workers: workers, memory: memory?.bytes ?? MemorySize.available.bytes * 4 / 5,
      cores: Parallelism.threads)
    if dryRun {
      display.end()
      print(try SweepSummary.dryRun(plan, local))
      return
    }
    let sweep = try Sweep(
      plan: plan, folder: folder, shard: shard.map { ($0.number - 1, $0.count) })
    display.end()
    let left = sweep.jobsLeft
    func report(_ progress: SweepProgress) throws {
      if interrupt.received { throw Stopped() }
      display.show(progress, jobs: left)
    }
    let failed: Int
    if engine == .slurm, left > 0 {
      let work = try sweep.slurmWork(slurmSettings(plan.settings))
      print(try SweepSummary.heading(sweep, nil))
      print("  \(SweepSummary.count(work.tasks, "task")) of Slurm, logs in \(folder.slurm)")
      fflush(nil)
      failed = try work.run(report: report)
    } else {
      print(try SweepSummary.heading(sweep, local))
      fflush(nil)
      try sweep.run(local, report: report)
      failed = sweep.failed
    }
    display.end()
    if interrupt.received { throw Stopped() }
    if let shard {
      print(
        "Shard \(shard.number)/\(shard.count) is done. No tables: run without --shard at the end.")
    } else {
      print(try SweepSummary.finish(folder))
    }
    if failed > 0 {
      fflush(nil)
      FileHandle.standardError.write(
        Data(
          ("\(SweepSummary.count(failed, "job")) failed, for reasons that lie in "
            + "\(folder.failures); the same command tries again.\n").utf8))
      throw ExitCode(2)
    }
  }

  private func slurmSettings(_ settings: SweepProtocol) -> SlurmSettings {
    let workers = workers ?? 1
    let paths = [
      ("--data", data), ("--weights", networks.weights), ("--denoiser", networks.denoiser),
      ("--stylegan2", networks.stylegan2), ("--dcgan", networks.dcgan), ("--vae", networks.vae),
    ]
    return SlurmSettings(
      tasks: tasks ?? Self.customaryTasks, options: slurmOption, workers: workers,
      threads: threads.threads ?? workers, memory: memory?.bytes, protocolFile: settings.file,
      arguments: (leaveOutBad ? ["--leave-out-bad"] : []) + ["--dataset", settings.dataset]
        + paths.flatMap { option, path in
          path.map { [option, URL(fileURLWithPath: $0).standardized.path] } ?? []
        })
  }
}

/// `mri-ilo sweep-worker`: does jobs for a sweep that started it.
struct SweepWorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep-worker", abstract: "Do jobs for a sweep.", shouldDisplay: false)

  @Argument var folder: String
  @OptionGroup var threads: ThreadOptions

  func run() {
    threads.apply()
    SweepWorker.run(folder: folder)
  }
}
