import Foundation
import Layers
import TestSupport
import Testing

@testable import Generators

/// StyleGAN2 generators as two public implementations export them, against what PyTorch computed of them.
@Suite struct StyleGANTests {
  static let architectures = [
    StyleGANArchitecture(
      constantColumns: 6, widths: [12, 10, 6], latentSize: 7, styleSize: 9, mappingWidths: [11, 8],
      imageChannels: 1, output: .skip),
    StyleGANArchitecture(
      widths: [9, 7, 16], latentSize: 8, styleSize: 8, mappingWidths: [8], imageChannels: 2,
      output: .residual, clamp: 1.5),
    StyleGANArchitecture(
      widths: [16, 8], latentSize: 10, styleSize: 10, mappingWidths: [10, 10], imageChannels: 3,
      output: .skip),
  ]

  private static func path(_ number: Int) -> String {
    fixturePath("stylegan2-\(number).safetensors")
  }

  /// What PyTorch computed, by name.
  private struct Expected {
    let file: TensorFile

    init(_ number: Int) throws {
      file = try TensorFile(contentsOf: fixturePath("stylegan2-\(number)-values.safetensors"))
    }

    subscript(_ name: String) -> [Float] { file.tensors[name]?.values ?? [] }

    func list(_ name: String) -> [[Float]] {
      (0..<file.tensors.count).compactMap { file.tensors["\(name)\($0)"]?.values }
    }

    func features(_ name: String) -> Features? {
      file.tensors[name].map {
        Features(
          rows: $0.shape[0], columns: $0.shape[1], channels: $0.shape[2], values: $0.values)
      }
    }
  }

  /// The largest difference over the largest expected value; infinite where counts differ.
  private func difference(_ found: some Sequence<Float>, _ expected: [Float]) -> Float {
    let found = Array(found)
    guard found.count == expected.count, !found.isEmpty else { return .infinity }
    let largest = expected.reduce(Float(1e-6)) { max($0, abs($1)) }
    return zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / largest
  }

  private func difference(_ found: [Double], _ expected: [Float]) -> Float {
    difference(found.map { Float($0) }, expected)
  }

  private func values(_ features: Features) -> [Float] {
    features.values.withUnsafeBufferPointer { Array($0) }
  }

  @Test(arguments: 1...3)
  func imagesAndGradientsAreThoseOfPyTorch(number: Int) throws {
    let weights = try ImportedStyleGAN(contentsOf: Self.path(number)).weights
    #expect(weights.architecture == Self.architectures[number - 1])
    let (generator, expected) = (weights.generator, try Expected(number))

    let mapped = generator.mapping.forward(expected["z"])
    #expect(difference(mapped.style, expected["w"]) < 1e-5)
    let all = ParameterGradient(count: weights.parameters.count)
    let wave = wave(mapped.style.count, seed: 91).map { Double($0) }
    let latent = generator.mapping.backward(wave, pass: mapped, parameterGradient: all)
    #expect(difference(latent, expected["z.gradient"]) < 1e-4)
    var compared = compare(all, generator, expected) { $0.hasPrefix("mapping.layer") }

    let (styles, noises) = (expected.list("style"), expected.list("noise"))
    let pass = generator.forward(styles: styles, noises: noises)
    #expect(difference(values(pass.output), expected["image"]) < 1e-5)
    for (level, step) in pass.steps.enumerated() {
      #expect(difference(values(step.features), expected["level\(level).features"]) < 1e-5)
    }
    let gradient = try #require(expected.features("image.gradient"))
    let back = generator.backward(gradient, pass: pass, parameterGradient: all)
    for index in styles.indices {
      #expect(difference(back.styles[index], expected["style\(index).gradient"]) < 1e-4)
    }
    for index in noises.indices {
      #expect(difference(back.noises[index], expected["noise\(index).gradient"]) < 1e-4)
    }
    compared += compare(all, generator, expected) { !$0.hasPrefix("mapping") }
    // All but the noise constants and the mean style, which no image depends on.
    #expect(compared == generator.layout.entries.count - noises.count - 1)

    let features = try #require(expected.features("cut.features"))
    let cut = StyleGANGenerator.Cut(
      features: features, image: expected.features("cut.image"), level: 1)
    let rest = generator.forward(styles: styles, noises: noises, from: cut)
    #expect(difference(values(rest.output), expected["cut.output"]) < 1e-5)
    let restBack = generator.backward(gradient, pass: rest)
    #expect(difference(values(restBack.features), expected["cut.features.gradient"]) < 1e-4)
    if cut.image != nil {
      let image = try #require(restBack.image)
      #expect(difference(values(image), expected["cut.image.gradient"]) < 1e-4)
    } else {
      #expect(restBack.image == nil)
    }
  }

  /// Compares the parameters' gradients of the chosen tensors; how many there are.
  private func compare(
    _ gradient: ParameterGradient, _ generator: StyleGANGenerator, _ expected: Expected,
    _ isChosen: (String) -> Bool
  ) -> Int {
    let values = gradient.values.withUnsafeBufferPointer { Array($0) }
    var count = 0
    for entry in generator.layout.entries where isChosen(entry.name) {
      let wanted = expected[entry.name + ".gradient"]
      if wanted.isEmpty { continue }
      count += 1
      #expect(
        difference(values[entry.range], wanted) < 1e-4, "the gradient of \(entry.name)")
    }
    return count
  }

  @Test func aCutGivesTheSameImage() throws {
    let generator = try ImportedStyleGAN(contentsOf: Self.path(1)).weights.generator
    let styles = [generator.style(of: (0..<7).map { Float($0) - 2 })]
    let pass = generator.forward(styles: styles, noises: generator.constantNoises)
    for level in 1...2 {
      let rest = generator.forward(
        styles: styles, noises: generator.constantNoises, from: pass.cut(before: level))
      #expect(rest.output == pass.output)
    }
    #expect(generator.style(of: [1, 2, 3, 4, 5, 6, 7], truncation: 0) == generator.meanStyle)
  }

  @Test func filesAreWrittenAndReadAgain() throws {
    let folder = try TemporaryFolder()
    let imported = try ImportedStyleGAN(contentsOf: Self.path(2)).weights
    try imported.write(to: folder.file("own.safetensors"))
    let read = try StyleGANWeights(contentsOf: folder.file("own.safetensors"))
    #expect(read.architecture == imported.architecture && read.parameters == imported.parameters)
    #expect(read.notes["implementation"] == "NVlabs/stylegan2-ada-pytorch")
    #expect(StyleGANWeights.isStated(in: folder.file("own.safetensors")))
    #expect(!StyleGANWeights.isStated(in: Self.path(2)))
  }

  /// The mean style that a file lacks is drawn.
  @Test func aMissingMeanIsDrawn() throws {
    let folder = try TemporaryFolder()
    var file = try TensorFile(contentsOf: Self.path(3))
    file.tensors["latent_avg"] = nil
    try file.write(
      to: folder.file("a.safetensors"), names: Array(file.tensors.keys), precision: .single)
    let imported = try ImportedStyleGAN(contentsOf: folder.file("a.safetensors"))
    #expect(imported.drawsMean)
    let generator = imported.weights.generator
    let styles = (0..<200).map { seed in
      generator.mapping.forward(wave(10, seed: seed)).style
    }
    let mean = (0..<10).map { i in styles.reduce(0) { $0 + $1[i] } / 200 }
    #expect(difference(generator.meanStyle, mean) < 0.3)
  }

  @Test(arguments: [
    ("mapping.embed.weight", "conditional"), ("synthesis.b4.conv1.weight", "is missing"),
    ("synthesis.b8.extra", "synthesis.b8.extra does not belong"),
    ("synthesis.b8.conv0.resample_filter", "is not (1, 3, 3, 1)"),
    ("synthesis.b16.conv1.bias", "holds values that are not finite"),
  ])
  func foreignNetworksAreRefusedByName(name: String, words: String) throws {
    let folder = try TemporaryFolder()
    var file = try TensorFile(contentsOf: Self.path(2))
    switch words {
    case "conditional", "synthesis.b8.extra does not belong":
      file.tensors[name] = TensorFile.Tensor(shape: [2], values: [1, 2])
    case "is missing": file.tensors[name] = nil
    case "is not (1, 3, 3, 1)": file.tensors[name]?.values[0] = 9
    default: file.tensors[name]?.values[0] = .nan
    }
    try file.write(
      to: folder.file("a.safetensors"), names: Array(file.tensors.keys), precision: .single)
    #expect {
      try ImportedStyleGAN(contentsOf: folder.file("a.safetensors"))
    } throws: {
      "\($0)".contains(words)
    }
  }
}
