import Acquisition
import Foundation
import XMLCoder

/// The elements of an ISMRMRD header that are read, by name and as text.
///
/// Numbers are taken out of the text leniently and every element may be missing: files exist whose
/// headers break the schema (values such as "N/A" or "12.3ms" in M4Raw).
/// Schema: ismrmrd/ismrmrd, `schema/ismrmrd.xsd`.
private struct HeaderDocument: Decodable {
  struct Triple: Decodable {
    var x, y, z: String?
  }
  struct Space: Decodable {
    var matrixSize: Triple?
    var fieldOfView_mm: Triple?
  }
  struct Limit: Decodable {
    var center, maximum: String?
  }
  struct Limits: Decodable {
    var kspace_encoding_step_1, kspace_encoding_step_2: Limit?
  }
  struct ParallelImaging: Decodable {
    var calibrationMode: String?
  }
  struct Encoding: Decodable {
    var encodedSpace, reconSpace: Space?
    var encodingLimits: Limits?
    var trajectory: String?
    var parallelImaging: ParallelImaging?
  }
  struct System: Decodable {
    var systemVendor: String?
    var systemFieldStrength_T: String?
    var relativeReceiverNoiseBandwidth: String?
  }
  struct Measurement: Decodable {
    var protocolName: String?
  }
  struct Conditions: Decodable {
    var H1resonanceFrequency_Hz: String?
  }
  struct Sequence: Decodable {
    var TR, TE, TI, flipAngle_deg: [String]?
    var sequence_type: String?
    /// Not of the schema: M4Raw's headers have it here.
    var echo_train_length: String?
  }
  struct Subject: Decodable {
    var patientName, patientID, patientBirthdate, patientGender, patientWeight_kg: String?
  }
  struct UserParameters: Decodable {
    struct Text: Decodable {
      var name, value: String?
    }
    var userParameterString: [Text]?
  }
  var encoding: [Encoding]?
  var acquisitionSystemInformation: System?
  var measurementInformation: Measurement?
  var experimentalConditions: Conditions?
  var sequenceParameters: Sequence?
  var subjectInformation: Subject?
  var userParameters: UserParameters?

  /// Parses a header; throws a text with the reason if it is no well-formed XML.
  init(xml: String) throws(HeaderReason) {
    let decoder = XMLDecoder()
    decoder.shouldProcessNamespaces = true
    decoder.trimValueWhitespaces = true
    do {
      // C writers may leave a closing zero byte behind.
      let text = xml.prefix { $0 != "\0" }
      self = try decoder.decode(HeaderDocument.self, from: Data(text.utf8))
    } catch {
      throw HeaderReason(text: reason(error))
    }
  }
}

/// What an ISMRMRD header says of raw data, by the number of the `encoding` element.
struct RawDataHeader {
  private let document: HeaderDocument

  /// Parses a header; throws a text with the reason if it is no well-formed XML.
  init(xml: String) throws(HeaderReason) { document = try HeaderDocument(xml: xml) }

  /// How many `encoding` elements there are.
  var encodingCount: Int { document.encoding?.count ?? 0 }

  /// The scanner's maker (`systemVendor`).
  var vendor: String? { document.acquisitionSystemInformation?.systemVendor }

  /// The receiver's noise bandwidth over that of the samples; nil where it is not stated.
  var relativeNoiseBandwidth: Double? {
    number(document.acquisitionSystemInformation?.relativeReceiverNoiseBandwidth).flatMap {
      $0 > 0 && $0.isFinite ? $0 : nil
    }
  }

  /// Which way through k-space the samples take, such as `cartesian`.
  func trajectory(_ encoding: Int) -> String? { document.encoding?[encoding].trajectory }

  /// How the calibration lines were taken, such as `embedded`.
  func calibrationMode(_ encoding: Int) -> String? {
    document.encoding?[encoding].parallelImaging?.calibrationMode
  }

  /// Which partition crosses the centre of k-space; nil where it is not stated.
  func partitionCentre(_ encoding: Int) -> Int? {
    integer(document.encoding?[encoding].encodingLimits?.kspace_encoding_step_2?.center)
  }

  /// The header of one encoding.
  func scanHeader(_ encoding: Int) -> ScanHeader {
    ScanHeader(document, encoding: encoding)
  }
}

extension ScanHeader {
  /// Reads an ISMRMRD header for a k-space of `rows` by `columns`.
  ///
  /// Of several encodings the first is used whose encoded matrix is rows by columns, else the
  /// first with that many columns, else the first. Throws a text with the reason if `xml` is no
  /// well-formed XML.
  init(xml: String, rows: Int, columns: Int) throws(HeaderReason) {
    let document = try HeaderDocument(xml: xml)
    let encodings = document.encoding ?? []
    let spaces = encodings.map { ScanHeader.Space($0.encodedSpace) }
    let index =
      spaces.firstIndex { $0?.rows == rows && $0?.columns == columns }
      ?? spaces.firstIndex { $0?.columns == columns } ?? 0
    self.init(document, encoding: index)
  }

  fileprivate init(_ document: HeaderDocument, encoding index: Int) {
    let encodings = document.encoding ?? []
    self.init(encodingIndex: index, encodingCount: encodings.count)
    acquisition =
      stated(document.measurementInformation?.protocolName)
      ?? document.userParameters?.userParameterString?
      .first { $0.name == ScanHeader.acquisitionParameter }?.value
    sequence = ScanHeader.Sequence(document.sequenceParameters)
    subject = ScanHeader.Subject(document.subjectInformation)
    resonanceFrequency = integer(document.experimentalConditions?.H1resonanceFrequency_Hz)
      .flatMap { $0 > 0 ? $0 : nil }
    fieldStrength = number(document.acquisitionSystemInformation?.systemFieldStrength_T)
      .flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    guard encodings.indices.contains(index) else { return }
    encoded = ScanHeader.Space(encodings[index].encodedSpace)
    reconstructed = ScanHeader.Space(encodings[index].reconSpace)
    let limit = encodings[index].encodingLimits?.kspace_encoding_step_1
    phaseEncodingCentre = integer(limit?.center)
    phaseEncodingMaximum = integer(limit?.maximum)
  }
}

extension ScanHeader {
  /// The name of the user parameter that holds `acquisition` in headers written here: the schema's own
  /// place for it may not be used without saying how the patient lay.
  static let acquisitionParameter = "acquisition"

  /// Whether a header is one of M4Raw, which state the echo train where the schema has no place for it.
  static func isOfM4Raw(_ xml: String) -> Bool {
    (try? HeaderDocument(xml: xml))?.sequenceParameters?.echo_train_length != nil
  }
}

extension ScanHeader.Sequence {
  fileprivate init(_ sequence: HeaderDocument.Sequence?) {
    func numbers(_ texts: [String]?) -> [Double] { (texts ?? []).compactMap { number($0) } }
    self.init(
      repetitionTimes: numbers(sequence?.TR), echoTimes: numbers(sequence?.TE),
      inversionTimes: numbers(sequence?.TI), flipAngles: numbers(sequence?.flipAngle_deg),
      kind: stated(sequence?.sequence_type))
  }
}

extension ScanHeader.Subject {
  /// Nil where nothing is stated.
  fileprivate init?(_ subject: HeaderDocument.Subject?) {
    self.init(
      name: stated(subject?.patientName), identifier: stated(subject?.patientID),
      birthDate: stated(subject?.patientBirthdate), sex: stated(subject?.patientGender),
      weight: number(subject?.patientWeight_kg).flatMap { $0 > 0 && $0.isFinite ? $0 : nil })
    if isEmpty { return nil }
  }
}

/// A text that says something.
private func stated(_ text: String?) -> String? {
  guard let text, !text.isEmpty, text != "N/A" else { return nil }
  return text
}

/// Why a header cannot be parsed.
struct HeaderReason: Error {
  let text: String
}

private func reason(_ error: any Error) -> String {
  guard let error = error as? DecodingError else { return "\(error)" }
  switch error {
  case .dataCorrupted(let context), .keyNotFound(_, let context), .typeMismatch(_, let context),
    .valueNotFound(_, let context):
    return context.debugDescription.trimmingCharacters(in: .init(charactersIn: ". \n"))
  @unknown default: return "unknown reason"
  }
}

extension ScanHeader.Space {
  /// Nil where the matrix is missing or not made of positive integers.
  fileprivate init?(_ space: HeaderDocument.Space?) {
    guard let rows = integer(space?.matrixSize?.x), let columns = integer(space?.matrixSize?.y),
      rows > 0, columns > 0
    else { return nil }
    func extent(_ text: String?) -> Double? {
      number(text).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    }
    self.init(
      rows: rows, columns: columns, partitions: max(1, integer(space?.matrixSize?.z) ?? 1),
      rowExtent: extent(space?.fieldOfView_mm?.x), columnExtent: extent(space?.fieldOfView_mm?.y),
      partitionExtent: extent(space?.fieldOfView_mm?.z))
  }
}

/// The number at the start of a text, as 12.3 of "12.3ms"; nil for "N/A".
private func number(_ text: String?) -> Double? {
  guard let text = text?.trimmingCharacters(in: .whitespacesAndNewlines) else { return nil }
  let digits = text.prefix { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }
  return Double(digits) ?? Double(digits.prefix { $0 != "e" && $0 != "E" })
}

/// Sizes and counters fit 16 bits; what is far beyond them is no number that can be reckoned with.
private func integer(_ text: String?) -> Int? {
  number(text).flatMap { abs($0) < 2_147_483_648 ? Int(exactly: $0.rounded()) : nil }
}
