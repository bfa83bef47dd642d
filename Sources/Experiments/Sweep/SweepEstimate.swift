import ScanFiles

/// What a sweep will take, by rules of thumb; its progress goes by what the jobs do take.
public struct SweepEstimate: Sendable {
  /// Seconds of one core for all jobs.
  public private(set) var seconds = 0.0
  /// The most memory that one worker needs, in bytes.
  public private(set) var memory = 0
  /// Seconds of one core by method, in the order of the protocol.
  public private(set) var secondsByMethod: [Double]
  /// All slices times masks: what each method has to do.
  public private(set) var slices = 0
  private let methods: [String]

  /// Seconds of a slice by method.
  var secondsPerSlice: [Double] { secondsByMethod.map { $0 / Double(max(1, slices)) } }

  init(settings: SweepProtocol) {
    methods = settings.methods.map(\.name)
    secondsByMethod = Array(repeating: 0, count: methods.count)
  }

  mutating func add(_ scan: ReadoutCroppedScan, slices: Int, masks: Int) {
    let pixels = Double(scan.rows * scan.columns)
    let samples = pixels * Double(scan.coils)
    let count = Double(slices * masks)
    self.slices += slices * masks
    for (index, method) in methods.enumerated() {
      let cost = Self.seconds(method, pixels: pixels, samples: samples) * count
      secondsByMethod[index] += cost
      seconds += cost
    }
    // Coil maps, for each group of jobs.
    seconds += 1.5e-6 * samples * count
    let stored = Double(scan.source.rows * scan.columns * scan.coils * 8)
    let needs = methods.map { Self.bytes($0, pixels: pixels) }.max() ?? 0
    memory = max(memory, Int(60e6 + 2 * stored + 60 * samples + needs))
  }

  /// Seconds for a slice on one core of 2026, rounded up.
  private static func seconds(_ method: String, pixels: Double, samples: Double) -> Double {
    switch method {
    case "zero-filled": 0.1e-6 * samples
    case "sense": 1.5e-6 * samples
    case "l1-wavelet": 5e-6 * samples
    default: 350e-6 * pixels + 20e-6 * samples
    }
  }

  /// Bytes that a method holds beside the data.
  private static func bytes(_ method: String, pixels: Double) -> Double {
    method == "ilo" ? 3500 * pixels : 200 * pixels
  }
}
