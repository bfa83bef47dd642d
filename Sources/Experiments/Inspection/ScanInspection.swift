public import Acquisition
import Arrays
import Evaluation
import Foundation
import Numerics
public import ScanFiles

/// What there is to know about a scan before it is reconstructed.
public struct ScanInspection: Sendable, Codable {
  public var file: String
  /// The layout that the file follows.
  public var layout: String
  /// How many volumes the file holds; the figures are of `frame`.
  public var frames: Int
  public var frame: Int
  public var slices: Int
  public var coils: Int
  /// Rows (readout) and columns (phase encoding) of k-space as stored.
  public var matrix: [Int]
  /// How many times the readout is oversampled, by the header.
  public var readoutOversampling: Double
  /// Rows and columns of the image after the oversampling is removed and the centre is cut out.
  public var image: [Int]
  /// Rows and columns of the finer image that the header declares; nil where it declares none.
  public var declaredImage: [Int]?
  /// The first acquired column and the first one after them; what is outside is padding.
  public var acquiredColumns: [Int]
  /// What of each axis a partial Fourier scan measures, in words; empty where both sides are measured alike.
  public var partialFourier: [String]
  public var isFullySampled: Bool
  /// Whether the file holds a mask; without one the sampled columns are those that are not zero.
  public var hasStoredMask: Bool
  public var sampledColumns: Int
  public var acceleration: Double
  public var calibrationLines: Int
  /// What is sampled: `columns` or `points`; of points, the rows of the calibration block.
  public var unit: String
  public var calibrationRows: Int?
  /// The slice that the figures of the signal are from.
  public var measuredSlice: Int
  /// The largest magnitude of the slice's k-space and of its root-sum-of-squares image.
  public var largestKspace: Double
  public var largestImage: Double
  /// Row and column of the largest power of the slice's k-space over all coils, which should be near
  /// the declared centre.
  public var kspacePeak: [Int]
  /// Row and column where the centre of k-space should be, by the header and the layout's rules.
  public var declaredCentre: [Int]
  /// Columns before and after the acquired ones.
  public var padding: [Int]
  /// Noise and signal of each coil, and what is wrong with it.
  public var coilDetails: [CoilCheck.Coil]
  /// Why the coils' noise cannot be told; nil where it can.
  public var coilNoiseMissingBecause: String?
  /// What is odd about the scan, a sentence each.
  public var warnings: [String]
  /// What the sequence was: times in milliseconds, angles in degrees, the field in tesla.
  public var contrast: Contrast
  /// What reconstructions will take; nil where the slice gives none.
  public var estimate: ReconstructionEstimate?
  /// The noise's standard deviation per real part, from the corners of k-space, whose signal adds to
  /// it; nil if they are empty.
  public var noise: Double?
  /// Of the slice's pixels that one set of coil maps explains, the share that a second one explains as well; nil
  /// for a single coil and where there are no calibration lines.
  public var secondSetShare: Double?
  /// What the header and the attributes state, by name.
  public var facts: [String: String]
  /// The datasets of the file with type and shape.
  public var datasets: [String: String]

  /// What a header says of the contrast.
  public struct Contrast: Sendable, Codable {
    public var acquisition: String?
    public var sequence: String?
    public var repetitionTimes, echoTimes, inversionTimes, flipAngles: [Double]
    public var fieldStrength: Double?

    init(_ header: ScanHeader) {
      acquisition = header.acquisition
      sequence = header.sequence.kind
      repetitionTimes = header.sequence.repetitionTimes
      echoTimes = header.sequence.echoTimes
      inversionTimes = header.sequence.inversionTimes
      flipAngles = header.sequence.flipAngles
      fieldStrength = header.mainField
    }

    /// In words; nil where nothing is stated.
    var text: String? {
      func list(_ name: String, _ values: [Double], _ unit: String) -> String? {
        values.isEmpty
          ? nil
          : "\(name) " + values.map { String(format: "%g", $0) }.joined(separator: ", ") + unit
      }
      let parts = [
        acquisition, sequence, list("TR", repetitionTimes, " ms"), list("TE", echoTimes, " ms"),
        list("TI", inversionTimes, " ms"), list("flip angle", flipAngles, "°"),
        fieldStrength.map { String(format: "%.2g T", $0) },
      ].compactMap { $0 }
      return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
  }

  /// Opens a scan and looks at its middle slice, of which `picture`, where one is given, is made.
  ///
  /// Throws `ScanFileError` if it cannot be read, `OutputFileError` if the picture cannot be written.
  public init(path: String, options: ScanFile.Options = .init(), picture: String? = nil) throws {
    let scan = try ScanFile.open(path, options)
    let cropped = ReadoutCroppedScan(scan)
    let mask = try scan.samplingMask()
    file = path
    layout = scan.layout.rawValue
    (frames, frame) = (scan.frames, scan.frame)
    (slices, coils, matrix) = (scan.slices, scan.coils, [scan.rows, scan.columns])
    readoutOversampling = Double(scan.rows) / Double(cropped.rows)
    image = [cropped.imageSize.rows, cropped.imageSize.columns]
    declaredImage = cropped.declaredMatrix?.size
    acquiredColumns = [scan.acquiredColumns.lowerBound, scan.acquiredColumns.upperBound]
    partialFourier = scan.partialFourier.map(\.text)
    isFullySampled = scan.isFullySampled
    hasStoredMask = scan.storedMask != nil
    (sampledColumns, acceleration) = (mask.sampledCount, mask.acceleration)
    calibrationLines = mask.calibrationColumns.count
    (unit, calibrationRows) = (mask.unit, mask.calibrationRows?.count)

    measuredSlice = scan.slices / 2
    let kspace = try scan.kspace(slice: measuredSlice)
    largestKspace = Double(kspace.magnitudes.values.max() ?? 0)
    kspacePeak = ScanSoundness.peak(of: kspace)
    declaredCentre = [scan.rows / 2, scan.columns / 2]
    padding = [scan.acquiredColumns.lowerBound, scan.columns - scan.acquiredColumns.upperBound]
    warnings = try ScanSoundness.warnings(of: scan, kspace: kspace)
    let slice = cropped.crop.apply(kspace)
    let check = CoilCheck(kspace: slice, mask: mask)
    (coilDetails, coilNoiseMissingBecause) = (check.coils, check.noiseMissingBecause)
    contrast = Contrast(scan.header)
    estimate = try? ReconstructionEstimate(of: cropped, slice: measuredSlice)
    largestImage = Double(
      try ReferenceKind.rss.image(of: kspace, acquired: scan.acquiredColumns).values.max() ?? 0)
    noise =
      mask.rows == nil
      ? Self.noise(in: kspace, columns: mask.columns)
      : (try? NoiseLevel(kspace: kspace, mask: mask)).map { Double($0.pooled) }
    secondSetShare = (try? cropped.samplingMask()).flatMap { mask in
      (try? mapEstimate(
        of: cropped.crop.apply(kspace), mask: mask, measuresSecondSet: true))?.secondSetShare
    }
    facts = Self.facts(of: scan)
    datasets = scan.layout == .bart ? [:] : try HDF5Contents(path: path).datasets
    if let picture {
      try ScanPicture.sheet(
        of: cropped, kspace: slice, slice: measuredSlice, coils: coilDetails, warnings: warnings
      ).writePNG(to: picture)
    }
  }

  /// The robust standard deviation of the real and imaginary parts in the corners of k-space: the
  /// outer eighth of the sampled columns and of the rows on each side.
  ///
  /// 1.4826 times the median absolute value, the factor that makes it σ for normal noise.
  private static func noise(in kspace: ComplexArray, columns mask: [Bool]) -> Double? {
    let rows = kspace.shape[1]
    let sampled = mask.indices.filter { mask[$0] }
    let (edgeRows, edgeColumns) = (max(1, rows / 8), max(1, sampled.count / 8))
    let corners = sampled.prefix(edgeColumns) + sampled.suffix(edgeColumns)
    var parts: [Float] = []
    for coil in 0..<kspace.shape[0] {
      for row in 0..<rows where row < edgeRows || row >= rows - edgeRows {
        for column in corners {
          let value = kspace.values[(coil * rows + row) * mask.count + column]
          parts += [abs(value.real), abs(value.imaginary)]
        }
      }
    }
    let median = Double(percentile(parts, 50))
    return median > 0 ? 1.4826 * median : nil
  }

  private static func facts(of scan: any Scan) -> [String: String] {
    var facts: [String: String] = [:]
    func space(_ space: ScanHeader.Space?) -> String? {
      guard let space else { return nil }
      var text = "\(space.rows) × \(space.columns)"
      if let height = space.rowExtent, let width = space.columnExtent {
        text += String(format: " over %g × %g mm", height, width)
      }
      return text
    }
    facts["encoded space"] = space(scan.header.encoded)
    facts["reconstructed space"] = space(scan.header.reconstructed)
    facts["patient"] = scan.header.patient
    if scan.header.subject != nil {
      facts["patient data"] = "in the header; left out of what is written unless it is asked for"
    }
    if scan.header.encodingCount > 1 {
      facts["encoding used"] = "\(scan.header.encodingIndex + 1) of \(scan.header.encodingCount)"
    }
    return facts.merging(scan.remarks) { own, _ in own }
  }

  /// The noise of each coil, and its signal over that.
  private var coilText: String {
    if let coilNoiseMissingBecause { return "unknown: \(coilNoiseMissingBecause)" }
    return coilDetails.enumerated().map { index, coil in
      guard let noise = coil.noise else { return "\(index): none" }
      return "\(index): \(String(format: "%.2g", noise))"
        + (coil.fault.map { " (\($0.rawValue))" } ?? "")
    }.joined(separator: ", ")
  }

  /// The lines for a reader.
  public var lines: [(name: String, value: String)] {
    var lines: [(name: String, value: String)] = []
    func add(_ name: String, _ value: String) { lines.append((name, value)) }
    add("layout", layout)
    if frames > 1 { add("frames", "\(frames); what follows is of frame \(frame)") }
    add("slices", String(slices))
    add("coils", String(coils))
    add("k-space", "\(matrix[0]) rows (readout) × \(matrix[1]) columns (phase encoding)")
    add(
      "readout oversampling",
      readoutOversampling == 1 ? "none" : String(format: "%gx", readoutOversampling))
    add(
      "image",
      "\(image[0]) × \(image[1])"
        + (declaredImage.map { "; zero-padded to \($0[0]) × \($0[1]) as the header declares" } ?? "")
    )
    let (first, end) = (acquiredColumns[0], acquiredColumns[1])
    let padding = matrix[1] - (end - first)
    add(
      "acquired columns",
      padding == 0 ? "all" : "\(first) to \(end - 1); \(padding) are padding")
    if !partialFourier.isEmpty {
      add("partial Fourier", partialFourier.joined(separator: "; "))
    }
    let kind = isFullySampled ? "full" : String(format: "undersampled %.2fx", acceleration)
    let origin = hasStoredMask ? "the stored mask" : "the \(unit) that are not zero"
    let calibration =
      calibrationRows.map { "\($0) × \(calibrationLines) ACS points" }
      ?? "\(calibrationLines) ACS lines"
    let all = (end - first) * (calibrationRows == nil ? 1 : matrix[0])
    add("sampling", "\(kind): \(sampledColumns) of \(all) \(unit), \(calibration), by \(origin)")
    add(
      "scale",
      String(format: "largest k-space value %.3g, ", largestKspace)
        + String(format: "largest image value %.3g (slice %d)", largestImage, measuredSlice))
    let centre = declaredCentre
    let isOdd =
      ScanSoundness.peakWarning(kspacePeak, rows: matrix[0], columns: matrix[1]) != nil
    add(
      "k-space peak",
      "row \(kspacePeak[0]), column \(kspacePeak[1]), "
        + (isOdd ? "far from the declared centre" : "the declared centre is")
        + " \(centre[0]), \(centre[1])")
    if let noise {
      let ratio = String(format: "%.0f", largestImage / noise)
      add(
        "noise",
        String(format: "at most about %.2g", noise) + " per real part; peak to noise \(ratio)")
    } else {
      add("noise", "none found in the corners of k-space")
    }
    if let secondSetShare, secondSetShare > RunRecord.MapSets.warningShare {
      add(
        "coil maps",
        "one set does not explain the data at \(Int((100 * secondSetShare).rounded(.up))) % of the object "
          + "(slice \(measuredSlice)), as where it is larger than the field of view: recon --maps 2"
      )
    }
    add("coils' noise", coilText)
    if let text = contrast.text { add("contrast", text) }
    if let estimate { lines += estimate.lines }
    for warning in warnings { add("warning", warning) }
    for fact in facts.sorted(by: { $0.key < $1.key }) { add(fact.key, fact.value) }
    for dataset in datasets.sorted(by: { $0.key < $1.key }) {
      add("dataset \(dataset.key)", dataset.value)
    }
    return lines
  }
}
