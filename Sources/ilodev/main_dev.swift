import Acquisition
import Arrays
import Evaluation
import Experiments
import Foundation
import Generators
import Layers
import LinearOperators
import Numerics
import Reconstruction
import ScanFiles

struct Case { var name: String; var kspace: ComplexArray; var reference: RealArray }

func loadScan(_ path: String) throws -> Case {
  let scan = ReadoutCroppedScan(try FastMRIScan(path: path))
  let k = try scan.kspace(slice: 0)
  let full = try SamplingMask.fullySampled(columns: scan.columns)
  let maps = try ESPIRiT().coilMaps(kspace: k, mask: full)
  let op = SENSEOperator(maps: maps.sensitivities, mask: full.columns)
  return Case(name: "A", kspace: k, reference: op.adjoint(op.hybrid(k)).magnitudes)
}

/// A held-out image with synthetic coils, phase and noise.
func simulated(_ stack: ImageStackFile, _ index: Int, seed: UInt64, snr: Float) -> Case {
  let (rows, columns, coils) = (256, 216, 8)
  let im = stack.images.image(index)
  var r = RandomStream(seed: seed)
  func field(_ terms: Int, _ amp: Float) -> [Float] {
    var f = [Float](repeating: 0, count: rows * columns)
    for _ in 0..<terms {
      let (ky, kx) = (2.5 * r.normal(), 2.5 * r.normal())
      let (a, p) = (amp * r.normal(), 6.28 * r.uniform())
      for y in 0..<rows { for x in 0..<columns {
        f[y * columns + x] += a * Float.cos(ky * Float(y) / 128 * 1.57 + kx * Float(x) / 108 * 1.57 + p) } }
    }
    return f
  }
  let ph = field(8, 0.45)
  var image = ComplexArray(zeros: [rows, columns])
  for y in 0..<rows { for x in 0..<columns {
    image.values[y * columns + x] = Complex(length: im[y * 256 + x + 20], phase: ph[y * columns + x]) } }
  var k = ComplexArray(zeros: [coils, rows, columns])
  let pixels = rows * columns
  for y in 0..<rows { for x in 0..<columns {
    let v = 2 * Float(y - rows / 2) / Float(rows); let u = 2 * Float(x - columns / 2) / Float(columns)
    var sum: Float = 0
    for c in 0..<coils {
      let angle = 2 * Float.pi * (Float(c) + 0.3) / Float(coils)
      let (dx, dy) = (u - 1.2 * Float.cos(angle), v - 1.2 * Float.sin(angle))
      let m = Float.exp(-(dx * dx + dy * dy) / 1.4)
      sum += m * m
      k.values[c * pixels + y * columns + x] = Complex(length: m, phase: angle + 0.7 * dx * Float.sin(angle) + 0.7 * dy)
    }
    for c in 0..<coils { let i = c * pixels + y * columns + x
      k.values[i] = k.values[i].divided(by: sum.squareRoot()) * image.values[y * columns + x] }
  } }
  FourierTransform(rows: rows, columns: columns).forward(&k)
  let s = 1 / snr
  for i in k.values.indices { k.values[i] += Complex(s * r.normal(), s * r.normal()) }
  return Case(name: "val\(index)", kspace: k, reference: image.magnitudes)
}

func metricsOf(_ x: ComplexArray, _ p: ReconstructionProblem, _ ref: RealArray) -> String {
  var m = x.magnitudes
  for i in m.values.indices { m.values[i] *= p.intensityScale }
  guard let v = try? measure(m, against: ref).volume else { return "nan" }
  return String(format: "%.2f/%.3f", v.psnr, v.ssim)
}

func l1w(_ p: ReconstructionProblem, _ ref: RealArray) -> String {
  var out: [String] = []
  let b = p.system.adjoint(p.measurements)
  let wav = WaveletOperator(shape: p.system.domain, levels: 4)
  for lam: Float in [2e-3, 5e-3, 1e-2, 2e-2] {
    var x = b; var z = b; var t: Float = 1
    var rnd = RandomStream(seed: 3)
    let (h, w) = (b.shape[0], b.shape[1])
    func roll(_ a: ComplexArray, _ dy: Int, _ dx: Int) -> ComplexArray {
      var q = a
      for y in 0..<h { for xx in 0..<w { q.values[y * w + xx] = a.values[(y - dy + 2 * h) % h * w + (xx - dx + 2 * w) % w] } }
      return q
    }
    for _ in 0..<80 {
      var g = z; g.add(-1, times: p.system.normal(z)); g.add(1, times: b)
      let (dy, dx) = (Int(rnd.next() % 16), Int(rnd.next() % 16))
      var c = wav.forward(roll(g, dy, dx))
      for i in c.values.indices { let m = c.values[i].length; c.values[i] = m > lam ? c.values[i].multiplied(by: 1 - lam / m) : .zero }
      let n = roll(wav.adjoint(c), -dy, -dx)
      let tn = (1 + (1 + 4 * t * t).squareRoot()) / 2
      z = n; z.scale(by: 1 + (t - 1) / tn); z.add(-(t - 1) / tn, times: x)
      (x, t) = (n, tn)
    }
    out.append("\(lam): " + metricsOf(x, p, ref))
  }
  return out.joined(separator: "  ")
}

@main struct Dev {
  static func main() throws {
    MemoryReuse.keepLargeBlocks()
    let args = CommandLine.arguments
    // ilodev weights cases accels key=value…
    let weights = try WeightsFile(contentsOf: args[1])
    let network = weights.network
    var settings = ILOSettings()
    var verbose = true
    var doL1 = false
    var seeds: [UInt32] = [1]
    var mask = MaskPattern.random
    for a in args.dropFirst(4) {
      let kv = a.split(separator: "=").map(String.init)
      switch kv[0] {
      case "c": settings.constraint = .init(rawValue: kv[1])!
      case "rf": settings.radiusFactor = Double(kv[1])!
      case "s": settings.misfit = Float(kv[1])!
      case "pw": settings.priorWeight = Float(kv[1])!
      case "rounds": settings.phaseRounds = Int(kv[1])!
      case "widths": settings.phaseWidths = kv[1].split(separator: ",").map { Float($0)! }
      case "its": settings.iterations = kv[1].split(separator: ",").map { Int($0)! }
      case "ref": settings.refinements = Int(kv[1])!
      case "keep": settings.keepResidual = kv[1] == "1"
      case "v": verbose = kv[1] == "1"
      case "rs": settings.rescale = kv[1] == "1"
      case "ss": settings.startScale = Float(kv[1])!
      case "sw": settings.startWidth = Float(kv[1])!
      case "im": settings.imaginary = Float(kv[1])!
      case "l1": doL1 = true
      case "seeds": seeds = kv[1].split(separator: ",").map { UInt32($0)! }
      case "mask": mask = try MaskPattern(named: kv[1])
      default: fatalError(a)
      }
    }
    let stack = args[2].contains("v") ? try ImageStackFile(contentsOf: "/work/shared/data/brain_slices_256.h5") : nil
    let val = stack?.indices(split: "val") ?? []
    for name in args[2].split(separator: ",") {
      let c: Case
      if name == "A" { c = try loadScan("/work/shared/data/brain_t1_7coil.h5") }
      else { let i = Int(name.dropFirst())!; c = simulated(stack!, val[i], seed: UInt64(i), snr: 45) }
      for accel in args[3].split(separator: ",").map({ Double($0)! }) {
        for seed in seeds {
        let columns = c.kspace.shape[2]
        let m = try SamplingMask(pattern: mask, columns: columns, acceleration: accel,
          centerFraction: MaskPattern.customaryCenterFraction(acceleration: accel), seed: .integer(seed))
        let maps = try ESPIRiT().coilMaps(kspace: c.kspace, mask: m)
        let p = try ReconstructionProblem(kspace: c.kspace, mask: m, maps: maps)
        if doL1 { print(name, accel, seed, "l1w", l1w(p, c.reference)) }
        do {
          let full = try SamplingMask.fullySampled(columns: columns)
          let op = SENSEOperator(maps: maps.sensitivities, mask: full.columns)
          let x = op.adjoint(op.hybrid(c.kspace))
          let ph = try LowResolutionPhase.phase(kspace: p.kspace, mask: m, maps: maps)
          var re = x
          for i in x.values.indices { re.values[i] = Complex((x.values[i] * ph.values[i].conjugate).real / p.intensityScale, 0) }
          var mg = x; mg.scale(by: 1 / p.intensityScale)
          print("  combined with undersampled maps:", metricsOf(mg, p, c.reference), " real after ACS phase:", metricsOf(re, p, c.reference),  "p99 ref/scale", c.reference.values.sorted()[Int(0.99 * Double(c.reference.count))] / p.intensityScale)
        }
        let start = Date()
        let r = try ILO(network: network, radii: weights.deviationRadii, settings: settings).reconstruct(p) { _ in }
        let t = Date().timeIntervalSince(start)
        if verbose { for s in r.stages { print("   ", s.name, metricsOf(s.image, p, c.reference), String(format: "misfit %.4f", s.misfit)) } }
        print(name, accel, seed, "ILO", metricsOf(r.image, p, c.reference), String(format: "%.1fs", t), r.chosen)
        fflush(nil)
        }
      }
    }
  }
}
