import ArgumentParser
import Experiments

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
        mri-ilo benchmark                 time every hot piece

      Research use only; not for diagnosis.
      """,
    version: ProgramVersion.current,
    subcommands: [
      ReconCommand.self, SolveCommand.self, SweepCommand.self, ReportCommand.self,
      ReaderStudyCommand.self, ExportCommand.self, InspectCommand.self, ConvertCommand.self,
      SimulateCommand.self, DatasetCommand.self,
      LesionsCommand.self, TrainCommand.self, WeightsCommand.self, GenerateCommand.self,
      EncodeCommand.self,
      BenchmarkCommand.self, SweepWorkerCommand.self, ReadScanCommand.self,
      ReadFilesCommand.self,
    ])
}
