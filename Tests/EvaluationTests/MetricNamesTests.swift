import Evaluation
import Foundation
import Testing

@Suite struct MetricNamesTests {
  @Test func everyMetricIsNamedInItsDefinition() {
    for metric in Metric.allCases {
      #expect(metric.definition.hasPrefix(metric.title + ": "))
      #expect(!metric.definition.contains("\n"))
      #expect(metric.title.lowercased() == metric.rawValue)
    }
    #expect(Metric.allCases.filter { $0.unit == "dB" } == [.psnr])
  }

  /// The names in protocol files.
  @Test func theNamesAreStable() throws {
    let names = ["psnr", "ssim", "nmse", "nrmse", "hfen", "vif", "haarpsi", "gmsd"]
    let encoded = try JSONEncoder().encode(names)
    #expect(try JSONDecoder().decode([Metric].self, from: encoded) == Metric.allCases)
  }
}
