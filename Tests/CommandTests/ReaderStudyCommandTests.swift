import TestSupport
import Testing

/// What `reader-study` and `export` answer to calls that cannot be right: one sentence, no trace.
struct ReaderStudyCommandTests {
  @Test(arguments: [
    (["reader-study"], "name the folder of a sweep, or a package with --analyse"),
    (["reader-study", "run"], "-o is missing"),
    (
      ["reader-study", "run", "--analyse", "study"],
      "name either the folder of a sweep or a package"
    ),
    (["reader-study", "run", "-o", "s", "--readers", "0"], "--readers must be at least 1"),
    (["reader-study", "run", "-o", "s", "--cases", "0"], "--cases must be at least 1"),
    (["reader-study", "run", "-o", "s", "--accelerations", "4,x"], "--accelerations"),
    (["reader-study", "--analyse", "s", "--margin", "0"], "--margin must be a number above 0"),
    (["reader-study", "run", "-o", "s"], "is no folder of a sweep"),
    (["reader-study", "--analyse", "s"], "s-key.csv: cannot be read"),
    (["export", "run"], "is no folder of a sweep"),
    (["export", "run", "--images", "some"], "--images"),
  ])
  func oneSentenceSaysWhatIsWrong(arguments: [String], complaint: String) throws {
    let folder = try TemporaryFolder()
    let outcome = try Program(folder: folder.path).started(arguments).outcome()
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains(complaint), "\(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").count { $0.hasPrefix("Error: ") } == 1)
    #expect(folder.names.isEmpty)
  }
}
