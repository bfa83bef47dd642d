import Foundation
import ScanFiles
import TestSupport
import Testing

/// The map of what the prior decided, beside the images that a sweep keeps.
@Suite struct PriorShareTests {
  @Test func imagesByAGeneratorGetTheMapAndTheReportShowsIt() throws {
    let settings =
      "{encoder_rounds: 1, start_iterations: 5, residual_iterations: 4, "
      + "stages: [{iterations: 1}, {iterations: 1}]}"
    let sweep = try TinySweep(
      masks: 1, methods: ["sense", "ilo\n    settings: \(settings)"], images: "all")
    try TinyWeights.write(sweep.folder.file("tiny.safetensors"))
    sweep.program.environment["MRI_ILO_WEIGHTS"] = sweep.folder.file("tiny.safetensors")
    let outcome = try sweep.run("run")
    #expect(outcome.status == 0, "\(outcome.errors)")
    var withMap = 0
    for name in sweep.folder.names(in: "run/images") where name.hasSuffix(".h5") {
      let file = try HDF5File(reading: sweep.folder.file("run/images/\(name)"))
      let isILO = file.attribute("method")?.string == "ilo"
      #expect(file.contains("prior_share") == isILO)
      guard isILO else { continue }
      withMap += 1
      let map = try file.dataset("prior_share")
      #expect(map.shape == [1, 32, 40])
      let values = try map.floats()
      #expect(values.allSatisfy { (0...1).contains($0) })
      #expect(values.contains { $0 > 0.01 })
    }
    #expect(withMap == 1)
    let report = try sweep.program.run("report", "run")
    #expect(report.status == 0, "\(report.errors)")
    let page = try sweep.folder.text("run/report.html")
    #expect(page.contains("Where the prior decided, ilo"))
  }
}
