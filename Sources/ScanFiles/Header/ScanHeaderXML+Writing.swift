public import Acquisition

extension ScanHeader {
  /// The header as an ISMRMRD document with one encoding, for `ismrmrd_header` datasets.
  ///
  /// It says nothing of the patient.
  public var xml: String { xml(subject: nil) }

  /// The header as an ISMRMRD document with one encoding, in ASCII.
  ///
  /// What the schema demands and the scan does not state is 0: extents, and the resonance frequency.
  /// - Parameters:
  ///   - subject: whom the document names; nobody where nil.
  ///   - channels, slices, acceleration: what raw data say besides, with the kind of scan, which fastMRI's
  ///     layout has in an attribute; left out where nil.
  ///
  /// Order of the elements: ismrmrd/ismrmrd, `schema/ismrmrd.xsd`.
  func xml(
    subject: Subject?, channels: Int? = nil, slices: Int? = nil, acceleration: Double? = nil
  ) -> String {
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
    func limit(_ name: String, _ maximum: Int, _ centre: Int) -> String {
      "<\(name)><minimum>0</minimum><maximum>\(maximum)</maximum><center>\(centre)</center></\(name)>"
    }
    var limits = ""
    if let centre = phaseEncodingCentre, let maximum = phaseEncodingMaximum {
      limits = limit("kspace_encoding_step_1", maximum, centre)
    }
    if let slices { limits += limit("slice", slices - 1, 0) }
    var system = element("systemFieldStrength_T", fieldStrength.map { "\($0)" })
    system += element("receiverChannels", channels.map(String.init))
    let parallel =
      acceleration.map {
        "<parallelImaging><accelerationFactor>"
          + "<kspace_encoding_step_1>\(max(1, Int($0.rounded())))</kspace_encoding_step_1>"
          + "<kspace_encoding_step_2>1</kspace_encoding_step_2></accelerationFactor>"
          + "<calibrationMode>embedded</calibrationMode></parallelImaging>"
      } ?? ""
    let parts = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<ismrmrdHeader xmlns=\"http://www.ismrm.org/ISMRMRD\">",
      subject?.xml ?? "",
      system.isEmpty
        ? "" : "<acquisitionSystemInformation>\(system)</acquisitionSystemInformation>",
      "<experimentalConditions>"
        + "<H1resonanceFrequency_Hz>\(resonanceFrequency ?? 0)</H1resonanceFrequency_Hz>"
        + "</experimentalConditions>",
      "<encoding>\(space("encodedSpace", encoded))\(space("reconSpace", reconstructed))"
        + "<encodingLimits>\(limits)</encodingLimits><trajectory>cartesian</trajectory>\(parallel)"
        + "</encoding>",
      sequence.xml, channels == nil ? "" : userParameters, "</ismrmrdHeader>",
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var userParameters: String {
    guard let acquisition else { return "" }
    return "<userParameters><userParameterString>"
      + element("name", Self.acquisitionParameter) + element("value", acquisition)
      + "</userParameterString></userParameters>"
  }
}

extension ScanHeader.Sequence {
  fileprivate var xml: String {
    func list(_ name: String, _ values: [Double]) -> String {
      values.map { element(name, "\($0)") }.joined()
    }
    let parts =
      list("TR", repetitionTimes) + list("TE", echoTimes) + list("TI", inversionTimes)
      + list("flipAngle_deg", flipAngles) + element("sequence_type", kind)
    return parts.isEmpty ? "" : "<sequenceParameters>\(parts)</sequenceParameters>"
  }
}

extension ScanHeader.Subject {
  fileprivate var xml: String {
    let parts =
      element("patientName", name) + element("patientWeight_kg", weight.map { "\($0)" })
      + element("patientID", identifier) + element("patientBirthdate", day)
      + element("patientGender", sex.flatMap { ["M", "F", "O"].contains($0) ? $0 : nil })
    return parts.isEmpty ? "" : "<subjectInformation>\(parts)</subjectInformation>"
  }

  /// The day of birth if it is one, for the schema takes no other text.
  var day: String? {
    let parts = (birthDate ?? "").split(separator: "-", omittingEmptySubsequences: false)
    let isDay =
      parts.map(\.count) == [4, 2, 2]
      && parts.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isNumber } }
    return isDay ? birthDate : nil
  }
}

/// An XML element of a text, in ASCII; nothing for no text.
func element(_ name: String, _ text: String?) -> String {
  guard let text else { return "" }
  var plain = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": plain += "&amp;"
    case "<": plain += "&lt;"
    case ">": plain += "&gt;"
    // XML 1.0 knows no other control characters, not even as references.
    case "\t", "\n", " ": plain += " "
    default:
      if scalar.value < 32 || scalar.value == 127 { continue }
      plain += scalar.isASCII ? String(scalar) : "&#\(scalar.value);"
    }
  }
  return "<\(name)>\(plain)</\(name)>"
}
