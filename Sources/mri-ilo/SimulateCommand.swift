public import ArgumentParser
import Experiments
import Foundation
public import Phantoms

/// `mri-ilo simulate`: writes a simulated multi-coil scan of a head in fastMRI's HDF5 layout.
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Write a simulated, fully sampled multi-coil scan of a head.",
    discussion: """
      The head has folded cortex, ventricles, deep nuclei, skull and scalp; every seed gives \
      another one. The file has fastMRI's HDF5 layout: k-space (slices, coils, rows, columns) with \
      the readout (rows) twice oversampled as scanners do, an ISMRMRD header, and the root sum of \
      squares of the noisy coil images as reference. The same options give the same file.

        mri-ilo simulate -o head.h5
        mri-ilo simulate -o t2.h5 --contrast t2 --seed 7
        mri-ilo simulate -o stack.h5 --slices 8 --spacing 5 --position 25
        mri-ilo simulate -o small.h5 --rows 128 --columns 108 --coils 4 --snr 20
      """)

  private static let standard = HeadScanSettings()

  @Option(name: .shortAndLong, help: "HDF5 file to write.")
  var output: String

  @Option(help: "Image rows, front to back: the readout, stored twice oversampled.")
  var rows = standard.rows

  @Option(help: "Image columns, right to left: the phase-encode axis that masks sample.")
  var columns = standard.columns

  @Option(help: "Axial slices.")
  var slices = standard.slices

  @Option(help: "Receiver coils around the head.")
  var coils = standard.coils

  @Option(help: "Weighting of the images.")
  var contrast = standard.contrast

  @Option(
    help: ArgumentHelp(
      """
      Signal of white matter in the middle of the head, coils combined, over the standard \
      deviation of the noise.
      """, valueName: "ratio"))
  var snr = standard.signalToNoise

  @Option(help: "Seed of the head, the coils and the noise.")
  var seed = standard.seed

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      Height of the middle of the stack above the commissures; 8 shows the basal ganglia, 45 the \
      hemispheres above the ventricles.
      """, valueName: "mm"))
  var position = standard.position

  @Option(help: ArgumentHelp("Distance from slice to slice.", valueName: "mm"))
  var spacing = standard.spacing

  @Option(help: ArgumentHelp("Thickness of a slice.", valueName: "mm"))
  var thickness = standard.thickness

  @Option(help: ArgumentHelp("Extent of the rows; pixels are square.", valueName: "mm"))
  var fieldOfView = standard.fieldOfView

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if let fault = settings.fault { throw ValidationError(fault) }
  }

  func run() throws {
    threads.apply()
    try SimulatedHead.write(settings, to: output)
    print(
      "Wrote \(output): \(settings.contrast.acquisition), \(slices) slice\(slices == 1 ? "" : "s") "
        + "of \(rows) by \(columns) pixels of \(millimetres(settings.pixel)) mm, \(coils) "
        + "coil\(coils == 1 ? "" : "s"), fully sampled, readout twice oversampled, seed \(seed).")
  }

  private var settings: HeadScanSettings {
    var settings = HeadScanSettings()
    settings.rows = rows
    settings.columns = columns
    settings.slices = slices
    settings.coils = coils
    settings.contrast = contrast
    settings.signalToNoise = snr
    settings.seed = seed
    settings.position = position
    settings.spacing = spacing
    settings.thickness = thickness
    settings.fieldOfView = fieldOfView
    return settings
  }

  private func millimetres(_ value: Float) -> String { String(format: "%.2f", value) }
}

extension Contrast: ExpressibleByArgument {}
