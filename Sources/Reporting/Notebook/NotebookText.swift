import Evaluation
import Experiments
import Foundation

/// The words of an exported notebook, as Markdown.
struct NotebookText {
  let tables: SweepTables
  let settings: SweepProtocol
  let selection: ExportSelection

  private var record: SweepRecord { tables.record }

  /// Title, purpose, data, limits.
  var opening: String {
    let statements = TableStatements(tables)
    let data = record.dataset
    let patients = Set(record.scans.map(\.patient)).count
    let scans = Self.count(record.scans.count, "scan")
    let slices = Self.count(record.scans.reduce(0) { $0 + $1.slices.count }, "slice")
    let facts = [
      "Data: \(statements.data). \(scans) of \(Self.count(patients, "patient")), \(slices)",
      "Source of the data: \(Self.clause(data.source)); licence: \(Self.clause(data.licence))",
      "Masks: \(DataFrame.unique(record.masks.map(\.pattern)).joined(separator: ", ")) at "
        + DataFrame.unique(record.masks.map(\.acceleration)).map(NotebookNumber.factor)
        .joined(separator: "x, ") + "x",
      "Methods: \(record.methods.map(\.label).joined(separator: ", "))",
      "Jobs: \(statements.coverage)",
      "Made by \(statements.program) from the protocol '\(settings.name)' (SHA-256 "
        + "\(record.protocolDigest))",
    ]
    var text = "# \(Markdown.escaped(tables.title))\n\n"
    text += "**Research use only; not for diagnosis.**\n\n"
    if !settings.description.isEmpty { text += Markdown.escaped(settings.description) + "\n\n" }
    text += facts.map { "- \(Markdown.escaped($0)).\n" }.joined()
    return text
  }

  /// `text` without a full stop at its end, to go on in a sentence.
  private static func clause(_ text: String) -> String {
    text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  /// What lies beside the notebook.
  var files: String {
    var text = """
      ## Files beside this notebook

      The tables and pictures below were made by mri-ilo when the notebook was exported. Run the cells to
      make them again from these files, with pandas, matplotlib and h5py; the tables come out the same, the
      pictures in matplotlib's style.

      | file | a row for each |
      |---|---|
      | `results.csv` | slice, method, mask and region |
      | `volumes.csv` | scan, method, mask and region |
      | `summary.csv` | method, metric, mask, acceleration and region, with intervals |
      | `comparisons.csv` | method against the baseline |
      | `agreement.csv` | the same, by Bland and Altman |
      | `costs.csv`, `summary-costs.csv` | job, method |
      | `images.csv` | image in `arrays.h5`, with its place there |


      """
    if selection.rows.isEmpty {
      text += "The export carries no images: `arrays.h5` is missing and `images.csv` is empty.\n"
    } else {
      text += """
        `arrays.h5` holds \(Self.count(selection.rows.count, "image")) of \
        \(Self.count(selection.cases.count, "case")) (a slice under one mask) in 32-bit floating point:

        - `/reference/SCAN`: the reference, axes (slices, rows, columns);
        - `/reconstruction/METHOD/SCAN/MASK`: the images of a method, the same axes;
        - `/sampling/SCAN/MASK`: 1 for each sampled column of k-space.

        `MASK` is pattern, acceleration, centre fraction and seed, such as `random-4x-centre0.08-seed1`; in
        names a `/` is written `%2F`, a `%` as `%25` and a leading full stop as `%2E`. Attributes of each
        dataset: `axes`, `units`, `scan`, `slices` (their numbers in the scan, from 0), `method`, `mask`,
        `seed`, `acceleration`, `achieved_acceleration`, `center_fraction`. Images are magnitudes in the
        units of the scan's k-space.

        """
    }
    return text
  }

  /// What the figures mean and how they are summed up.
  var definitions: String {
    let statements = TableStatements(tables)
    let facts =
      ["Reference: \(statements.reference)"] + statements.definitions + [statements.analysis]
      + [statements.comparison].compactMap { $0 }
    return "## What the figures mean\n\n" + facts.map { "- \(Markdown.escaped($0)).\n" }.joined()
  }

  /// The methods with all settings, as they were run.
  func methods() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let lines = try record.methods.map { method in
      String(decoding: try encoder.encode(method), as: UTF8.self)
    }
    // Indented, a block of code that no content can end.
    return "## Settings of the methods\n\n" + lines.map { "    \($0)\n" }.joined()
  }

  var limits: String {
    let patients = Set(record.scans.map(\.patient)).count
    let simulated = record.scans.count { $0.data == "simulated" }
    var facts = [
      "Undersampling is retrospective: k-space was acquired, or simulated, in full and thinned out"
        + " afterwards",
      "The figures compare magnitudes with a reference; they do not say whether a lesion is kept",
    ]
    if simulated > 0 {
      facts.append(
        "\(Self.count(simulated, "scan")) of \(record.scans.count) simulated: what works on them need not "
          + "work on measured k-space")
    }
    if patients < 20 {
      facts.append(
        "\(Self.count(patients, "patient")): with fewer than about 20, bootstrap intervals are somewhat "
          + "too narrow and tests find only large differences")
    }
    if !tables.failures.isEmpty {
      facts.append(
        "\(Self.count(tables.failures.count, "job")) failed and took no part; "
          + "failures.csv in the run's folder says why")
    }
    facts.append("Research use only; not for diagnosis")
    return "## Limits\n\n" + facts.map { "- \(Markdown.escaped($0)).\n" }.joined()
  }

  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
