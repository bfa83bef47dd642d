import Foundation
import Layers

/// How far the layers of a network are from what another program computed with the same weights.
public struct LayerCheck: Sendable {
  /// The differences of one layer.
  public struct Layer: Sendable {
    public let name: String
    /// The largest difference of what the layer reads, over the largest value; 0 for the root.
    public let input: Double
    /// The same of what it gives.
    public let output: Double
    /// The norm of the difference of the gradient with respect to what it gives, over the norm.
    public let gradient: Double
    /// The same of the gradient with respect to its parameters, the larger one of weights and bias.
    public let parameters: Double

    /// Whether all are within the tolerances.
    public var agrees: Bool {
      input <= LayerCheck.valueTolerance && output <= LayerCheck.valueTolerance
        && gradient <= LayerCheck.gradientTolerance && parameters <= LayerCheck.gradientTolerance
    }
  }

  /// The difference of values that rounding explains.
  public static let valueTolerance = 1e-4
  /// That of gradients, which jump where rounding moves a feature over the kink of a rectifier: in the
  /// shipped network one such jump makes 2.5e-2 of a layer's norm.
  public static let gradientTolerance = 5e-2
  /// The layout of a file of values.
  static let format = "mri-ilo ladder values 1"

  /// The program that computed the values, with its version.
  public let program: String
  /// In the order of the weights file's layout.
  public let layers: [Layer]

  /// Compares `network` with the values in a safetensors file (`layer_values` of
  /// `protocols/training/pytorch/ladder.py`).
  ///
  /// Throws `WeightsError` if the file is damaged or holds the values of another network.
  public init(_ network: LadderNetwork, valuesFile path: String) throws {
    let file = try TensorFile(contentsOf: path)
    let example = try Example(file, architecture: network.architecture, path: path)
    let ours = network.layerValues(
      example.images, from: example.inputs, noise: example.noise, settings: example.settings,
      divergenceWeight: example.divergenceWeight)
    for (name, tensor) in ours.sorted(by: { $0.key < $1.key })
    where file.tensors[name]?.shape != tensor.shape {
      throw WeightsError(
        file: path,
        problem: "the values \(name) should be \(tensor.shape), and are "
          + (file.tensors[name].map { "\($0.shape)" } ?? "missing"),
        cure: "export weights and values of one network together")
    }
    func compared(_ name: String, _ measure: ([Float], [Float]) -> Double) -> Double {
      guard let a = ours[name]?.values, let b = file.tensors[name]?.values else { return 0 }
      return measure(a, b)
    }
    program = file.metadata["program"] ?? "an unnamed program"
    layers = network.layout.entries.compactMap { entry in
      guard !entry.name.hasSuffix(".bias") else { return nil }
      let isRoot = !entry.name.hasSuffix(".weight")
      let name = isRoot ? entry.name : String(entry.name.dropLast(".weight".count))
      return Layer(
        name: name, input: compared(name + ".input", Self.largest),
        output: compared(name + ".output", Self.largest),
        gradient: compared(name + ".output.gradient", Self.norm),
        parameters: Self.maximum(
          compared(entry.name + ".gradient", Self.norm),
          compared(name + ".bias.gradient", Self.norm)))
    }
  }

  /// The largest difference over the largest of `b`.
  private static func largest(_ a: [Float], _ b: [Float]) -> Double {
    let difference = zip(a, b).reduce(0.0) { maximum($0, Double($1.0) - Double($1.1)) }
    return ratio(difference, b.reduce(0.0) { maximum($0, Double($1)) })
  }

  private static func norm(_ a: [Float], _ b: [Float]) -> Double {
    let squares = zip(a, b).reduce(into: (0.0, 0.0)) { sums, pair in
      let (x, y) = (Double(pair.0), Double(pair.1))
      sums.0 += (x - y) * (x - y)
      sums.1 += y * y
    }
    return ratio(squares.0.squareRoot(), squares.1.squareRoot())
  }

  /// The larger magnitude; not a number if one is none.
  private static func maximum(_ a: Double, _ b: Double) -> Double {
    a.isNaN || b.isNaN ? .nan : max(a, abs(b))
  }

  private static func ratio(_ difference: Double, _ size: Double) -> Double {
    difference == 0 ? 0 : difference / size
  }
}

extension LayerCheck {
  /// What a file of values was computed from.
  private struct Example {
    let images: Features
    let inputs: Features
    let noise: [Features]
    let settings: LadderNetwork.LossSettings
    let divergenceWeight: Float

    init(_ file: TensorFile, architecture: LadderArchitecture, path: String) throws(WeightsError) {
      func refused(_ problem: String) -> WeightsError {
        WeightsError(
          file: path, problem: problem, cure: "write it with protocols/training/pytorch/export.py")
      }
      guard file.metadata["format"] == LayerCheck.format else {
        throw refused("it does not hold the values of a network's layers")
      }
      func number(_ name: String) throws(WeightsError) -> Float {
        guard let value = file.metadata[name].flatMap({ Float($0) }), value.isFinite, value >= 0
        else { throw refused("its metadata state no \(name)") }
        return value
      }
      func tensor(_ name: String, _ shape: [Int]) throws(WeightsError) -> Features {
        guard let tensor = file.tensors[name], tensor.shape == shape else {
          throw refused(
            "the values \(name) should be \(shape), and are "
              + (file.tensors[name].map { "\($0.shape)" } ?? "missing"))
        }
        guard tensor.values.allSatisfy(\.isFinite) else {
          throw refused("the values \(name) are not finite")
        }
        return Features(channelsFirst: tensor)
      }
      let shape = file.tensors["images"]?.shape ?? []
      let factor = architecture.coarsestFactor
      guard shape.count == 4, shape[0] > 0, shape[2] > 0, shape[3] > 0,
        shape[2] % factor == 0, shape[3] % factor == 0
      else {
        throw refused(
          "its 'images' are \(shape), not a batch with sides that \(factor) divides")
      }
      images = try tensor("images", [shape[0], architecture.imageChannels, shape[2], shape[3]])
      inputs = try tensor("inputs", [shape[0], architecture.encoderChannels, shape[2], shape[3]])
      var noise: [Features] = []
      for level in 0..<architecture.levels {
        let s = architecture.deviationShape(level: level, rows: shape[2], columns: shape[3])
        noise.append(try tensor("noise.\(level)", [shape[0], s[2], s[0], s[1]]))
      }
      self.noise = noise
      let free = (file.metadata["free_nats"] ?? "").split(separator: ",")
      settings = LadderNetwork.LossSettings(
        imageScale: try number("image_scale"), freeNats: free.compactMap { Float($0) })
      divergenceWeight = try number("divergence_weight")
    }
  }
}
