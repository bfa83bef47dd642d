import Arrays
import Experiments
import Foundation
import Numerics
import Reconstruction
import ScanFiles
import TestSupport
import Testing

/// A run with methods that have stages, which the library call shows without the program.
@Suite struct StagesTests {
  /// Half the zero-filled image, then all of it.
  private struct TwoStages: ReconstructionMethod {
    let name = "ilo"
    let settings = ["share": 0.5]

    func reconstruct(
      _ problem: any InverseProblem, report: (ReconstructionProgress) throws -> Void
    ) throws -> Reconstruction {
      try report(ReconstructionProgress(stage: "first", fraction: 0.5, misfit: 0.25))
      let image = try ZeroFilled().reconstruct(problem, report: report).image
      var half = image
      for index in half.values.indices {
        half.values[index] = half.values[index].divided(by: 2)
      }
      return Reconstruction(
        image: image,
        stages: [
          .init(name: "first", image: half, misfit: 0.5, iterations: 3),
          .init(name: "second", image: image, misfit: 0.25, iterations: 4),
        ], chosen: ["threshold": 0.125], seconds: ["operator": 0.5])
    }
  }

  private struct Enough: Error {}

  private func run(in folder: TemporaryFolder) throws -> ReconstructionRun {
    let path = folder.file("scan.h5")
    try SyntheticScan().write(path)
    let scan = try FastMRIScan(path: path)
    return try ReconstructionRun(
      scan: scan, plan: SamplingPlan(scan: scan, source: .drawn(.init(acceleration: 3))),
      methods: [TwoStages(), ZeroFilled()])
  }

  @Test func stagesAreMeasuredAndRecorded() throws {
    let folder = try TemporaryFolder()
    let run = try run(in: folder)
    #expect(run.orderedMethods.map(\.name) == ["zero-filled", "ilo"])
    let output = try OutputFolder(folder.file("out"))
    var seen: [String] = []
    let record = try run.perform(into: output) { progress in
      if let method = progress.method, progress.misfit != nil {
        seen.append("\(progress.slice) \(method) \(progress.stage)")
      }
    }
    #expect(folder.names(in: "out").allSatisfy { $0.hasPrefix(".unfinished") })
    try output.publish()
    #expect(Set(seen) == ["0 ilo first", "1 ilo first"])

    let lines = try folder.text("out/stages.csv").split(separator: "\n")
    #expect(lines[0] == "file,slice,method,stage,iterations,misfit,psnr,ssim,nmse")
    #expect(lines.count == 5)
    #expect(lines[1].hasPrefix("scan.h5,0,ilo,first,3,0.5,"))
    let slice = record.methods[0].slices[1]
    #expect(record.methods.map(\.name) == ["ilo", "zero-filled"])
    #expect(slice.stages[1].metrics == slice.metrics)
    #expect(try #require(slice.stages[0].metrics).psnr < #require(slice.metrics).psnr)
    #expect(slice.metrics == record.methods[1].slices[1].metrics)
    #expect(slice.chosen == ["threshold": 0.125] && slice.secondsByPart == ["operator": 0.5])
    let file = try HDF5File(reading: folder.file("out/recon.h5"))
    #expect(file.attribute("method")?.string == "ilo")
    #expect(file.contains("reconstruction_zero-filled"))
  }

  @Test func whatTheReportThrowsEndsTheRun() throws {
    let folder = try TemporaryFolder()
    let run = try run(in: folder)
    do {
      let output = try OutputFolder(folder.file("deep/out"))
      #expect(throws: Enough.self) {
        _ = try run.perform(into: output) { if $0.misfit != nil { throw Enough() } }
      }
    }
    #expect(folder.names == ["scan.h5"])
  }
}
