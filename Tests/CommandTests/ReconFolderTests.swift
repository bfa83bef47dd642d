import Foundation
import TestSupport
import Testing

/// What `mri-ilo recon` leaves in its folder: over an earlier run, and where it is stopped, killed or hindered.
@Suite struct ReconFolderTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
  }

  @Test func anEarlierRunIsReplacedAndOtherFilesStay() throws {
    try SyntheticScan(slices: 3, rows: 16, columns: 24).write(folder.file("scan.h5"))
    let arguments = ["recon", "scan.h5", "--accel", "2", "--method", "zero-filled"]
    #expect(try program.started(arguments).outcome().status == 0)
    try folder.write(Data("mine".utf8), "recon-scan/notes.txt")
    #expect(try program.started(arguments + ["--slices", "0"]).outcome().status == 0)
    #expect(
      folder.names(in: "recon-scan") == [
        "metrics.csv", "metrics_volume.csv", "notes.txt", "recon.h5", "record.json",
        "slice-000.png",
      ])
  }

  @Test func anInterruptLeavesNothing() throws {
    try SyntheticScan(slices: 60).write(folder.file("scan.h5"))
    let running = try program.started([
      "recon", "scan.h5", "--accel", "3", "--method", "zero-filled",
    ])
    expectPicture(of: running)
    running.process.interrupt()
    let outcome = running.outcome()
    #expect(outcome.status == 130)
    #expect(outcome.errors.contains("Stopped; nothing was written."))
    #expect(folder.names == ["scan.h5"])
  }

  /// Waits until the run is in the midst of the slices: after the first picture.
  private func expectPicture(of running: Program.Running) {
    func hasPicture() -> Bool {
      folder.names(in: "recon-scan").contains {
        $0.hasPrefix(".unfinished")
          && folder.names(in: "recon-scan/\($0)").contains("slice-000.png")
      }
    }
    while running.process.isRunning, !hasPicture() { usleep(1000) }
  }

  /// A run that is killed cannot clean up; the next one does it for it.
  @Test func theNextRunRemovesWhatAKilledOneLeft() throws {
    try SyntheticScan(slices: 60).write(folder.file("scan.h5"))
    let running = try program.started([
      "recon", "scan.h5", "--accel", "3", "--method", "zero-filled",
    ])
    expectPicture(of: running)
    kill(running.process.processIdentifier, SIGKILL)
    _ = running.outcome()
    #expect(folder.names(in: "recon-scan").count == 1)
    let outcome = try program.run(
      "recon", "scan.h5", "--accel", "3", "--method", "zero-filled", "--slices", "0")
    #expect(outcome.status == 0)
    #expect(folder.names(in: "recon-scan").allSatisfy { !$0.hasPrefix(".") })
  }

  /// A result that cannot be put in its place: the others are those of the earlier run again.
  @Test func whatCannotBeReplacedLeavesTheEarlierResults() throws {
    try SyntheticScan().write(folder.file("scan.h5"))
    let arguments = ["recon", "scan.h5", "--method", "zero-filled", "-o", "out"]
    #expect(try program.started(arguments).outcome().status == 0)
    let earlier = try folder.text("out/metrics.csv")
    try FileManager.default.removeItem(atPath: folder.file("out/record.json"))
    try FileManager.default.createDirectory(
      atPath: folder.file("out/record.json"), withIntermediateDirectories: false)
    let outcome = try program.started(
      arguments + ["--accel", "3", "--nifti", "--dicom"]
    ).outcome()
    #expect(outcome.status == 1 && outcome.errors.contains("record.json: cannot be replaced"))
    #expect(try folder.text("out/metrics.csv") == earlier)
    #expect(
      folder.names(in: "out") == [
        "metrics.csv", "metrics_volume.csv", "recon.h5", "record.json", "slice-000.png",
        "slice-001.png",
      ])
  }
}
