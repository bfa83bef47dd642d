import Acquisition
import Arrays
import Foundation
import Numerics
import TestSupport
import Testing

@testable import ScanFiles

/// M4Raw: fastMRI's layout with a header that breaks the schema, lines that were never measured, and
/// repetitions in files of their own.
@Suite struct M4RawTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func fixture(_ number: Int) -> String { ScanFixture.path("m4raw_T10\(number).h5") }

  /// Numbers are taken out of texts with units, and "N/A" is nothing.
  @Test func theHeaderIsReadLeniently() throws {
    let scan = try ScanFile.open(fixture(1))
    #expect(scan.layout == .m4raw)
    #expect(scan.header.sequence.repetitionTimes == [500])
    #expect(scan.header.sequence.echoTimes == [18.4])
    #expect(scan.header.sequence.inversionTimes == [] && scan.header.sequence.flipAngles == [90])
    #expect(scan.header.sequence.kind == "SE" && scan.header.acquisition == "T1")
    #expect(scan.header.fieldStrength == 0.3 && scan.header.resonanceFrequency == nil)
    #expect(scan.header.mainField == 0.3 && scan.header.subject == nil)
    #expect(scan.header.encoded?.rowExtent == 240 && scan.header.encoded?.partitionExtent == 5)
  }

  /// 195 of 256 lines were measured, as in the real files: padding and no undersampling.
  @Test func missingLinesArePadding() throws {
    let scan = try ScanFile.open(fixture(1))
    #expect(scan.acquiredColumns == 2..<18 && scan.isFullySampled && scan.storedMask == nil)
    let text = try HDF5File(reading: fixture(1)).dataset("ismrmrd_header").strings().first ?? ""
    var real = TestScan()
    real.kspace = pattern([1, 2, 4, 256])
    for index in real.kspace.values.indices where !(30..<225).contains(index % 256) {
      real.kspace.values[index] = .zero
    }
    // Limits that would call a measured line padding are not heeded.
    real.xml = text.replacingOccurrences(of: "<ns0:y>20</ns0:y>", with: "<ns0:y>256</ns0:y>")
      .replacingOccurrences(
        of: "</ns0:encoding>",
        with: "<ns0:encodingLimits><ns0:kspace_encoding_step_1><ns0:maximum>194</ns0:maximum>"
          + "<ns0:center>97</ns0:center></ns0:kspace_encoding_step_1></ns0:encodingLimits></ns0:encoding>"
      )
    try real.write(folder.file("m4raw.h5"))
    let whole = try ScanFile.open(folder.file("m4raw.h5"))
    #expect(whole.layout == .m4raw && whole.acquiredColumns == 30..<225 && whole.isFullySampled)
    #expect(try whole.samplingMask().acceleration == 1)
    #expect(try whole.kspace(slice: 0).values == real.kspace.values)
  }

  /// The mean of three repetitions is the phantom's k-space where lines were measured.
  @Test func repetitionsAreAveraged() throws {
    let mean = try ScanFile.open(
      fixture(1), ScanFile.Options(averages: [fixture(2), fixture(3)]))
    let full = try ScanFile.open(ScanFixture.path("fastmri.h5"))
    #expect(mean.acquiredColumns == 2..<18 && mean.isFullySampled)
    #expect(try mean.reference(slice: 0) == nil)
    for slice in 0..<2 {
      let (got, expected) = (try mean.kspace(slice: slice), try full.kspace(slice: slice))
      for index in got.values.indices {
        let wanted = (2..<18).contains(index % 20) ? expected.values[index] : .zero
        #expect((got.values[index] - wanted).length < 1e-5)
      }
    }
    let averaged = try #require(mean as? AveragedScan)
    for correlation in averaged.correlations { #expect(abs(correlation - 1) < 1e-6) }
    #expect(mean.remarks["repetitions"]?.contains("3 files") == true)
  }

  @Test func whatIsNoRepetitionIsRefused() throws {
    for (files, words) in [
      ([fixture(1)], "averaged twice"), ([fixture(2), fixture(2)], "averaged twice"),
      ([ScanFixture.path("fastmri.h5")], "is not sampled like"),
      ([ScanFixture.path("raw.h5")], "and so is no repetition of"),
      ([folder.file("none.h5")], "no such file"),
    ] {
      #expect {
        _ = try ScanFile.open(fixture(1), ScanFile.Options(averages: files))
      } throws: { ($0 as? ScanFileError)?.description.contains(words) == true }
    }
  }

  /// The same head half a turn of the phase later shows in the correlation.
  @Test func anotherPhaseIsTold() throws {
    var test = TestScan()
    try test.write(folder.file("a.h5"))
    for index in test.kspace.values.indices { test.kspace.values[index] *= Complex(-0.5, 0) }
    try test.write(folder.file("b.h5"))
    let mean = try ScanFile.open(
      folder.file("a.h5"), ScanFile.Options(averages: [folder.file("b.h5")]))
    #expect(abs(((mean as? AveragedScan)?.correlations.first ?? 0) + 1) < 1e-6)
  }
}
