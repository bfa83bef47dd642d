import Foundation

/// What the process has used of the machine so far.
enum ProcessUsage {
  /// The largest resident memory in bytes.
  static var peakMemory: Int {
    var usage = rusage()
    #if os(Linux)
      // Linux counts in KiB, macOS in bytes.
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }
}
