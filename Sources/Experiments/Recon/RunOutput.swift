import Acquisition
import Arrays
import Evaluation
import Foundation
import Reconstruction
import ScanFiles

/// The files of a run, written while it goes on: `recon.h5`, a picture sheet for each slice, and at
/// the end the tables and the record.
struct RunOutput {
  private let run: ReconstructionRun
  private let folder: OutputFolder
  private let images: ReconstructionFile
  private let volume: NIfTIWriter?
  private let array: BARTArrayWriter?
  private let series: DICOMExport?

  init(run: ReconstructionRun, folder: OutputFolder, provenance: String) throws {
    let scan = run.scan
    var attributes: [String: HDF5Attribute] = [
      "file": .string(fileName(scan.file)), "mask": .string(run.plan.name),
      "achieved_acceleration": .number(run.plan.mask.acceleration),
      "slices": .numbers(run.slices.map(Double.init)),
      "methods": .string(run.methods.map(\.name).joined(separator: ",")),
    ]
    if let request = run.plan.request { attributes["acceleration"] = .number(request.acceleration) }
    if let matrix = run.matrix {
      attributes["zero_padded_matrix"] = .numbers(matrix.padded.map(Double.init))
    }
    let partial = scan.partialFourier
    if !partial.isEmpty {
      attributes["partial_fourier"] = .string(partial.map(\.text).joined(separator: ", "))
      attributes["partial_fourier_filling"] = .string(run.filling.rawValue)
    }
    if let compression = run.compression {
      attributes["coil_compression"] = .string(compression.text)
    }
    if run.missingReference == nil {
      attributes["reference"] = .string(run.referenceKind.rawValue)
      attributes["metric_definition"] = .string(MetricDefinition.fastMRI.description)
    }
    self.run = run
    self.folder = folder
    images = try folder.naming {
      try ReconstructionFile(
        path: folder.file("recon.h5"), slices: run.slices.count, size: scan.imageSize,
        paddedSize: run.matrix?.size, methods: run.methods.map(\.name),
        maps: run.trust == nil ? [] : SliceTrust.mapNames(hasSpread: run.hasSpread),
        mapShape: [run.measured.coils, scan.rows, scan.columns], mapSets: run.mapSets,
        hasReference: run.missingReference == nil, mask: run.plan.mask.samples,
        maskRows: run.plan.mask.rows,
        provenance: provenance, attributes: attributes)
    }
    let (slices, size) = (run.slices, run.writtenSize)
    let method = run.methods.first?.name ?? ""
    volume =
      try run.exports.contains(.nifti)
      ? folder.naming {
        try NIfTIWriter(
          path: folder.file("recon.nii.gz"), slices: slices.count, size: size,
          geometry: VolumeGeometry(
            of: scan, slices: slices, size: size, padded: run.matrix?.padded),
          description:
            "mri-ilo \(ProgramVersion.current), \(method), \(run.plan.text); research only")
      } : nil
    array =
      try run.exports.contains(.cfl)
      ? folder.naming {
        // The header is moved with the array, so both are among the results.
        _ = folder.file("recon.hdr")
        return try BARTArrayWriter(
          path: folder.file("recon.cfl"), slices: slices.count, shape: [size.rows, size.columns])
      } : nil
    series = try run.exports.contains(.dicom) ? DICOMExport(run) : nil
  }

  func write(reference: RealArray, position: Int) throws {
    try folder.naming { try images.writeReference(reference, slice: position) }
  }

  /// Writes the sets of coil maps; a single coil has one set alone, and others than the first are zero.
  func write(mapSets: [CoilMaps], position: Int) throws {
    for set in 0..<run.mapSets {
      let maps =
        mapSets.indices.contains(set)
        ? mapSets[set].sensitivities : ComplexArray(zeros: mapSets[0].sensitivities.shape)
      try folder.naming { try images.writeCoilMaps(maps, set: set, slice: position) }
    }
  }

  /// Writes the image of a method, and its form on the finer matrix where there is one.
  func write(image: RealArray, padded: RealArray?, method: String, position: Int) throws {
    try folder.naming {
      try images.write(image, method: method, slice: position)
      if let padded { try images.write(padded: padded, method: method, slice: position) }
      if method == run.methods.first?.name { try volume?.append(padded ?? image) }
    }
  }

  /// Writes the main method's complex image `[rows, columns]` where one was asked for.
  func write(complexImage: @autoclosure () -> ComplexArray, position: Int) throws {
    guard let array else { return }
    try folder.naming { try array.write(complexImage(), slice: position) }
  }

  /// The reference of a slice, read back; nil where there is none.
  func reference(position: Int) throws -> RealArray? {
    guard run.missingReference == nil else { return nil }
    return try folder.naming { try images.reference(slice: position) }
  }

  /// The picture of a slice, panels in the order in which the methods run.
  func drawSheet(
    slice: Int, reference: RealArray?, images: [String: RealArray], record: RunMeasurement
  ) throws {
    let panels = run.orderedMethods.compactMap { method in
      images[method.name].map { image in
        PictureSheet.Panel(
          title: method.name, image: image,
          metrics: record.latest(method.name).map {
            ImageMetrics(psnr: $0.psnr, ssim: $0.ssim, nmse: $0.nmse)
          })
      }
    }
    let sheet = try PictureSheet(
      caption: .init(
        file: fileName(run.scan.file), slice: slice, mask: run.plan.name,
        seed: run.plan.seed == nil || run.plan.request?.seed != nil
          ? String(run.seed) : "file name"),
      reference: reference.map { .image($0, kind: run.referenceKind.description) }
        ?? .missing(reason: run.missingReference ?? "none was asked for"),
      panels: panels,
      sampling: .init(
        samples: run.plan.mask.samples, rows: run.plan.mask.rows, text: run.plan.text))
    try folder.naming {
      try sheet.writePNG(
        to: folder.file(OutputFolder.pictureName("slice", slice, of: run.scan.slices)))
    }
  }

  /// Writes the maps that say what the image of a slice rests on, and their picture.
  func write(_ trust: SliceTrust, slice: Int, position: Int) throws {
    try folder.naming {
      for (name, map) in trust.maps { try images.write(map, as: name, slice: position) }
      try trust.sheet(file: fileName(run.scan.file), slice: slice, sampling: run.plan.text)
        .writePNG(
          to: folder.file(OutputFolder.pictureName("trust", slice, of: run.scan.slices)))
    }
  }

  /// Writes tables and record and closes the images; `record` learns the names of all files.
  func finish(_ record: inout RunRecord) throws {
    try folder.naming {
      try series?.write(images, record: record, to: folder)
      if run.exports.contains(.submission) {
        try SubmissionExport.write(images, of: run, to: folder)
      }
      if run.exports.contains(.ismrmrd) {
        try ISMRMRDExport.write(images, of: run, version: record.version, to: folder)
      }
      try images.commit()
      try volume?.commit()
      try array?.commit()
      try RunTables.slices(record).write(to: folder.file("metrics.csv"))
      try RunTables.volume(record).write(to: folder.file("metrics_volume.csv"))
      if let stages = RunTables.stages(record) {
        try stages.write(to: folder.file("stages.csv"))
      }
      try folder.writeRecord { outputs in
        record.outputs = outputs
        return try record.json
      }
    }
  }
}

/// A path's last component.
func fileName(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }
