import Benchmarks
import Generators
import Layers
import Testing

@Suite struct WorkTests {
  @Test func convolutionsCountDirectOperations() {
    let same = Work.convolution(
      ConvolutionShape(inputs: 3, outputs: 5, kernel: 3), batch: 2, rows: 8, columns: 6)
    #expect(same.flops == Double(2 * 2 * 3 * 5 * 9 * 8 * 6))
    #expect(same.bytes == Double(4 * (2 * 48 * 3 + 2 * 48 * 5 + 135)))
    let halved = Work.convolution(
      ConvolutionShape(inputs: 3, outputs: 5, kernel: 4), batch: 1, rows: 8, columns: 6)
    #expect(halved.flops == Double(2 * 3 * 5 * 16 * 4 * 3))
  }

  @Test func transformsCountFiveNLogN() {
    let work = Work.fourier(size: 256, count: 3)
    #expect(work.flops == Double(5 * 256 * 8 * 3))
    #expect(work.bytes == 16 * 256 * 3)
    // Two coils of 4 × 8: 16 transforms of 8, and 14 operations for each of 64 products there and back.
    let normal = Work.senseNormal(coils: 2, rows: 4, columns: 8)
    #expect(normal.flops == Double(16 * 5 * 8 * 3 + 14 * 64))
  }

  @Test func waveletsCountEveryLevel() {
    // 4 × 4, then 2 × 2, both axes each: 40 outputs of 3 operations in two parts.
    #expect(Work.wavelet(rows: 4, columns: 4, levels: 2, taps: 2).flops == Double(40 * 3 * 2))
  }

  /// A ladder of two levels, every convolution written out.
  @Test func laddersCountEveryConvolution() {
    let architecture = LadderArchitecture(widths: [8, 4], latents: [3, 2], encoderWidths: [5, 6])
    func flops(_ inputs: Int, _ outputs: Int, _ kernel: Int, _ pixels: Int) -> Double {
      Double(2 * inputs * outputs * kernel * kernel * pixels)
    }
    let (coarse, fine) = (4 * 4, 8 * 8)
    let entry = 2 * flops(8, 8, 3, coarse)
    let decoder =
      entry + flops(8, 6, 3, coarse) + flops(3, 8, 1, coarse) + 2 * flops(8, 8, 3, coarse)
      + flops(8, 4, 3, fine) + 4 * flops(4, 4, 3, fine) + flops(4, 4, 3, fine)
      + flops(2, 4, 1, fine) + flops(4, 1, 3, fine)
    let forward = Work.generator(architecture, batch: 2, rows: 8, columns: 8, backward: false)
    #expect(forward.flops == 2 * decoder)
    let both = Work.generator(architecture, batch: 2, rows: 8, columns: 8, backward: true)
    #expect(both.flops == 2 * (2 * decoder - entry))

    let first = flops(1, 5, 3, fine)
    let encoder =
      first + 2 * flops(5, 5, 3, fine) + flops(5, 6, 4, coarse) + 2 * flops(6, 6, 3, coarse)
      + flops(8 + 6, 8, 3, coarse) + flops(8, 6, 3, coarse) + flops(4 + 5, 4, 3, fine)
      + flops(4, 4, 3, fine)
    let training = Work.training(architecture, batch: 2, rows: 8, columns: 8)
    #expect(training.flops == 2 * (3 * (decoder + encoder) - first))
  }
}
