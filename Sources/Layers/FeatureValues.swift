/// An array of floats in a block of `FeatureMemory`: a value that is copied on the first change.
///
/// It starts on a cache line (64 bytes).
public struct FeatureValues: Sendable {
  private var block: FeatureBlock

  /// `count` floats that `fill` writes, every one of them.
  public init(count: Int, filledBy fill: (UnsafeMutablePointer<Float>) -> Void) {
    block = FeatureBlock(count: count)
    fill(block.base)
  }

  /// The values of a sequence.
  public init(_ values: some Collection<Float>) {
    self.init(count: values.count) { out in
      _ = UnsafeMutableBufferPointer(start: out, count: values.count).initialize(from: values)
    }
  }

  /// `count` times the same value.
  public init(repeating value: Float, count: Int) {
    self.init(count: count) { $0.initialize(repeating: value, count: count) }
  }

  /// Calls `body` with the values.
  public func withUnsafeBufferPointer<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(block) {
      try body(UnsafeBufferPointer(start: block.base, count: block.count))
    }
  }

  /// Calls `body` with the values to change.
  public mutating func withUnsafeMutableBufferPointer<Result>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    makeUnique()
    return try withExtendedLifetime(block) {
      try body(UnsafeMutableBufferPointer(start: block.base, count: block.count))
    }
  }

  private mutating func makeUnique() {
    if isKnownUniquelyReferenced(&block) { return }
    let shared = block
    block = FeatureBlock(count: shared.count)
    block.base.update(from: shared.base, count: shared.count)
  }
}

extension FeatureValues: RandomAccessCollection, MutableCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { block.count }

  public subscript(index: Int) -> Float {
    get {
      precondition(index >= 0 && index < block.count)
      return block.base[index]
    }
    set {
      precondition(index >= 0 && index < block.count)
      makeUnique()
      block.base[index] = newValue
    }
  }

  public func withContiguousStorageIfAvailable<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result? {
    try withUnsafeBufferPointer(body)
  }
}

extension FeatureValues: Equatable {
  public static func == (a: FeatureValues, b: FeatureValues) -> Bool { a.elementsEqual(b) }

  public static func == (a: FeatureValues, b: [Float]) -> Bool { a.elementsEqual(b) }
}

/// Calls `body` with the storage of the values, or with nil.
func withOptionalPointer<Result>(
  _ values: FeatureValues?, _ body: (UnsafePointer<Float>?) -> Result
) -> Result {
  guard let values else { return body(nil) }
  return values.withUnsafeBufferPointer { body($0.baseAddress) }
}
