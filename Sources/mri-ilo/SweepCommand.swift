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

        mri-ilo sweep protocols/smoke.yaml -o smoke
        mri-ilo sweep protocols/acceleration.yaml -o run --dry-run
        mri-ilo sweep my.yaml -o run --workers 4 --memory 16G

      The work is cut into jobs (scan, slices, mask, method). Each result is one
      file; a finished job is never run again. A sweep that was stopped, by
      Ctrl-C or by a power cut, goes on with the same command, and its tables are
      the same to the last byte. A job that fails is recorded with its reason,
      and the sweep goes on.

      To share the work out over machines that see the same folder, give each
      of them --shard 1/3, 2/3, 3/3, and run the command without --shard at the
      end: it finds all jobs done and writes the tables.
      """)

  @Argument(help: "The protocol, a YAML file.", completion: .file(extensions: ["yaml", "yml"]))
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

  @Option(
    help: ArgumentHelp(
      "Generator weights (default: $\(WeightsLocation.variable), else those that come with the program).",
      valueName: "file"))
  var weights: String?

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

  @Flag(help: "List the jobs with the time and memory they will take; run none.")
  var dryRun = false

  @Flag(help: "Print the effective protocol, defaults included; run nothing.")
  var printProtocol = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if let workers, workers < 1 { throw ValidationError("--workers must be at least 1") }
    if output == nil, !printProtocol {
      throw ValidationError("-o is missing: name the run's folder")
    }
  }

  func run() throws {
    threads.apply()
    var settings = try SweepProtocol(contentsOf: protocolFile)
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
    let plan = try SweepPlan(settings: settings, folder: folder, data: data, weights: weights) {
      if interrupt.received { throw Stopped() }
      display.show(preparing: $0)
    }
    let local = Sweep.LocalSettings(
      workers: workers, memory: memory?.bytes ?? MemorySize.available.bytes * 4 / 5,
      cores: Parallelism.threads, shard: shard.map { ($0.number - 1, $0.count) })
    if dryRun {
      display.end()
      print(try SweepSummary.dryRun(plan, local))
      return
    }
    let sweep = try Sweep(plan: plan, folder: folder, isShared: shard != nil)
    display.end()
    print(try SweepSummary.heading(sweep, local))
    fflush(nil)
    let left = sweep.jobsLeft
    try sweep.run(local) { progress in
      if interrupt.received { throw Stopped() }
      display.show(progress, jobs: left)
    }
    display.end()
    if interrupt.received { throw Stopped() }
    if let shard {
      print(
        "Shard \(shard.number)/\(shard.count) is done. No tables: run without --shard at the end.")
      return
    }
    print(try SweepSummary.finish(folder))
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
