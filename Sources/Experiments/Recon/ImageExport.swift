/// A further form in which the images of a run are written.
public enum ImageExport: Sendable {
  /// The main method's magnitudes as NIfTI-1, `recon.nii.gz`.
  case nifti
  /// The main method's complex images as an array of BART, `recon.cfl` with `recon.hdr`.
  case cfl
  /// Each method's magnitudes as a series of DICOM, `dicom-METHOD/slice-NNN.dcm`.
  case dicom
  /// The main method's magnitudes alone and under the scan's name, as fastMRI's challenge takes them,
  /// `submission/SCAN.h5`.
  case submission
  /// Each method's magnitudes as images of ISMRMRD, `recon-mrd.h5`.
  case ismrmrd
}
