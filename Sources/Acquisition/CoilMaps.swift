public import Arrays
import Numerics

/// The complex receive sensitivities of the coils, one set.
public struct CoilMaps: Sendable, Equatable {
  /// `[coils, rows, columns]`: at every pixel of unit length over the coils, or zero.
  public var sensitivities: ComplexArray
  /// `[rows, columns]`: how well one set of maps explains the data, near 1 in the object and less
  /// where there is no signal.
  public var eigenvalues: RealArray

  /// Wraps maps `[coils, rows, columns]` and eigenvalues `[rows, columns]`.
  public init(sensitivities: ComplexArray, eigenvalues: RealArray) {
    guard
      sensitivities.shape.count == 3, Array(sensitivities.shape.dropFirst()) == eigenvalues.shape
    else {
      shapeError(
        "coil maps \(sensitivities.shape) do not fit eigenvalues \(eigenvalues.shape)")
    }
    self.sensitivities = sensitivities
    self.eigenvalues = eigenvalues
  }

  /// The number of coils.
  public var coils: Int { sensitivities.shape[0] }
  /// The number of rows (readout).
  public var rows: Int { sensitivities.shape[1] }
  /// The number of columns (phase encode).
  public var columns: Int { sensitivities.shape[2] }

  /// The maps with every pixel set to zero whose eigenvalue is at most `threshold`.
  public func cropped(below threshold: Float) -> CoilMaps {
    var result = self
    let pixels = rows * columns
    for pixel in 0..<pixels where eigenvalues.values[pixel] <= threshold {
      for coil in 0..<coils { result.sensitivities.values[coil * pixels + pixel] = .zero }
    }
    return result
  }

  /// The maps with `phase` `[rows, columns]` multiplied in.
  ///
  /// Folding the smooth phase of the image into the maps leaves a nearly real image to be found.
  public func multiplied(byPhase phase: ComplexArray) -> CoilMaps {
    guard phase.shape == [rows, columns] else {
      shapeError("coil maps \(sensitivities.shape) got a phase \(phase.shape)")
    }
    var result = self
    let pixels = rows * columns
    for coil in 0..<coils {
      for pixel in 0..<pixels {
        result.sensitivities.values[coil * pixels + pixel] *= phase.values[pixel]
      }
    }
    return result
  }
}
