/// An attribute of a DICOM file: its tag and the kind of its values (VR).
///
/// Source: DICOM PS3.6 (the dictionary) and PS3.3 (which attributes an MR image has).
struct DICOMAttribute {
  /// The group in the upper and the element in the lower sixteen bits.
  let tag: UInt32
  /// Two letters, such as `DS` for decimal numbers as text.
  let kind: String

  init(_ tag: UInt32, _ kind: String) { (self.tag, self.kind) = (tag, kind) }

  // Patient and study
  static let specificCharacterSet = DICOMAttribute(0x0008_0005, "CS")
  static let patientWeight = DICOMAttribute(0x0010_1030, "DS")
  static let patientName = DICOMAttribute(0x0010_0010, "PN")
  static let patientID = DICOMAttribute(0x0010_0020, "LO")
  static let patientBirthDate = DICOMAttribute(0x0010_0030, "DA")
  static let patientSex = DICOMAttribute(0x0010_0040, "CS")
  static let studyInstanceUID = DICOMAttribute(0x0020_000D, "UI")
  static let studyDate = DICOMAttribute(0x0008_0020, "DA")
  static let studyTime = DICOMAttribute(0x0008_0030, "TM")
  static let studyID = DICOMAttribute(0x0020_0010, "SH")
  static let accessionNumber = DICOMAttribute(0x0008_0050, "SH")
  static let referringPhysicianName = DICOMAttribute(0x0008_0090, "PN")

  // Series and equipment
  static let modality = DICOMAttribute(0x0008_0060, "CS")
  static let seriesInstanceUID = DICOMAttribute(0x0020_000E, "UI")
  static let seriesNumber = DICOMAttribute(0x0020_0011, "IS")
  static let seriesDescription = DICOMAttribute(0x0008_103E, "LO")
  static let laterality = DICOMAttribute(0x0020_0060, "CS")
  static let patientPosition = DICOMAttribute(0x0018_5100, "CS")
  static let frameOfReferenceUID = DICOMAttribute(0x0020_0052, "UI")
  static let positionReferenceIndicator = DICOMAttribute(0x0020_1040, "LO")
  static let manufacturer = DICOMAttribute(0x0008_0070, "LO")
  static let manufacturerModelName = DICOMAttribute(0x0008_1090, "LO")
  static let softwareVersions = DICOMAttribute(0x0018_1020, "LO")
  static let conversionType = DICOMAttribute(0x0008_0064, "CS")

  // Image
  static let sopClassUID = DICOMAttribute(0x0008_0016, "UI")
  static let sopInstanceUID = DICOMAttribute(0x0008_0018, "UI")
  static let instanceNumber = DICOMAttribute(0x0020_0013, "IS")
  static let patientOrientation = DICOMAttribute(0x0020_0020, "CS")
  static let imageType = DICOMAttribute(0x0008_0008, "CS")
  static let contentDate = DICOMAttribute(0x0008_0023, "DA")
  static let contentTime = DICOMAttribute(0x0008_0033, "TM")
  static let derivationDescription = DICOMAttribute(0x0008_2111, "ST")
  static let imageComments = DICOMAttribute(0x0020_4000, "LT")
  static let burnedInAnnotation = DICOMAttribute(0x0028_0301, "CS")
  static let lossyImageCompression = DICOMAttribute(0x0028_2110, "CS")

  // Place
  static let imagePosition = DICOMAttribute(0x0020_0032, "DS")
  static let imageOrientation = DICOMAttribute(0x0020_0037, "DS")
  static let sliceLocation = DICOMAttribute(0x0020_1041, "DS")
  static let pixelSpacing = DICOMAttribute(0x0028_0030, "DS")
  static let sliceThickness = DICOMAttribute(0x0018_0050, "DS")
  static let spacingBetweenSlices = DICOMAttribute(0x0018_0088, "DS")

  // Measurement
  static let scanningSequence = DICOMAttribute(0x0018_0020, "CS")
  static let sequenceVariant = DICOMAttribute(0x0018_0021, "CS")
  static let scanOptions = DICOMAttribute(0x0018_0022, "CS")
  static let acquisitionType = DICOMAttribute(0x0018_0023, "CS")
  static let repetitionTime = DICOMAttribute(0x0018_0080, "DS")
  static let echoTime = DICOMAttribute(0x0018_0081, "DS")
  static let echoTrainLength = DICOMAttribute(0x0018_0091, "IS")

  // Pixels
  static let samplesPerPixel = DICOMAttribute(0x0028_0002, "US")
  static let photometricInterpretation = DICOMAttribute(0x0028_0004, "CS")
  static let rows = DICOMAttribute(0x0028_0010, "US")
  static let columns = DICOMAttribute(0x0028_0011, "US")
  static let bitsAllocated = DICOMAttribute(0x0028_0100, "US")
  static let bitsStored = DICOMAttribute(0x0028_0101, "US")
  static let highBit = DICOMAttribute(0x0028_0102, "US")
  static let pixelRepresentation = DICOMAttribute(0x0028_0103, "US")
  static let windowCenter = DICOMAttribute(0x0028_1050, "DS")
  static let windowWidth = DICOMAttribute(0x0028_1051, "DS")
  static let rescaleIntercept = DICOMAttribute(0x0028_1052, "DS")
  static let rescaleSlope = DICOMAttribute(0x0028_1053, "DS")
  static let rescaleType = DICOMAttribute(0x0028_1054, "LO")
  static let pixelData = DICOMAttribute(0x7FE0_0010, "OW")
}
