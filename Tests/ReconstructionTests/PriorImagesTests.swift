import Arrays
import Generators
import Layers
import Numerics
import Testing

@testable import Reconstruction

/// What a generator draws of itself.
@Suite struct PriorImagesTests {
  private func prior(channels: Int) -> PriorImages {
    PriorImages(
      network: RepresentationFitTests.weights(channels: channels).network, rows: 16, columns: 24)
  }

  @Test func samplesDependOnSeedNumberAndTemperature() {
    let prior = prior(channels: 2)
    func image(_ index: Int, _ seed: UInt64, _ temperature: Float) -> ComplexArray {
      prior.image(of: prior.sample(index, seed: seed, temperature: temperature))
    }
    #expect(image(3, 1, 1) == image(3, 1, 1))
    #expect(image(3, 1, 1).shape == [16, 24])
    #expect(image(3, 1, 1) != image(2, 1, 1))
    #expect(image(3, 1, 1) != image(3, 2, 1))
    #expect(image(3, 1, 0) == image(5, 2, 0))
    #expect(image(3, 1, 1).values.contains { $0.imaginary != 0 })
  }

  @Test func aRealGeneratorDrawsRealImages() {
    let prior = prior(channels: 1)
    let image = prior.image(of: prior.sample(0, seed: 1, temperature: 1))
    #expect(image.values.allSatisfy { $0.imaginary == 0 })
    #expect(image.values.contains { $0.real != 0 })
  }

  @Test func onlyTheLevelThatIsRedrawnChanges() {
    let prior = prior(channels: 1)
    let sample = prior.sample(0, seed: 1, temperature: 1)
    let other = prior.redrawing(level: 1, of: sample, number: 0, seed: 1, temperature: 1)
    #expect(other.levels[0] == sample.levels[0])
    #expect(other.levels[1] != sample.levels[1])
    #expect(other.levels[2] == sample.levels[2])
    let again = prior.redrawing(level: 1, of: sample, number: 1, seed: 1, temperature: 1)
    #expect(again.levels[1] != other.levels[1])
  }

  @Test func theWayEndsAtBothEnds() {
    let prior = prior(channels: 1)
    let (a, b) = (
      prior.sample(0, seed: 1, temperature: 1), prior.sample(1, seed: 1, temperature: 1)
    )
    for onSphere in [true, false] {
      for (share, end) in [(Float(0), a), (1, b)] {
        let latents = prior.between(a, b, share: share, onSphere: onSphere)
        for (x, y) in zip(latents.levels, end.levels) {
          #expect(zip(x.values, y.values).allSatisfy { abs($0 - $1) < 1e-5 })
        }
      }
    }
    // Half-way on the circle the variance is that of the ends, on the line half of it.
    func square(_ latents: PriorImages.Latents) -> Double {
      latents.levels.reduce(0.0) { $1.values.reduce($0) { $0 + Double($1 * $1) } }
    }
    let middle = square(prior.between(a, b, share: 0.5, onSphere: true))
    #expect(abs(middle / square(a) - 1) < 0.2)
    #expect(square(prior.between(a, b, share: 0.5, onSphere: false)) < 0.65 * square(a))
  }

  @Test func aNetworkThatGivesNoNumberIsFound() {
    let weights = RepresentationFitTests.weights(channels: 2)
    #expect(NetworkTrial.fault(of: weights.network) == nil)
    var broken = weights
    // Finite values whose products are not.
    broken.parameters = broken.parameters.map { $0 * 1e30 }
    #expect(NetworkTrial.fault(of: broken.network)?.contains("not finite") == true)
    broken.parameters = broken.parameters.map { _ in 0 }
    #expect(NetworkTrial.fault(of: broken.network)?.contains("does not depend") == true)
  }
}
