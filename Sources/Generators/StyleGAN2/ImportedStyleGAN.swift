import Arrays
import Foundation

/// A StyleGAN2 generator from a safetensors export of one of the public implementations.
///
/// The state of a generator of NVlabs/stylegan2-ada-pytorch (`synthesis.b4.const`, …), or of
/// rosinality/stylegan2-pytorch (`to_rgb1.conv.weight`, …) with its `latent_avg`. The names may share a prefix.
/// What is not in a state may be stated by metadata: `conv_clamp` (default: none) and
/// `mapping_lr_multiplier` (default: 0.01).
public struct ImportedStyleGAN: Sendable {
  /// The weights, with the file's metadata as notes.
  public let weights: StyleGANWeights
  /// Whose names the file has.
  public let implementation: String
  /// Whether the mean style had to be drawn, for the file has none.
  public let drawsMean: Bool

  /// How many styles a mean is made of that the file lacks, and their seed (NVlabs' projector.py: 10,000
  /// of seed 123).
  private static let draws = (count: 10_000, seed: UInt64(123))

  /// Whether a file looks like one of them.
  public static func isOne(_ path: String) throws -> Bool {
    StyleGANNames(try TensorFile(contentsOf: path).tensors) != nil
  }

  /// Reads and checks a file; throws `WeightsError` that names the tensor that is missing, foreign, of
  /// another shape or not finite.
  public init(contentsOf path: String) throws {
    let file = try TensorFile(contentsOf: path)
    guard let names = StyleGANNames(file.tensors) else {
      throw WeightsError(
        file: path,
        problem:
          "it holds neither synthesis.b4.const (NVlabs) nor to_rgb1.conv.weight (rosinality), so it is "
          + "no StyleGAN2 known here",
        cure: "export the state of the generator, as protocols/training/pytorch/README.md says")
    }
    func number(_ key: String) throws(WeightsError) -> Float? {
      guard let text = file.metadata[key], text.lowercased() != "none" else { return nil }
      guard let value = Float(text), value > 0, value.isFinite else {
        throw WeightsError(
          file: path, problem: "its metadata state \(key) '\(text)', which is no positive number",
          cure: "state a number, or leave it out")
      }
      return value
    }
    var source = StyleGANSource(
      tensors: names.tensors, path: path,
      mappingRate: try number("mapping_lr_multiplier") ?? 0.01)
    var (architecture, tensors) = try names.isNVlabs ? source.nvlabs() : source.rosinality()
    architecture.clamp = try number("conv_clamp")
    if let foreign = source.unused.min() {
      throw WeightsError(
        file: path, problem: "tensor \(foreign) does not belong to a StyleGAN2 known here",
        cure: "export the state of an unconditional generator and nothing else")
    }
    drawsMean = tensors["mapping.mean"] == nil
    if drawsMean {
      tensors["mapping.mean"] = TensorFile.Tensor(
        shape: [architecture.styleSize],
        values: [Float](repeating: 0, count: architecture.styleSize))
    }
    var notes = file.metadata.filter { !["architecture", "format"].contains($0.key) }
    implementation =
      names.isNVlabs ? "NVlabs/stylegan2-ada-pytorch" : "rosinality/stylegan2-pytorch"
    notes["implementation"] = implementation
    var weights = try StyleGANWeights(
      tensors, architecture: architecture, notes: notes, path: path,
      cure: "export the whole state of the generator")
    if drawsMean {
      let mean = Self.meanStyle(weights.generator)
      weights.parameters.replaceSubrange(
        StyleGANSlots(architecture).mean.range, with: mean)
    }
    self.weights = weights
  }

  private static func meanStyle(_ generator: StyleGANGenerator) -> [Float] {
    let sizes = generator.architecture
    var random = RandomStream(seed: draws.seed)
    var sum = [Double](repeating: 0, count: sizes.styleSize)
    for _ in 0..<draws.count {
      let style = generator.mapping.forward((0..<sizes.latentSize).map { _ in random.normal() })
      for (index, value) in style.style.enumerated() { sum[index] += Double(value) }
    }
    return sum.map { Float($0 / Double(draws.count)) }
  }
}

/// The names of a file without the prefix that they share.
private struct StyleGANNames {
  let tensors: [String: TensorFile.Tensor]
  let isNVlabs: Bool

  /// Nil if neither implementation's mark is there.
  init?(_ all: [String: TensorFile.Tensor]) {
    let marks = [("synthesis.b4.const", true), ("to_rgb1.conv.weight", false)]
    for (mark, isNVlabs) in marks {
      guard let name = all.keys.filter({ $0 == mark || $0.hasSuffix("." + mark) }).min() else {
        continue
      }
      let prefix = name.dropLast(mark.count)
      self.isNVlabs = isNVlabs
      tensors = Dictionary(
        all.map {
          ($0.key.hasPrefix(prefix) ? String($0.key.dropFirst(prefix.count)) : $0.key, $0.value)
        }, uniquingKeysWith: { first, _ in first })
      return
    }
    return nil
  }
}
