import ArgumentParser
import Experiments
import Generators
import ScanFiles

/// `mri-ilo inspect`: says what is in a file.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what is in a scan or a weights file.",
    discussion: """
      For a scan: layout, sizes, readout oversampling, padding, sampling, scale
      and noise, each coil's noise and what may be wrong with it, where k-space has
      its peak, contrast, what its header states, and roughly what time and memory
      a reconstruction will take here. For a .safetensors file: the generator's
      architecture, training data, seed and licence. For any other HDF5 file: its
      datasets. Without a file: the weights that recon uses.

        mri-ilo inspect scan.h5 --png scan.png
      """)

  @Argument(help: "A scan, a weights file (.safetensors) or another HDF5 file.")
  var file: String?

  @OptionGroup var scanOptions: ScanOptions

  @Flag(help: "Print JSON.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Also draw the middle slice: image, k-space, what is sampled, each coil.", valueName: "file"))
  var png: String?

  func validate() throws {
    if let png, !png.lowercased().hasSuffix(".png") {
      throw ValidationError("--png \(png): name a file that ends in .png")
    }
  }

  func run() throws {
    let options = scanOptions.options
    let path = try file ?? WeightsLocation(option: nil).path()
    if path.hasSuffix(".safetensors") {
      try refusePicture(path)
      if let weights = try NetworkInspection(statedIn: path) {
        try show(path, weights, weights.lines)
        return
      }
      let weights = try WeightsInspection(path: path)
      try show(path, weights, weights.lines)
      return
    }
    try ScanPreflight.run(path, options, extent: .middle)
    if let contents = try? HDF5Contents(path: path),
      !ScanFile.isScan(path)
    {
      try refusePicture(path)
      try show(path, contents, [("layout", "HDF5 of no known scan layout")] + contents.lines)
      return
    }
    let scan = try ScanInspection(path: path, options: options, picture: png)
    try show(path, scan, scan.lines)
  }

  private func refusePicture(_ path: String) throws {
    guard png != nil else { return }
    throw ExperimentError("\(path): is no scan, and --png draws scans; leave it out")
  }

  private func show(
    _ path: String, _ value: some Encodable, _ lines: [(name: String, value: String)]
  ) throws {
    if json {
      print(try JSONText.of(value))
      return
    }
    print(path)
    print(AlignedLines.text(lines))
  }
}
