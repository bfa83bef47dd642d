import Foundation

/// What the process has used of the machine so far.
package enum ProcessUsage {
  /// The resident memory of a process in bytes; nil where the system does not tell.
  static func memory(of process: Int32) -> Int? {
    #if os(Linux)
      // Size and resident set in pages: proc(5).
      guard let text = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8),
        let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
      else { return nil }
      return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    #else
      return nil
    #endif
  }

  /// Lets `peakMemory` count from now on, where the system can (Linux); elsewhere it stays the
  /// process's.
  package static func restartPeak() {
    #if os(Linux)
      // "5" resets the high-water mark: proc(5), /proc/pid/clear_refs.
      if let file = fopen("/proc/self/clear_refs", "w") {
        fputs("5", file)
        fclose(file)
      }
    #endif
  }

  /// The largest resident memory in bytes, of the process or since `restartPeak()`.
  package static var peakMemory: Int {
    #if os(Linux)
      if let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
        let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
        let kibibytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first,
        let count = Int(kibibytes)
      {
        return count * 1024
      }
    #endif
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
