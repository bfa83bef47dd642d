/// Where a run is.
public struct RunProgress: Sendable {
  /// The number of the slice in the file, from 0.
  public var slice: Int
  /// Its place among the slices of the run, from 0.
  public var position: Int
  /// The number of slices of the run.
  public var slices: Int
  /// The method at work; nil before the methods.
  public var method: String?
  /// Whether the references are being made, before any slice is reconstructed.
  public var isReference = false
  /// What is going on.
  public var stage = ""
  /// Work done in this method and slice, as a share of 1.
  public var fraction = 0.0
  /// The measurements' misfit relative to their norm, once the method knows it.
  public var misfit: Double?
  /// Whether the method has just finished with the slice.
  public var isMethodDone = false

  init(slice: Int, position: Int, slices: Int) {
    self.slice = slice
    self.position = position
    self.slices = slices
  }
}
