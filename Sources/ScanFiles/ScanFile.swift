/// The opening of a scan file of any layout, told by what is in the file.
public enum ScanFile {
  /// What the reader may choose.
  public struct Options: Equatable, Sendable {
    /// Which of several volumes (contrasts, phases, repetitions, echoes) to read, from 0.
    public var frame: Int
    /// Whether to make the coils' noise independent and of unit power by the file's noise scans.
    public var whitens: Bool
    /// Further repetitions of the scan, files whose k-space is averaged with its own.
    public var averages: [String]

    /// The first volume, as it was measured.
    public init(frame: Int = 0, whitens: Bool = false, averages: [String] = []) {
      self.frame = frame
      self.whitens = whitens
      self.averages = averages
    }
  }

  /// Opens the scan at `path`; for a BART array that is either of its files or their common stem.
  ///
  /// Throws `ScanFileError` if it is none of the layouts, damaged, or cannot do what `options` ask.
  public static func open(
    _ path: String, _ options: Options = Options()
  ) throws(ScanFileError) -> any Scan {
    if !options.averages.isEmpty { return try averaged(path, options) }
    let scan = try layout(path, options)
    guard options.frame >= 0, options.frame < scan.frames else {
      throw ScanFileError(
        file: path, problem: .noSuchFrame(options.frame, frames: scan.frames))
    }
    let isDone = !options.whitens || (scan as? ISMRMRDScan)?.isPrewhitened == true
    return isDone ? scan : try PrewhitenedScan(scan)
  }

  /// The mean of repetitions.
  ///
  /// Where no noise scan prewhitens them, the mean is prewhitened and not each of them: what the corners of
  /// their images tell of the noise differs from one to the next, and so would the coils.
  private static func averaged(
    _ path: String, _ options: Options
  ) throws(ScanFileError) -> any Scan {
    var own = options
    own.averages = []
    let raw = options.whitens ? try layout(path, own) as? ISMRMRDScan : nil
    let hasNoiseScan = raw?.isPrewhitened == true
    own.whitens = hasNoiseScan
    var scans: [any Scan] = []
    for file in [path] + options.averages {
      let scan = try open(file, own)
      guard !hasNoiseScan || (scan as? ISMRMRDScan)?.isPrewhitened == true else {
        throw ScanFileError(
          file: file,
          problem: .unsupported(
            "holds no noise scan, as \(path) does",
            cure: "leave out --whiten, or average files with noise scans alone"))
      }
      scans.append(scan)
    }
    let mean = try AveragedScan(scans)
    return options.whitens && !hasNoiseScan ? try PrewhitenedScan(mean) : mean
  }

  /// Whether an HDF5 file or BART array holds what some layout calls k-space or raw data.
  ///
  /// It may still be damaged. False if it cannot be opened.
  public static func isScan(_ path: String) -> Bool {
    do {
      if try BARTArray(path: path) != nil { return true }
      let file = try HDF5File(reading: path)
      return try file.contains("kspace") || ISMRMRDScan.group(in: file) != nil
        || ArrayLayout.of(file) != nil
    } catch {
      return false
    }
  }

  private static func layout(
    _ path: String, _ options: Options
  ) throws(ScanFileError) -> any Scan {
    if let array = try BARTArray(path: path) {
      return try BARTScan(array, frame: options.frame)
    }
    let file = try HDF5File(reading: path)
    if let group = ISMRMRDScan.group(in: file) {
      return try ISMRMRDScan(file, group: group, options)
    }
    if let scan = try ArrayScan(file, frame: options.frame) { return scan }
    return try FastMRIScan(path: path)
  }
}
