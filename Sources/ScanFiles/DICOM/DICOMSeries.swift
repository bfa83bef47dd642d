public import Acquisition
public import Arrays

/// A series of magnitude images in DICOM, one file a slice.
///
/// Where the geometry has axes, the files are MR images (PS3.3 A.4); where it has none they are
/// secondary captures (A.8), for an MR image must state a place and an invented one would tell left from
/// right. All slices share one rescale slope. The attributes of the patient are empty unless they are given.
public struct DICOMSeries {
  /// What the series says of itself.
  public struct Identity: Sendable {
    /// The UIDs of the study, the frame of reference and this series.
    public var study, frameOfReference, series: String
    /// Gives the UID of an image from what sets it apart: the slice and its pixels.
    public var image: @Sendable (_ slice: Int, _ pixels: [UInt16]) -> String
    /// The number of the series in its study, from 1.
    public var number: Int
    /// The method, in at most 64 characters.
    public var title: String
    /// How the images came about: method, acceleration, program; at most 1024 characters.
    public var derivation: String
    /// The version of the program.
    public var version: String
    /// The patient; nobody where nil.
    public var subject: ScanHeader.Subject?

    public init(
      study: String, frameOfReference: String, series: String,
      image: @escaping @Sendable (_ slice: Int, _ pixels: [UInt16]) -> String,
      number: Int, title: String, derivation: String, version: String,
      subject: ScanHeader.Subject? = nil
    ) {
      self.study = study
      self.frameOfReference = frameOfReference
      self.series = series
      self.image = image
      self.number = number
      self.title = title
      self.derivation = derivation
      self.version = version
      self.subject = subject
    }
  }

  private static let magneticResonanceImage = "1.2.840.10008.5.1.4.1.1.4"
  private static let secondaryCapture = "1.2.840.10008.5.1.4.1.1.7"
  private static let largestPixel = 65535.0

  private let identity: Identity
  private let geometry: VolumeGeometry
  private let isThreeDimensional: Bool
  /// The largest magnitude of all slices.
  private let maximum: Double
  /// The slope as it is written, with the digits that fit.
  private let slope: Double

  /// A series of images up to `maximum`, their geometry being that of the whole volume.
  public init(
    identity: Identity, geometry: VolumeGeometry, isThreeDimensional: Bool, maximum: Float
  ) {
    self.identity = identity
    self.geometry = geometry
    self.isThreeDimensional = isThreeDimensional
    self.maximum = Double(maximum)
    let ideal = maximum > 0 ? Double(maximum) / Self.largestPixel : 1
    slope = Double(DICOMFile.decimal(ideal)) ?? ideal
  }

  /// Writes the image `[rows, columns]` of slice `slice`, the one at `position` in the volume.
  ///
  /// Throws `ScanFileError` if the image is not finite or too large for DICOM, or if the disk fails.
  public func write(
    _ image: RealArray, slice: Int, position: Int, to path: String
  ) throws(ScanFileError) {
    guard image.shape.count == 2 else { shapeError("\(image.shape) is no image") }
    guard image.values.allSatisfy({ $0 >= 0 && Double($0) <= maximum }),
      image.shape.allSatisfy({ $0 <= Int(Self.largestPixel) })
    else {
      throw ScanFileError(
        file: path,
        problem: .unsupported(
          "the image of slice \(slice) cannot be said in DICOM, for it is not finite or too large",
          cure: "leave --dicom or the slice out"))
    }
    let pixels = image.values.map {
      UInt16(min(Self.largestPixel, (Double($0) / slope).rounded()))
    }
    let file = DICOMFile(creating: path)
    let isPlaced = geometry.axes != nil
    try file.put(.sopClassUID, isPlaced ? Self.magneticResonanceImage : Self.secondaryCapture)
    try file.put(.sopInstanceUID, identity.image(slice, pixels))
    try file.put(.instanceNumber, String(position + 1))
    try putIdentity(in: file)
    if isPlaced { try putMeasurement(in: file) } else { try file.put(.conversionType, "WSD") }
    try putPlace(position, in: file)
    try putPixels(pixels, rows: image.shape[0], columns: image.shape[1], in: file)
    try file.write()
  }

  private func putIdentity(in file: DICOMFile) throws(ScanFileError) {
    for attribute in [
      .patientName, .patientID, .patientBirthDate, .patientSex, .studyDate, .studyTime, .studyID,
      .accessionNumber, .referringPhysicianName, .laterality, .contentDate, .contentTime,
    ] as [DICOMAttribute] {
      try file.put(attribute, "")
    }
    if let subject = identity.subject { try put(subject, in: file) }
    try file.put(.studyInstanceUID, identity.study)
    try file.put(.seriesInstanceUID, identity.series)
    try file.put(.seriesNumber, String(identity.number))
    try file.put(.seriesDescription, Self.plain(identity.title, 64))
    try file.put(.modality, "MR")
    try file.put(.manufacturer, "mri-ilo")
    try file.put(.manufacturerModelName, "mri-ilo")
    try file.put(.softwareVersions, Self.plain(identity.version, 64))
    try file.put(.imageType, "DERIVED\\SECONDARY\\OTHER")
    try file.put(.derivationDescription, Self.plain(identity.derivation, 1024))
    try file.put(.imageComments, "Research use only; not for diagnosis")
    try file.put(.burnedInAnnotation, "NO")
    try file.put(.lossyImageCompression, "00")
  }

  private func put(_ subject: ScanHeader.Subject, in file: DICOMFile) throws(ScanFileError) {
    func text(_ value: String) -> String {
      // A backslash would part values.
      String(printable(value).map { $0 == "\\" ? "?" : $0 }.prefix(64))
    }
    let words = [subject.name, subject.identifier].compactMap { $0 }
    if words.contains(where: { !$0.allSatisfy(\.isASCII) }) {
      // UTF-8.
      try file.put(.specificCharacterSet, "ISO_IR 192")
    }
    if let name = subject.name { try file.put(.patientName, text(name)) }
    if let identifier = subject.identifier { try file.put(.patientID, text(identifier)) }
    if let day = subject.day { try file.put(.patientBirthDate, day.filter { $0 != "-" }) }
    if let sex = subject.sex, ["M", "F", "O"].contains(sex) { try file.put(.patientSex, sex) }
    if let weight = subject.weight { try file.put(.patientWeight, [weight]) }
  }

  /// What an MR image must say of its measurement: a research sequence of which no more is known.
  private func putMeasurement(in file: DICOMFile) throws(ScanFileError) {
    try file.put(.scanningSequence, "RM")
    try file.put(.sequenceVariant, "NONE")
    try file.put(.acquisitionType, isThreeDimensional ? "3D" : "2D")
    for attribute in [
      .scanOptions, .repetitionTime, .echoTime, .echoTrainLength, .patientPosition,
      .positionReferenceIndicator,
    ] as [DICOMAttribute] {
      try file.put(attribute, "")
    }
  }

  /// DICOM's world has x to the left and y to the back, that of the geometry has them the other way.
  private func putPlace(_ position: Int, in file: DICOMFile) throws(ScanFileError) {
    let spacing = geometry.spacing
    if geometry.hasKnownSpacing { try file.put(.pixelSpacing, [spacing.y, spacing.x]) }
    guard let axes = geometry.axes else {
      try file.put(.patientOrientation, "")
      return
    }
    func patient(_ vector: SIMD3<Double>) -> SIMD3<Double> { SIMD3(-vector.x, -vector.y, vector.z) }
    func numbers(_ vector: SIMD3<Double>) -> [Double] {
      // Rounding, and the sign that a negated zero has, are not to be read as directions.
      (0..<3).map { abs(vector[$0]) < 1e-9 ? 0 : vector[$0] }
    }
    // The first direction is the one along a row, in which columns grow.
    let along = patient(axes.column) / spacing.x
    let down = patient(axes.row) / spacing.y
    let place = patient(axes.origin + axes.slice * Double(position))
    let normal = SIMD3(
      along.y * down.z - along.z * down.y, along.z * down.x - along.x * down.z,
      along.x * down.y - along.y * down.x)
    try file.put(.frameOfReferenceUID, identity.frameOfReference)
    try file.put(.imageOrientation, numbers(along) + numbers(down))
    try file.put(.imagePosition, numbers(place))
    try file.put(.sliceLocation, [(place * normal).sum()])
    try file.put(.sliceThickness, [geometry.thickness ?? spacing.z])
    try file.put(.spacingBetweenSlices, [spacing.z])
  }

  private func putPixels(
    _ pixels: [UInt16], rows: Int, columns: Int, in file: DICOMFile
  ) throws(ScanFileError) {
    try file.put(.samplesPerPixel, word: 1)
    try file.put(.photometricInterpretation, "MONOCHROME2")
    try file.put(.rows, word: rows)
    try file.put(.columns, word: columns)
    try file.put(.bitsAllocated, word: 16)
    try file.put(.bitsStored, word: 16)
    try file.put(.highBit, word: 15)
    try file.put(.pixelRepresentation, word: 0)
    try file.put(.rescaleIntercept, "0")
    try file.put(.rescaleSlope, [slope])
    try file.put(.rescaleType, "US")
    // A window narrower than 1 is none in DICOM (PS3.3 C.11.2.1.2); viewers then take the range.
    if maximum >= 1 {
      try file.put(.windowCenter, [maximum / 2])
      try file.put(.windowWidth, [maximum])
    }
    try file.put(pixels: pixels)
  }

  /// The part of a text that every reader of DICOM understands.
  private static func plain(_ text: String, _ length: Int) -> String {
    String(
      text.unicodeScalars.map { (32...126).contains($0.value) && $0 != "\\" ? Character($0) : "?" }
        .prefix(length))
  }
}
