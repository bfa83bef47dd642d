import Arrays
import Evaluation
import Foundation
import Generators
public import Reconstruction

/// How near a generator comes to whole images: its encoder's answer and the best fit of every level,
/// measured, tabled and drawn.
public struct EncodeRun: Sendable {
  private let images: [WholeImage]
  private let fit: RepresentationFit
  private let weights: String

  /// How far the work is.
  public struct Progress: Sendable {
    public let image: Int
    public let images: Int
    public let level: Int
    /// Work done as a share of 1.
    public let fraction: Double
  }

  /// The figures of one image at one stage: the encoder's, or those of a fit of levels 0 … `level`.
  public struct Row: Sendable, Codable, Equatable {
    public var image: String
    /// `encoder`, or the finest level that moved.
    public var level: String
    public var psnr: Double
    public var ssim: Double
    public var seconds: Double
  }

  /// Throws an error on a weights file that is damaged or was never calibrated.
  public init(
    images: [WholeImage], weights: String, settings: RepresentationFit.Settings
  ) throws {
    self.images = images
    self.weights = weights
    fit = try RepresentationFit(
      weights: try WeightsFile(contentsOf: weights), settings: settings)
  }

  /// Fits every image and leaves the results in `folder`, to be published by the caller.
  ///
  /// - Parameter report: called after each iteration; what it throws ends the work.
  /// - Returns: the record, which has been written too.
  public func perform(
    into folder: OutputFolder, command: [String] = [], report: (Progress) throws -> Void
  ) throws -> EncodeRecord {
    let start = ContinuousClock.now
    var record = try EncodeRecord(
      command: command, weights: weights, files: images.map(\.file), settings: fit.settings)
    for (number, image) in images.enumerated() {
      let magnitude = try image.magnitude()
      let result = try naming(image) {
        try fit.run(magnitude) { level, iteration in
          let inside =
            (Double(level) + Double(iteration) / Double(max(1, fit.settings.iterations)))
            / Double(fit.levels)
          try report(
            Progress(
              image: number, images: images.count, level: level,
              fraction: (Double(number) + min(1, inside)) / Double(images.count)))
        }
      }
      let stages =
        [(name: "encoder", image: result.encoded, seconds: result.encodedSeconds)]
        + result.levels.map { (name: "\($0.level)", image: $0.image, seconds: $0.seconds) }
      let rows = try naming(image) {
        try stages.map { stage in
          let metrics = try measure(stage.image, against: magnitude).volume
          return Row(
            image: image.name, level: stage.name, psnr: metrics.psnr, ssim: metrics.ssim,
            seconds: stage.seconds)
        }
      }
      record.rows += rows
      try folder.naming {
        try sheet(image, magnitude, stages.map(\.image), rows).writePNG(
          to: folder.file(OutputFolder.pictureName("image", number, of: images.count)))
      }
    }
    record.means = means(record.rows)
    record.seconds = start.secondsToNow
    record.peakMemory = ProcessUsage.peakMemory
    try folder.naming {
      try table(record).write(to: folder.file("encode.csv"))
      try folder.writeRecord { outputs in
        record.outputs = outputs
        return try record.json
      }
    }
    return record
  }

  /// The mean over the images at each stage, in the order of the stages.
  private func means(_ rows: [Row]) -> [Row] {
    let stages = rows.prefix(fit.levels + 1).map(\.level)
    return stages.map { stage in
      let all = rows.filter { $0.level == stage }
      func mean(_ value: (Row) -> Double) -> Double {
        all.reduce(0) { $0 + value($1) } / Double(all.count)
      }
      return Row(
        image: "mean", level: stage, psnr: mean(\.psnr), ssim: mean(\.ssim),
        seconds: mean(\.seconds)
      )
    }
  }

  private func table(_ record: EncodeRecord) -> CSVWriter {
    var table = CSVWriter(columns: ["image", "level", "psnr", "ssim", "seconds"])
    for row in record.rows + record.means {
      table.append([
        .text(row.image), .text(row.level), .number(row.psnr), .number(row.ssim),
        .number(row.seconds),
      ])
    }
    return table
  }

  private func sheet(
    _ image: WholeImage, _ magnitude: RealArray, _ stages: [RealArray], _ rows: [Row]
  ) throws -> PictureGrid {
    let window = SliceWindow(reference: magnitude)
    let shown = zip(stages, rows).map { stage, row in
      PictureGrid.Cell(
        .grey(window.grey(stage)),
        title: row.level == "encoder"
          ? "encoder" : row.level == "0" ? "level 0" : "to level \(row.level)",
        note: "\(row.psnr.text(digits: 2)) dB, SSIM \(row.ssim.text(digits: 4))")
    }
    let errors = stages.map {
      PictureGrid.Cell(.mapped(window.error($0, magnitude)), title: "")
    }
    let factor = Int(SliceWindow.errorFactor)
    return try PictureGrid(
      heading: "\(image.name) · \(fileName(weights))",
      rows: [
        [PictureGrid.Cell(.grey(window.grey(magnitude)), title: "image")] + shown,
        [PictureGrid.Cell(.empty, title: "error ×\(factor)")] + errors,
      ],
      foot: "Grey from 0 to the 99.8th percentile of the image; errors \(factor) times enlarged.")
  }

  /// Adds the image's name to errors that do not know it.
  private func naming<Result>(_ image: WholeImage, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch ReconstructionError.noSignal {
      throw ExperimentError("\(image.name): the image is empty; leave it out")
    } catch ReconstructionError.notFinite {
      throw ExperimentError("\(image.name): holds values that are not finite; leave it out")
    } catch let error as ReconstructionError {
      throw ExperimentError("\(image.name): \(error)")
    } catch let error as MetricError {
      throw ExperimentError("\(image.name): \(error)")
    }
  }
}
