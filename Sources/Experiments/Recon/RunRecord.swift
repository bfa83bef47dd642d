public import Acquisition
import Evaluation
public import Foundation
public import Reconstruction

/// All that there is to know about a run afterwards: what was asked, what went in, what came out.
public struct RunRecord: Sendable, Codable {
  /// The file that was reconstructed.
  public struct Input: Sendable, Codable {
    public var file: String
    public var sha256: String
    /// The repetitions that were averaged with the file; nil where none were.
    public var averaged: [Weights]?
    /// The slices that were reconstructed, from 0.
    public var slices: [Int]
    public var slicesInFile: Int
    public var coils: Int
    /// Rows and columns as stored.
    public var storedMatrix: [Int]
    /// Rows and columns without the readout oversampling.
    public var matrix: [Int]
    /// Rows and columns of the images, the centre of the matrix.
    public var image: [Int]
    /// The first acquired column and the first one after them.
    public var acquiredColumns: [Int]
    /// What the reader did or found, such as prewhitening and averages, by name; nil where nothing is said.
    public var remarks: [String: String]?
    /// What is odd about the scan, a sentence each; nil where nothing is.
    public var warnings: [String]?
  }

  /// The sampled columns.
  public struct Mask: Sendable, Codable {
    public var name: String
    public var acceleration: Double?
    public var achievedAcceleration: Double
    public var centerFraction: Double?
    public var seed: String?
    /// The file that it was read from; nil where it was drawn or is the scan's.
    public var file: Weights?
    public var calibrationLines: Int
    /// The number of sampled columns; of a mask of points, that of the points.
    public var sampledColumns: Int
    /// The columns, or points row by row, as hexadecimal digits, four to a digit, the first the most
    /// significant bit.
    public var columns: String
    /// The checksum of the columns, or points, written as a text of 0 and 1.
    public var sha256: String
    /// The rows of a mask of points; nil for a mask of columns.
    public var rows: Int?
    /// The rows of its calibration block, whose columns are `calibrationLines`.
    public var calibrationRows: Int?
  }

  /// A weights file.
  public struct Weights: Sendable, Codable {
    public var file: String
    public var sha256: String

    /// The file at a path; throws if it cannot be read.
    init(file: String) throws {
      self.file = file
      sha256 = try FileDigest.sha256(ofFile: file)
    }

    /// Those of roles by their names; nil for none.
    static func list(_ files: [WeightsLocation.Role: String]) throws -> [String: Weights]? {
      if files.isEmpty { return nil }
      return Dictionary(
        uniqueKeysWithValues: try files.map { ($0.key.rawValue, try Weights(file: $0.value)) })
    }
  }

  /// The finer matrix that images are written on besides.
  public struct ZeroPadding: Sendable, Codable {
    /// Rows and columns that k-space is padded to.
    public var kspace: [Int]
    /// Rows and columns of the images, the centre of it.
    public var image: [Int]
  }

  /// What a partial Fourier scan leaves out, and what took its place in the reference and the zero-filled image.
  public struct PartialFourier: Sendable, Codable {
    public struct Axis: Sendable, Codable {
      /// `readout` or `phase encoding`.
      public var name: String
      /// The first measured sample and the first one after them, of `samples`.
      public var acquired: [Int]
      public var samples: Int
      /// The share of the symmetric extent that is measured.
      public var fraction: Double
    }

    public var filling: PartialFourierFilling
    public var axes: [Axis]

    init?(_ axes: [Acquisition.PartialFourier], _ filling: PartialFourierFilling) {
      if axes.isEmpty { return nil }
      self.filling = filling
      self.axes = axes.map {
        Axis(
          name: $0.axis.rawValue, acquired: [$0.acquired.lowerBound, $0.acquired.upperBound],
          samples: $0.count, fraction: $0.fraction)
      }
    }
  }

  /// The sets of coil maps.
  public struct MapSets: Sendable, Codable {
    /// How many were used by the methods that can.
    public var sets: Int
    /// For each slice, of the pixels that one set explains the share that a second one explains as well.
    ///
    /// Near 0 where one set is enough.
    public var secondSetShares: [Double] = []
    /// Above this share one set is too few.
    public var threshold = Self.warningShare

    /// Measured: 0 to 0.042 on two head scans at 2x to 8x, 0.067 and more on phantoms a tenth wider than the
    /// field of view.
    static let warningShare = 0.06

    init(sets: Int) { self.sets = sets }
  }

  /// The mixing of the coils into fewer ones.
  public struct CoilCompression: Sendable, Codable {
    /// `svd` or `geometric`.
    public var kind: String
    public var coils: Int
    public var virtualCoils: Int
    /// The share of the energy of the calibration lines that is kept.
    public var energyKept: Double

    init(_ compression: Acquisition.CoilCompression) {
      (kind, coils) = (compression.kind.rawValue, compression.coils)
      (virtualCoils, energyKept) = (compression.virtualCoils, compression.energyKept)
    }
  }

  /// What the images were measured against, or why they were not.
  public struct Reference: Sendable, Codable {
    public var kind: ReferenceKind?
    public var missingBecause: String?
    public var definition: String
    /// The maximum of the reference over the reconstructed slices.
    public var dataRange: Double?
  }

  /// Three figures.
  public struct Figures: Sendable, Codable, Equatable {
    public var psnr: Double
    public var ssim: Double
    public var nmse: Double

    init?(_ metrics: ImageMetrics?) {
      guard let metrics else { return nil }
      (psnr, ssim, nmse) = (metrics.psnr, metrics.ssim, metrics.nmse)
    }
  }

  /// One stage of a method on one slice.
  public struct Stage: Sendable, Codable {
    public var name: String
    public var iterations: Int
    public var misfit: Double
    public var metrics: Figures?
  }

  /// The noise of the sampled columns of one slice, or why it cannot be told.
  public struct Noise: Sendable, Codable {
    public var slice: Int
    /// For each coil, the standard deviation in the real and in the imaginary part of a sample, in units
    /// of the file.
    public var deviations: [Double]
    public var missingBecause: String?
    /// The 99th percentile of the zero-filled image's magnitude over the deviation of all coils; nil
    /// where the noise cannot be told.
    public var signalToNoise: Double?
  }

  /// One method on one slice.
  public struct Slice: Sendable, Codable {
    public var slice: Int
    public var seconds: Double
    public var metrics: Figures?
    /// Values that the method chose from the data.
    public var chosen: [String: Double]
    /// How the method came to its weights.
    public var choices: [WeightChoice]
    public var secondsByPart: [String: Double]
    public var stages: [Stage]
    /// What whoever reads the image should be told.
    public var warnings: [String]
  }

  /// One method on all slices.
  public struct Method: Sendable, Codable {
    public var name: String
    public var seconds: Double
    /// The metrics over all reconstructed slices.
    public var volume: Figures?
    public var slices: [Slice]
  }

  /// What the trust maps of the main method's images say, if they were asked for.
  public struct Trust: Sendable, Codable {
    public struct Slice: Sendable, Codable {
      public var slice: Int
      public var seconds: Double
      public var figures: TrustMaps.Figures
      /// Of the draws about the image; nil where none were asked for.
      public var spread: Spread?
      /// How the fully sampled image explains the same measurements, to judge the verdict by.
      ///
      /// Nil where there is none. Nothing else in the maps knows of it.
      public var referenceFit: DataFit?
    }

    /// How far the draws about an image lie from it.
    public struct Spread: Sendable, Codable {
      public var draws: Int
      /// The mean deviation in the head over the mean magnitude there.
      public var relativeDeviation: Double
      /// The share of pixels that the intervals are to hold; nil where the weights were not calibrated.
      public var level: Double?
      /// The mean half width of the intervals in the head over the mean magnitude there.
      public var relativeHalfWidth: Double?
      /// The share of the head's pixels whose interval holds the reference; nil without either.
      public var coverage: Double?
    }

    /// The method whose images are judged.
    public var method: String
    public var settings: TrustSettings
    public var slices: [Slice]
  }

  public var program = "mri-ilo"
  public var version = ProgramVersion.current
  public var command: [String]
  public var started: Date
  public var seconds = 0.0
  /// Seconds for the reference and for the coil maps and scaling of all slices.
  public var secondsByPart: [String: Double] = [:]
  /// The largest resident memory of the process in bytes.
  public var peakMemory = 0
  public var threads: Int
  /// The seed of what methods draw.
  public var seed: UInt64
  public var input: Input
  public var mask: Mask
  public var weights: Weights?
  /// The denoiser's weights file.
  public var denoiser: Weights?
  /// The StyleGAN2's weights file.
  public var styleGAN: Weights?
  /// The decoders' weights files by role.
  public var decoders: [String: Weights]?
  /// Nil where images are written at the resolution of the scan alone.
  public var zeroPadding: ZeroPadding?
  /// Nil where as much was measured on both sides of the centre.
  public var partialFourier: PartialFourier?
  /// Nil where the methods got all coils.
  public var coilCompression: CoilCompression?
  public var coilMaps: ESPIRiT
  public var mapSets: MapSets
  /// The slices of which the first chose weights from its data and the others kept them; nil where each chose.
  public var slicesPerChoice: Int?
  /// The noise slice by slice, from the sampled columns alone.
  public var noise: [Noise] = []
  public var reference: Reference
  /// The settings of each method by its name.
  public var settings: [String: RecordedValue]
  /// What each method does with its settings and when it ends, by its name, a sentence each.
  public var accounts: [String: [String]]
  public var methods: [Method]
  public var trust: Trust?
  /// The files in the output folder.
  public var outputs: [String] = []

  /// The record as JSON text with sorted keys.
  public var json: String {
    get throws { try RecordJSON.text(self) }
  }
}
