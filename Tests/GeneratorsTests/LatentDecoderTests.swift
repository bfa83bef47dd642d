import Foundation
import Layers
import TestSupport
import Testing

@testable import Generators

/// Decoders of one latent as PyTorch keeps them, against what it computed of them.
@Suite struct LatentDecoderTests {
  static let architectures = [
    DecoderArchitecture(
      latentSize: 5, startRows: 4, startColumns: 4, widths: [7, 6, 1], hidden: .relu,
      output: .tanh),
    DecoderArchitecture(
      latentSize: 4, denseWidths: [9, 8], startRows: 6, startColumns: 10, widths: [1],
      hidden: .softplus, output: .sigmoid),
    DecoderArchitecture(
      latentSize: 6, denseWidths: [10], startRows: 3, startColumns: 2, widths: [5, 17, 1],
      hidden: .leaky, output: .none),
  ]

  private static func path(_ number: Int) -> String {
    fixturePath("decoder-\(number).safetensors")
  }

  private func difference(_ found: some Sequence<Float>, _ expected: [Float]) -> Float {
    let found = Array(found)
    guard found.count == expected.count, !found.isEmpty else { return .infinity }
    return largestDifference(found, expected) / expected.reduce(1e-6) { max($0, abs($1)) }
  }

  @Test(arguments: 1...3)
  func imagesAndGradientsAreThoseOfPyTorch(number: Int) throws {
    let imported = try ImportedDecoder(contentsOf: Self.path(number))
    let weights = imported.weights
    #expect(weights.architecture == Self.architectures[number - 1])
    #expect(imported.foldedNormalizations == [2, 0, 2][number - 1])
    let values = try TensorFile(contentsOf: fixturePath("decoder-\(number)-values.safetensors"))
    func expected(_ name: String) -> [Float] { values.tensors[name]?.values ?? [] }
    let decoder = weights.decoder
    let pass = decoder.forward(expected("z"))
    #expect(pass.output.rows == weights.architecture.rows)
    #expect(difference(pass.output.values, expected("image")) < 1e-5)
    let wave = Features(
      rows: pass.output.rows, columns: pass.output.columns, channels: 1,
      values: wave(pass.output.values.count, seed: 92))
    #expect(difference(decoder.backward(wave, pass: pass), expected("z.gradient")) < 1e-4)
  }

  /// The gradient along itself against differences, where no rectifier has a kink.
  @Test func derivativesAreThoseOfDifferences() throws {
    let decoder = try ImportedDecoder(contentsOf: Self.path(2)).weights.decoder
    let (point, weights) = (wave(4, seed: 3), wave(60, seed: 92))
    func loss(_ point: [Float]) -> Double {
      zip(decoder.forward(point).output.values, weights).reduce(0.0) {
        $0 + Double($1.0) * Double($1.1)
      }
    }
    let gradient = decoder.backward(
      Features(rows: 6, columns: 10, channels: 1, values: weights), pass: decoder.forward(point))
    let size = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    func moved(_ step: Double) -> Double {
      loss(zip(point, gradient).map { $0 + Float(step * Double($1) / size) })
    }
    let differences = (moved(1e-2) - moved(-1e-2)) / 2e-2
    #expect(size > 1e-3 && abs(size - differences) < 2e-3 * size, "\(size), \(differences)")
  }

  @Test(arguments: [false, true]) func filesAreWrittenAndReadAgain(half: Bool) throws {
    let folder = try TemporaryFolder()
    let imported = try ImportedDecoder(contentsOf: Self.path(3)).weights
    let path = folder.file("own.safetensors")
    try imported.write(to: path, half: half)
    let read = try DecoderWeights(contentsOf: path)
    #expect(read.architecture == imported.architecture)
    #expect(
      read.parameters
        == (half ? imported.parameters.map { Float(Float16($0)) } : imported.parameters))
    #expect(DecoderWeights.isStated(in: path) && !StyleGANWeights.isStated(in: path))
    var large = imported
    large.parameters[0] = 1e6
    #expect {
      try large.write(to: path, half: true)
    } throws: {
      "\($0)".contains("too large for half precision")
    }
    #expect(try DecoderWeights(contentsOf: path).parameters == read.parameters)
  }

  @Test func whatIsDrawnForBlackAndWhiteIsRead() throws {
    let weights = try ImportedDecoder(contentsOf: Self.path(2)).weights
    #expect(weights.imageRange == (0, 0.5))
    #expect(try ImportedDecoder(contentsOf: Self.path(1)).weights.imageRange == (-1, 1))
  }

  /// What a file is changed to be, and the words of its refusal.
  struct Fault: Sendable, CustomTestStringConvertible {
    let words: String
    var number = 1
    let change: @Sendable (inout TensorFile) -> Void
    var testDescription: String { words }
  }

  static func tensor(_ shape: [Int]) -> TensorFile.Tensor {
    TensorFile.Tensor(
      shape: shape, values: [Float](repeating: 0.1, count: shape.reduce(1, *)))
  }

  static let faults: [Fault] = [
    Fault(words: "tensor main.1.running_mean is missing") {
      $0.tensors["main.1.running_mean"] = nil
    },
    Fault(words: "tensor main.3.weight is missing") {
      $0.tensors["main.3.weight"] = nil
      $0.tensors["main.3.bias"] = tensor([6])
    },
    Fault(words: "tensor main.8.alpha does not belong") {
      $0.tensors["main.8.alpha"] = tensor([1])
    },
    Fault(words: "tensor encoder.weight does not belong") {
      $0.tensors["encoder.weight"] = tensor([1])
    },
    Fault(words: "tensor main.6.weight is [6, 1, 3, 3]") {
      $0.tensors["main.6.weight"] = tensor([6, 1, 3, 3])
    },
    Fault(words: "main.6.weight reads 5 channels, and main.3 gives 6") {
      $0.tensors["main.6.weight"] = tensor([5, 1, 4, 4])
    },
    Fault(words: "its last layer gives 3 channels, not 1") {
      $0.tensors["main.6.weight"] = tensor([6, 3, 4, 4])
    },
    Fault(words: "main.8 is a Linear layer behind a ConvTranspose2d") {
      $0.tensors["main.8.weight"] = tensor([4, 256])
    },
    Fault(words: "main.4.running_var has 5 values for the 6 channels of main.3") {
      $0.tensors["main.4.running_var"] = tensor([5])
    },
    Fault(words: "main.4.running_var holds negative values") {
      $0.tensors["main.4.running_var"]?.values[2] = -1
    },
    Fault(words: "tensor main.3.weight holds values that are not finite") {
      $0.tensors["main.3.weight"]?.values[5] = .nan
    },
    Fault(words: "activation 'swish', which is none of none, relu") {
      $0.metadata["activation"] = "swish"
    },
    Fault(words: "image_range '1,0'") { $0.metadata["image_range"] = "1,0" },
    Fault(words: "batch_norm_epsilon '0'") { $0.metadata["batch_norm_epsilon"] = "0" },
    Fault(words: "image_shape '6,11'", number: 2) { $0.metadata["image_shape"] = "6,11" },
    Fault(words: "are no squares, and it states no image_shape", number: 2) {
      $0.metadata["image_shape"] = nil
    },
    Fault(words: "image_shape '13,8'", number: 3) { $0.metadata["image_shape"] = "13,8" },
  ]

  @Test(arguments: faults) func foreignNetworksAreRefusedByName(_ fault: Fault) throws {
    let folder = try TemporaryFolder()
    var file = try TensorFile(contentsOf: Self.path(fault.number))
    if fault.number == 2 {
      file.tensors = Dictionary(
        uniqueKeysWithValues: file.tensors.map { (String($0.key.dropFirst(7)), $0.value) })
    }
    fault.change(&file)
    let path = folder.file("a.safetensors")
    try file.write(to: path, names: Array(file.tensors.keys), precision: .single)
    #expect(try ImportedDecoder.isOne(path))
    #expect {
      try ImportedDecoder(contentsOf: path)
    } throws: {
      "\($0)".contains(fault.words)
    }
  }

  @Test func otherNetworksAreNoDecoders() throws {
    for name in ["stylegan2-1", "stylegan2-3", "ladder-1"] {
      #expect(try !ImportedDecoder.isOne(fixturePath(name + ".safetensors")))
    }
  }
}
