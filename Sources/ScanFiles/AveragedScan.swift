import Acquisition
public import Arrays
import Foundation
import Numerics

/// Repetitions of one scan that lie in files of their own, as one scan: the mean of their k-space.
///
/// Sizes, sampling and place must be alike. What the files store as reference is of one repetition each and
/// none of the mean, so there is no stored reference.
public struct AveragedScan: DerivedScan {
  /// The repetitions, the first of which gives everything but the data.
  public let scans: [any Scan]
  /// How much the middle of each further repetition's k-space is like the first's: the real part of their
  /// correlation, 1 for the same up to a positive factor; less where the head moved or the phase drifted.
  public let correlations: [Double]

  /// The mean of `scans`, two or more.
  ///
  /// Throws `ScanFileError` naming the first that is no repetition of the first one, or cannot be read.
  init(_ scans: [any Scan]) throws(ScanFileError) {
    self.scans = scans
    let first = scans[0]
    func path(_ scan: any Scan) -> String {
      URL(fileURLWithPath: scan.file).resolvingSymlinksInPath().path
    }
    var known: Set<String> = []
    for scan in scans {
      func refuse(_ what: String) -> ScanFileError {
        ScanFileError(
          file: scan.file,
          problem: .unsupported(
            what, cure: "average repetitions of one measurement only, each of them once"))
      }
      guard known.insert(path(scan)).inserted else { throw refuse("is to be averaged twice") }
      let (size, other) = (Self.size(first), Self.size(scan))
      guard size == other else {
        throw refuse(
          "has slices, coils, rows and columns \(other) and so is no repetition of \(first.file), "
            + "which has \(size)")
      }
      guard first.sampledColumns == scan.sampledColumns,
        first.sampledPoints == scan.sampledPoints, first.acquiredColumns == scan.acquiredColumns
      else { throw refuse("is not sampled like \(first.file)") }
      guard first.header.encoded == scan.header.encoded,
        first.header.reconstructed == scan.header.reconstructed,
        (0..<first.slices).allSatisfy({ first.plane(slice: $0) == scan.plane(slice: $0) })
      else { throw refuse("has another field of view than \(first.file)") }
    }
    let middle = try Self.centre(first)
    var correlations: [Double] = []
    for scan in scans.dropFirst() {
      correlations.append(Self.correlation(middle, try Self.centre(scan)))
    }
    self.correlations = correlations
  }

  public var source: any Scan { scans[0] }

  /// Nil: what a file stores is the image of its repetition alone.
  public func reference(slice: Int) -> RealArray? { nil }

  public func kspace(slice: Int) throws(ScanFileError) -> ComplexArray {
    var sum = try scans[0].kspace(slice: slice)
    for scan in scans.dropFirst() {
      let other = try scan.kspace(slice: slice)
      for index in sum.values.indices { sum.values[index] += other.values[index] }
    }
    let weight = 1 / Float(scans.count)
    for index in sum.values.indices { sum.values[index] = sum.values[index].multiplied(by: weight) }
    return sum
  }

  public var remarks: [String: String] {
    let figures = correlations.map { String(format: "%.3f", $0) }.joined(separator: ", ")
    return scans[0].remarks.merging([
      "repetitions":
        "mean of \(scans.count) files; correlation with the first in the middle of k-space \(figures)"
    ]) { $1 }
  }

  private static func size(_ scan: any Scan) -> [Int] {
    [scan.slices, scan.coils, scan.rows, scan.columns]
  }

  /// The middle quarter of rows and columns of the middle slice, where there is most signal.
  private static func centre(_ scan: any Scan) throws(ScanFileError) -> [Complex<Float>] {
    let kspace = try scan.kspace(slice: scan.slices / 2)
    func middle(_ count: Int) -> Range<Int> {
      let half = max(1, count / 8)
      return max(0, count / 2 - half)..<min(count, count / 2 + half)
    }
    var values: [Complex<Float>] = []
    for coil in 0..<scan.coils {
      for row in middle(scan.rows) {
        let start = (coil * scan.rows + row) * scan.columns
        for column in middle(scan.columns) { values.append(kspace.values[start + column]) }
      }
    }
    return values
  }

  private static func correlation(_ a: [Complex<Float>], _ b: [Complex<Float>]) -> Double {
    var (product, first, second) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      product += Double(x.real) * Double(y.real) + Double(x.imaginary) * Double(y.imaginary)
      first += Double(x.real) * Double(x.real) + Double(x.imaginary) * Double(x.imaginary)
      second += Double(y.real) * Double(y.real) + Double(y.imaginary) * Double(y.imaginary)
    }
    let norm = (first * second).squareRoot()
    return norm > 0 ? product / norm : 0
  }
}

extension Scan {
  /// The mean of repetitions that it is, or is made of; nil for a scan of one file.
  public var averaged: AveragedScan? {
    (self as? AveragedScan) ?? (self as? any DerivedScan)?.source.averaged
  }
}
