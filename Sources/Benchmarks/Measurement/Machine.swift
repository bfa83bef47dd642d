import Arrays
import Experiments
import Foundation
import Kernels

/// The processor and what it can do at most, measured on the spot.
public struct Machine: Codable, Equatable, Sendable {
  /// What a number of threads reaches.
  public struct Limit: Codable, Equatable, Sendable {
    public let threads: Int
    /// Multiply-adds in registers, in 10⁹ floating-point operations a second.
    public let gigaflops: Double
    /// Bytes read and written by a copy that no cache holds, in 10⁹ a second.
    public let gigabytes: Double
  }

  /// The processor's name.
  public let processor: String
  public let cores: Int
  /// The kernels in use: `avx512`, `avx2` or `plain`.
  public let kernelSet: String
  /// The version of this program.
  public let version: String
  public let limits: [Limit]

  /// Measures the machine with each number of threads.
  ///
  /// The copied array holds `copiedBytes`; it should be larger than the last cache.
  public init(threads: [Int], copiedBytes: Int = 256 << 20) {
    processor = Self.processorName
    cores = ProcessInfo.processInfo.activeProcessorCount
    kernelSet = String(cString: kernels().pointee.name)
    version = ProgramVersion.current
    limits = threads.map { count in
      withThreads(count) {
        Limit(
          threads: count, gigaflops: Self.peakFlops(threads: count) / 1e9,
          gigabytes: Self.copyRate(bytes: copiedBytes) / 1e9)
      }
    }
  }

  /// The limits with this many threads, if they were measured.
  public func limit(threads: Int) -> Limit? { limits.first { $0.threads == threads } }

  /// The best of five: a peak is what is reached undisturbed.
  private static func peakFlops(threads: Int) -> Double {
    let table = kernels().pointee
    let rounds = 1_000_000
    return (0..<5).map { _ in
      var done = [Double](repeating: 0, count: threads)
      let time = elapsedSeconds {
        done.withUnsafeMutableBufferPointer { done in
          nonisolated(unsafe) let done = done
          parallelFor(threads) { thread in
            var sums: [Float] = [0.999_999, 1e-6]
            done[thread] = table.multiply_adds(rounds, &sums)
          }
        }
      }
      return done.reduce(0, +) / time
    }.max() ?? 0
  }

  private static func copyRate(bytes: Int) -> Double {
    let count = max(1, bytes / MemoryLayout<Float>.size)
    let from = UnsafeMutablePointer<Float>.allocate(capacity: count)
    let to = UnsafeMutablePointer<Float>.allocate(capacity: count)
    defer {
      from.deallocate()
      to.deallocate()
    }
    // Pages exist only after they were written to.
    from.initialize(repeating: 1, count: count)
    to.initialize(repeating: 0, count: count)
    nonisolated(unsafe) let (source, target) = (from, to)
    let chunk = 1 << 20
    let chunks = (count + chunk - 1) / chunk
    let times = (0..<5).map { _ in
      elapsedSeconds {
        parallelFor(chunks) { index in
          let first = index * chunk
          (target + first).update(from: source + first, count: min(chunk, count - first))
        }
      }
    }
    return 2 * Double(count * MemoryLayout<Float>.size) / (times.min() ?? 1)
  }

  private static var processorName: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":", maxSplits: 1).last.map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    return name ?? "unknown processor"
  }
}

/// Runs `body` with this many threads and sets the number back after.
func withThreads<Result>(_ threads: Int, _ body: () throws -> Result) rethrows -> Result {
  let before = Parallelism.threads
  Parallelism.threads = threads
  defer { Parallelism.threads = before }
  return try body()
}
