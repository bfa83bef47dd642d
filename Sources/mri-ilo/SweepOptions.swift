import ArgumentParser
import Foundation

/// An amount of memory such as `8G`.
struct MemorySize: ExpressibleByArgument {
  let bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let units: [Character: Double] = ["K": 0x1p10, "M": 0x1p20, "G": 0x1p30, "T": 0x1p40]
    let text = argument.uppercased()
    let unit = text.last.flatMap { units[$0] }
    guard let number = Double(unit == nil ? text : String(text.dropLast())), number > 0,
      number * (unit ?? 1) < 1e18
    else { return nil }
    bytes = Int(number * (unit ?? 1))
  }

  /// The memory that the machine can give now.
  static var available: MemorySize {
    if let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
      let kibibytes = line.split(separator: " ").compactMap({ Int($0) }).first
    {
      return MemorySize(bytes: kibibytes * 1024)
    }
    return MemorySize(bytes: Int(clamping: ProcessInfo.processInfo.physicalMemory))
  }
}

/// A part of the work such as `2/5`.
struct Shard: ExpressibleByArgument {
  /// From 1 to `count`.
  let number: Int
  let count: Int

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1], number >= 1,
      number <= count
    else { return nil }
    (self.number, self.count) = (number, count)
  }
}

/// What does a sweep's jobs.
enum SweepEngine: String, ExpressibleByArgument, CaseIterable {
  /// Worker processes on this machine.
  case local
  /// The tasks of an array of Slurm.
  case slurm
}
