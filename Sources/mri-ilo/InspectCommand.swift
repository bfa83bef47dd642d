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
      and noise, and what its header states. For a .safetensors file: the
      generator's architecture, training data, seed and licence. For any other
      HDF5 file: its datasets. Without a file: the weights that recon uses.
      """)

  @Argument(help: "A scan, a weights file (.safetensors) or another HDF5 file.")
  var file: String?

  @OptionGroup var scanOptions: ScanOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let options = scanOptions.options
    let path = try file ?? WeightsLocation(option: nil).path()
    if path.hasSuffix(".safetensors"), StyleGANWeights.isStated(in: path) {
      let weights = try StyleGANInspection(path: path)
      try show(path, weights, weights.lines)
      return
    }
    if path.hasSuffix(".safetensors") {
      let weights = try WeightsInspection(path: path)
      try show(path, weights, weights.lines)
      return
    }
    try ScanPreflight.run(path, options, extent: .middle)
    if let contents = try? HDF5Contents(path: path),
      !ScanFile.isScan(path)
    {
      try show(path, contents, [("layout", "HDF5 of no known scan layout")] + contents.lines)
      return
    }
    let scan = try ScanInspection(path: path, options: options)
    try show(path, scan, scan.lines)
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
