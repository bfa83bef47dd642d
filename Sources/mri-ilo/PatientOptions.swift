import Acquisition
import ArgumentParser
import Experiments
import Foundation

/// What of the patient is written; nothing unless it is asked for.
struct PatientOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write this name of the patient, its parts divided by ^ (default: none).", valueName: "name"))
  var patientName: String?

  @Option(
    name: .customLong("patient-id"),
    help: ArgumentHelp("Write this number of the patient (default: none).", valueName: "number"))
  var patientID: String?

  @Flag(help: "Write what the scan's ISMRMRD header states of the patient.")
  var keepPatient = false

  /// Whether any of it is given.
  var isGiven: Bool { patientName != nil || patientID != nil || keepPatient }

  /// The person to name in files, of a scan with this `header`; nil for nobody.
  ///
  /// Throws `ExperimentError` if the scan names nobody and is asked to, or for a text that no file can hold.
  func subject(_ header: ScanHeader, file: String) throws -> ScanHeader.Subject? {
    guard isGiven else { return nil }
    for (option, text) in [("--patient-name", patientName), ("--patient-id", patientID)] {
      guard let text else { continue }
      // A component group of DICOM's PN, and LO, hold 64 characters; a backslash parts values.
      guard !text.isEmpty, text.count <= 64, !text.contains("\\"),
        text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
      else {
        throw ExperimentError(
          "\(option): give 1 to 64 characters without backslashes and control characters")
      }
    }
    let given = ScanHeader.Subject(name: patientName, identifier: patientID)
    guard keepPatient else { return given }
    var stated = header.subject ?? ScanHeader.Subject()
    stated.identifier = stated.identifier ?? header.patient
    guard !stated.isEmpty else {
      throw ExperimentError(
        "\(file): states nothing of the patient; leave out --keep-patient, or give --patient-name and "
          + "--patient-id")
    }
    return stated.replaced(by: given)
  }

  /// The command line without the patient's name and number, for records.
  static var commandLine: [String] {
    var words = CommandLine.arguments
    for index in words.indices {
      for option in ["--patient-name", "--patient-id"] {
        if words[index].hasPrefix(option + "=") { words[index] = option + "=…" }
        if index > 0, words[index - 1] == option { words[index] = "…" }
      }
    }
    return words
  }
}
