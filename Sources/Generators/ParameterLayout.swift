import Layers

/// Where every weight of a network lies in its one flat vector of parameters.
///
/// One vector makes optimiser, averaging, clipping and checkpoints one loop each.
public struct ParameterLayout: Sendable {
  /// A named tensor of the vector.
  public struct Entry: Sendable {
    public let name: String
    public let shape: [Int]
    public let offset: Int
    public var count: Int { shape.reduce(1, *) }
    public var range: Range<Int> { offset..<offset + count }
  }

  public private(set) var entries: [Entry] = []
  /// The length of the vector.
  public private(set) var count = 0
  /// The convolutions, in the order in which they were added.
  private(set) var convolutions: [ConvolutionSlot] = []

  mutating func add(_ name: String, shape: [Int]) -> Entry {
    let entry = Entry(name: name, shape: shape, offset: count)
    entries.append(entry)
    count += entry.count
    return entry
  }

  mutating func addConvolution(_ name: String, _ shape: ConvolutionShape) -> ConvolutionSlot {
    let weights = add(
      name + ".weight", shape: [shape.outputs, shape.inputs, shape.kernel, shape.kernel])
    let bias = add(name + ".bias", shape: [shape.outputs])
    let slot = ConvolutionSlot(shape: shape, weights: weights.range, bias: bias.range)
    convolutions.append(slot)
    return slot
  }
}

/// The place of a convolution's weights and bias in the flat vector.
struct ConvolutionSlot: Sendable {
  let shape: ConvolutionShape
  let weights: Range<Int>
  let bias: Range<Int>
}
