import Foundation
import TestSupport
import Testing

@testable import Experiments

@Suite struct ScanPreflightTests {
  /// Whoever started it may be gone, and nothing of its own code may run any more.
  @Test func aLookThatLoopsForEverIsEnded() async {
    await #expect(processExitsWith: .signal(SIGALRM)) {
      ScanPreflight.endThisProcess(after: 0.2)
      while true { usleep(1000) }
    }
  }

  /// 120 seconds and a second for every 5 MB.
  @Test func theTimeGrowsWithTheFile() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Data(), "scan.h5")
    #expect(ScanPreflight.seconds(for: path) == 120)
    #expect(truncate(path, 50_000_000) == 0)
    #expect(ScanPreflight.seconds(for: path) == 130)
  }
}
