import ArgumentParser
import Evaluation
import Experiments
import Foundation
import Reconstruction

/// `mri-ilo encode`: how near the generator comes to whole images.
struct EncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Fit the generator to whole images, level by level, and measure what it cannot draw.",
    discussion: """
      The images are those of an HDF5 stack, the coil-combined magnitudes of a \
      fully sampled scan, or PNG pictures. For each level k the deviations of \
      levels 0 to k are fitted, inside the l1 balls that training calibrated, the \
      finer ones at their prior's mean. What is left is the representation error: \
      it bounds what ILO can do with this generator alone.

        mri-ilo encode slices.h5 --split val --images 12
        mri-ilo encode scan.h5 head.png -o fits

      The output folder gets encode.csv (a row for the encoder and each level of \
      every image, and their means), a picture sheet for each image, and \
      record.json. They appear only when all is done.
      """)

  @Argument(help: "Stacks, fully sampled scans, or PNG pictures.")
  var images: [String]

  @Option(help: "Take images of this split of a stack only.")
  var split: String?

  @Option(
    name: .customLong("images"),
    help: ArgumentHelp("Images of each file, spread over it.", valueName: "count"))
  var imageCount = 12

  @Option(help: "Iterations of each level.")
  var iterations = RepresentationFit.Settings().iterations

  @Option(
    help: ArgumentHelp(
      "Generator weights: a file, or the name of one that comes with the program.",
      valueName: "file"))
  var weights: String?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Folder for the results.", valueName: "folder"))
  var output = "encode"

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if images.isEmpty { throw ValidationError("name at least one file of images") }
    if imageCount < 1 { throw ValidationError("--images must be at least 1") }
    if iterations < 1 { throw ValidationError("--iterations must be at least 1") }
  }

  func run() throws {
    threads.apply()
    let chosen = try images.flatMap {
      try WholeImage.list(file: $0, split: split, count: imageCount)
    }
    var settings = RepresentationFit.Settings()
    settings.iterations = iterations
    let run = try EncodeRun(
      images: chosen, weights: try WeightsCatalogue().file(weights), settings: settings)
    let folder = try OutputFolder(output)
    defer { folder.discard() }
    let record = try StoppableWork.run { work in
      let record = try run.perform(into: folder, command: CommandLine.arguments) { progress in
        try work.show(
          "image \(progress.image + 1) of \(progress.images), level \(progress.level)",
          share: progress.fraction)
      }
      try folder.publish()
      return record
    }
    var table = TextTable([
      ("mean of \(chosen.count)", .left), ("PSNR dB", .right), ("SSIM", .right), ("s", .right),
    ])
    for row in record.means {
      table.append([
        row.level == "encoder" ? "encoder" : "fit of levels 0 to \(row.level)",
        row.psnr.text(digits: 2), row.ssim.text(digits: 4), row.seconds.text(digits: 1),
      ])
    }
    print(table.text)
    print("Results: \(output)")
  }
}
