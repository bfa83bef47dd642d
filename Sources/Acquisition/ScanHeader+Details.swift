extension ScanHeader {
  /// What a header says of the sequence; every list may be empty.
  ///
  /// Names and units: ismrmrd/ismrmrd, `schema/ismrmrd.xsd`, `sequenceParameters`.
  public struct Sequence: Equatable, Sendable {
    /// Repetition, echo and inversion times in milliseconds.
    public var repetitionTimes, echoTimes, inversionTimes: [Double]
    /// Flip angles in degrees.
    public var flipAngles: [Double]
    /// The sequence's kind, as the scanner calls it.
    public var kind: String?

    /// A sequence of the given parts; with none it says nothing.
    public init(
      repetitionTimes: [Double] = [], echoTimes: [Double] = [], inversionTimes: [Double] = [],
      flipAngles: [Double] = [], kind: String? = nil
    ) {
      self.repetitionTimes = repetitionTimes
      self.echoTimes = echoTimes
      self.inversionTimes = inversionTimes
      self.flipAngles = flipAngles
      self.kind = kind
    }
  }

  /// The person that a scan is of (ISMRMRD `subjectInformation`).
  public struct Subject: Equatable, Sendable {
    /// The name, its parts divided by `^` as DICOM has them.
    public var name: String?
    /// The number or pseudonym under which the person is kept.
    public var identifier: String?
    /// The day of birth as `yyyy-mm-dd`.
    public var birthDate: String?
    /// `M`, `F` or `O`.
    public var sex: String?
    /// The weight in kilograms.
    public var weight: Double?

    /// A person of the given parts.
    public init(
      name: String? = nil, identifier: String? = nil, birthDate: String? = nil,
      sex: String? = nil, weight: Double? = nil
    ) {
      self.name = name
      self.identifier = identifier
      self.birthDate = birthDate
      self.sex = sex
      self.weight = weight
    }

    /// Whether nothing is said.
    public var isEmpty: Bool { self == Subject() }

    /// This person, with the parts of `other` where it has any.
    public func replaced(by other: Subject) -> Subject {
      Subject(
        name: other.name ?? name, identifier: other.identifier ?? identifier,
        birthDate: other.birthDate ?? birthDate, sex: other.sex ?? sex,
        weight: other.weight ?? weight)
    }
  }

  /// The strength of the main field in tesla, stated or from the protons' resonance frequency
  /// (42.577 MHz a tesla).
  public var mainField: Double? {
    fieldStrength ?? resonanceFrequency.map { Double($0) / 42_577_478.5 }
  }
}
