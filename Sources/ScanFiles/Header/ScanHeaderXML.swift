public import Acquisition
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
    var relativeReceiverNoiseBandwidth: String?
  }
  struct Measurement: Decodable {
    var protocolName: String?
  }
  var encoding: [Encoding]?
  var acquisitionSystemInformation: System?
  var measurementInformation: Measurement?

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
    var header = ScanHeader(document, encoding: encoding)
    header.acquisition = document.measurementInformation?.protocolName
    return header
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
    guard encodings.indices.contains(index) else { return }
    encoded = ScanHeader.Space(encodings[index].encodedSpace)
    reconstructed = ScanHeader.Space(encodings[index].reconSpace)
    let limit = encodings[index].encodingLimits?.kspace_encoding_step_1
    phaseEncodingCentre = integer(limit?.center)
    phaseEncodingMaximum = integer(limit?.maximum)
  }

  /// The header as an ISMRMRD document with one encoding, for `ismrmrd_header` datasets.
  public var xml: String {
    func triple(_ name: String, _ x: String, _ y: String, _ z: String) -> String {
      "<\(name)><x>\(x)</x><y>\(y)</y><z>\(z)</z></\(name)>"
    }
    func space(_ name: String, _ space: Space?) -> String {
      guard let space else { return "" }
      let matrix = triple(
        "matrixSize", "\(space.rows)", "\(space.columns)", "\(space.partitions)")
      let extent = triple(
        "fieldOfView_mm", "\(space.rowExtent ?? 0)", "\(space.columnExtent ?? 0)",
        "\(space.partitionExtent ?? 0)")
      return "<\(name)>\(matrix)\(extent)</\(name)>"
    }
    var limits = ""
    if let centre = phaseEncodingCentre, let maximum = phaseEncodingMaximum {
      limits =
        "<kspace_encoding_step_1><minimum>0</minimum><maximum>\(maximum)</maximum>"
        + "<center>\(centre)</center></kspace_encoding_step_1>"
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <ismrmrdHeader xmlns="http://www.ismrm.org/ISMRMRD">
      <experimentalConditions><H1resonanceFrequency_Hz>123200000</H1resonanceFrequency_Hz>\
      </experimentalConditions>
      <encoding>\(space("encodedSpace", encoded))\(space("reconSpace", reconstructed))\
      <encodingLimits>\(limits)</encodingLimits><trajectory>cartesian</trajectory></encoding>
      </ismrmrdHeader>
      """
  }
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
