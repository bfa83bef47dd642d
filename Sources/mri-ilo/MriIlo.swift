import ArgumentParser
import Experiments
import Foundation

@main
struct MriIlo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mri-ilo",
    abstract: "Accelerated MRI by Intermediate Layer Optimization.",
    discussion: """
      Reconstructs undersampled k-space with a generator whose layers are
      optimised one after the other, and with the methods that it must beat.

        mri-ilo recon scan.h5 --accel 8   undersample, reconstruct, measure
        mri-ilo recon undersampled.h5     reconstruct a scan as it is
        mri-ilo solve inpaint head.png    denoise, in-paint, up-sample, deblur, sense
        mri-ilo solve-sweep quick -o run  many tasks, levels and images
        mri-ilo sweep protocol.yaml -o run   many scans, masks and methods
        mri-ilo report run                one HTML file on a sweep
        mri-ilo reader-study run -o study    blinded images for readers to score
        mri-ilo export run                a notebook of a run, with tables and arrays
        mri-ilo lesions scan.h5           how many small lesions survive
        mri-ilo inspect scan.h5           say what is in a file
        mri-ilo convert raw.h5 scan.cfl   write a scan in another layout
        mri-ilo simulate -o head.h5       make a scan of a head that never was
        mri-ilo dataset check data.yaml   see whether a data set's files are all there
        mri-ilo weights import net.safetensors -o own.safetensors   a network from PyTorch
        mri-ilo weights list              which weights there are, and whether they work
        mri-ilo generate                  what the generator draws of itself
        mri-ilo encode slices.h5          how near the generator comes to whole images
        mri-ilo theory                    ILO's theory, checked by numbers
        mri-ilo benchmark                 time every hot piece

      Research use only; not for diagnosis.
      """,
    version: ProgramVersion.current,
    subcommands: [
      ReconCommand.self, SolveCommand.self, SolveSweepCommand.self, SweepCommand.self,
      ReportCommand.self,
      ReaderStudyCommand.self, ExportCommand.self, InspectCommand.self, ConvertCommand.self,
      SimulateCommand.self, DatasetCommand.self,
      LesionsCommand.self, TrainCommand.self, WeightsCommand.self, GenerateCommand.self,
      EncodeCommand.self, TheoryCommand.self,
      BenchmarkCommand.self, SweepWorkerCommand.self, ReadScanCommand.self,
      ReadFilesCommand.self,
    ])

  /// Runs the command of the command line and ends the process.
  ///
  /// ArgumentParser's own way ends in `exit`, where OpenBLAS waits for its threads; with little memory
  /// one of them tries for ever to get some, and a program that had said its sentence would not end.
  static func main() {
    var status: Int32 = 0
    do {
      try checkAddressSpace()
      var command = try parseAsRoot()
      try command.run()
    } catch {
      status = exitCode(for: error).rawValue
      let text = fullMessage(for: error)
      let stream = status == 0 ? FileHandle.standardOutput : FileHandle.standardError
      fflush(nil)
      if !text.isEmpty { try? stream.write(contentsOf: Data((text + "\n").utf8)) }
    }
    fflush(nil)
    _exit(status)
  }

  /// Refuses a limit of the address space (`ulimit -v`) in which libraries that cannot start their threads
  /// would wait for room for ever.
  private static func checkAddressSpace() throws {
    #if os(Linux)
      let least = 1024
      var limit = rlimit()
      guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return }
      guard limit.rlim_cur >= rlim_t(least << 20) else {
        throw ExperimentError(
          "the address space is limited to \(limit.rlim_cur >> 20) MiB, too little to start in; raise it "
            + "to \(least) MiB or more (ulimit -v)")
      }
    #endif
  }
}
