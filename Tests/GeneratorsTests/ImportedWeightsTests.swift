import Foundation
import TestSupport
import Testing

@testable import Generators

/// Imports of networks that PyTorch wrote: what fits is taken, all else is refused by name.
@Suite struct ImportedWeightsTests {
  let architecture = LadderArchitecture(
    widths: [8, 6, 5], latents: [2, 2, 1], encoderWidths: [4, 5, 6])

  @Test func aBareStateIsTakenByItsShapes() throws {
    let imported = try ImportedWeights(contentsOf: fixturePath("ladder-1.safetensors"))
    #expect(!imported.statesArchitecture)
    #expect(imported.weights.architecture == architecture)
    #expect(imported.weights.deviationRadii.isEmpty)
    let seed = imported.weights.network.layout.entries.map(\.name).sorted()
      .firstIndex(of: "decoder.root")
    let expected = wave(8, seed: try #require(seed)).map { 0.15 * $0 }
    #expect(zip(imported.weights.parameters, expected).allSatisfy { abs($0 - $1) < 1e-7 })
  }

  @Test func aPrefixAndBrainFloatsAreTaken() throws {
    let imported = try ImportedWeights(contentsOf: fixturePath("ladder-2.safetensors"))
    var complex = architecture
    (complex.imageChannels, complex.encoderChannels) = (2, 2)
    #expect(imported.statesArchitecture)
    #expect(imported.weights.architecture == complex)
    #expect(imported.weights.deviationRadii == [0.75, 0.5, 0.25])
    #expect(imported.weights.notes["licence"] == "CC0")
    #expect(imported.weights.notes["architecture"] == nil)
    // Eight bits of precision: not the formula's values, but within a 256th of them.
    let seed = try #require(
      imported.weights.network.layout.entries.map(\.name).sorted().firstIndex(of: "decoder.root"))
    let errors = zip(imported.weights.parameters, wave(8, seed: seed)).map { found, wave in
      abs(found - 0.15 * wave) / abs(0.15 * wave)
    }
    #expect(errors.allSatisfy { $0 < 1.0 / 256 })
    #expect(errors.contains { $0 > 1e-5 })
  }

  @Test func ourOwnFilesInHalfPrecisionAreTaken() throws {
    try WeightsFileTests.withPath { path in
      let file = WeightsFileTests.file()
      try file.write(to: path)
      let imported = try ImportedWeights(contentsOf: path)
      #expect(imported.weights.parameters == file.parameters)
      #expect(imported.weights.notes == file.notes)
    }
  }

  @Test func theArchitectureFollowsFromEveryShape() throws {
    for architecture in [
      LadderArchitecture(widths: [3], latents: [2], encoderWidths: [4]),
      LadderArchitecture(
        widths: [9, 7, 5, 3], latents: [4, 3, 2, 1], encoderWidths: [2, 4, 6, 8],
        imageChannels: 1, encoderChannels: 2),
      .standard,
    ] {
      try WeightsFileTests.withPath { path in
        let count = LadderNetwork.parameterCount(architecture)
        try WeightsFile(
          architecture: architecture, parameters: Array(repeating: 0.5, count: count), notes: [:]
        ).write(to: path)
        var file = try TensorFile(contentsOf: path)
        file.metadata = [:]
        try file.write(to: path, names: file.tensors.keys.sorted(), precision: .single)
        let imported = try ImportedWeights(contentsOf: path)
        #expect(imported.weights.architecture == architecture)
      }
    }
  }

  @Test func whatDoesNotFitIsRefusedByName() throws {
    let prior = "decoder.level1.prior.weight"
    let tensor = TensorFile.Tensor(shape: [2], values: [0, 0])
    let cases: [(change: (inout TensorFile) -> Void, words: String)] = [
      ({ $0.tensors[prior] = nil }, "\(prior) should be [4, 6, 3, 3], and is missing"),
      ({ $0.tensors[prior] = tensor }, "\(prior) should be [4, 6, 3, 3], and is [2]"),
      ({ $0.tensors[prior]?.values[5] = .nan }, "\(prior) holds values that are not finite"),
      ({ $0.tensors[prior]?.values[5] = -70000 }, "\(prior) holds values beyond 65504"),
      ({ $0.tensors["n_averaged"] = tensor }, "n_averaged does not belong"),
      ({ $0.tensors["decoder.root"] = nil }, "it holds no tensor decoder.root"),
      ({ $0.tensors["average.decoder.root"] = tensor }, "several networks: average.decoder.root,"),
      (
        { $0.tensors["decoder.level1.latent.weight"] = nil },
        "decoder.level1.latent.weight should have four axes, and is missing"
      ),
      ({ $0.tensors["encoder.block2.first.weight"] = nil }, "encoder.block2.first.weight should"),
      ({ $0.tensors["decoder.output.weight"] = nil }, "and is missing"),
      ({ $0.metadata["architecture"] = "a ladder" }, "state the architecture 'a ladder'"),
      (
        {
          $0.metadata["architecture"] = """
            {"widths": [8, 6, 5], "latents": [2, 2], "encoderWidths": [4, 5, 6]}
            """
        }, "must have one entry per level"
      ),
      (
        {
          $0.metadata["architecture"] = """
            {"widths": [8, 6, 5], "latents": [2, 2, 2], "encoderWidths": [4, 5, 6]}
            """
        }, "decoder.level2.prior.weight should be [4, 5, 3, 3], and is [2, 5, 3, 3]"
      ),
      ({ $0.metadata["deviation_radii"] = "1,2" }, "deviation radii '1,2' are not one positive"),
    ]
    let whole = try TensorFile(contentsOf: fixturePath("ladder-1.safetensors"))
    for (change, words) in cases {
      try WeightsFileTests.withPath { path in
        var file = whole
        change(&file)
        try file.write(to: path, names: file.tensors.keys.sorted(), precision: .single)
        let error = try #require(
          #expect(throws: WeightsError.self) { try ImportedWeights(contentsOf: path) })
        #expect(error.problem.contains(words), "\(error)")
      }
    }
  }
}
