import Foundation

extension NIfTIHeader {
  /// The 348 bytes of a NIfTI-1 header and the 4 of "no extension", for a volume of `Float`.
  ///
  /// Without known axes both transforms have the code 0 ("unknown") and only the voxel sizes count.
  /// Fields and the quaternion: `nifti1.h` (R. W. Cox, 2003–2007), methods 2 and 3.
  static func bytes(
    columns: Int, rows: Int, slices: Int, geometry: VolumeGeometry, description: String
  ) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: length + 4)
    func put<Value>(_ value: Value, _ offset: Int) {
      bytes.withUnsafeMutableBytes {
        $0.storeBytes(of: value, toByteOffset: offset, as: Value.self)
      }
    }
    func int16(_ value: Int, _ offset: Int) { put(Int16(clamping: value).littleEndian, offset) }
    func float(_ value: Double, _ offset: Int) {
      put(Float(value).bitPattern.littleEndian, offset)
    }
    put(Int32(length).littleEndian, 0)
    for (index, size) in [3, columns, rows, slices, 1, 1, 1, 1].enumerated() {
      int16(size, 40 + 2 * index)
    }
    int16(ElementType.float32.rawValue, 70)
    int16(32, 72)
    float(1, 76)
    for axis in 0..<3 { float(geometry.spacing[axis], 80 + 4 * axis) }
    float(Double(length + 4), 108)
    float(1, 112)
    // Millimetres.
    bytes[123] = geometry.hasKnownSpacing ? 2 : 0
    let text = Array(description.utf8.filter { $0 < 128 }.prefix(79))
    bytes.replaceSubrange(148..<148 + text.count, with: text)
    if let axes = geometry.axes {
      if let turn = Rotation(axes, spacing: geometry.spacing) {
        float(turn.sign, 76)
        int16(1, 252)
        for (index, value) in [turn.b, turn.c, turn.d].enumerated() {
          float(value, 256 + 4 * index)
        }
        for axis in 0..<3 { float(axes.origin[axis], 268 + 4 * axis) }
      }
      int16(1, 254)
      for axis in 0..<3 {
        let line = [axes.column[axis], axes.row[axis], axes.slice[axis], axes.origin[axis]]
        for (index, value) in line.enumerated() { float(value, 280 + 16 * axis + 4 * index) }
      }
    }
    bytes.replaceSubrange(344..<347, with: Array("n+1".utf8))
    return bytes
  }
}

/// A rotation as NIfTI's method 2 stores it: three parts of a unit quaternion, and the sign of the
/// third axis.
private struct Rotation {
  let sign: Double
  let b, c, d: Double

  /// Nil if the axes are not at right angles, which a rotation cannot say.
  init?(_ axes: VolumeGeometry.Axes, spacing: SIMD3<Double>) {
    let x = axes.column / spacing.x
    let y = axes.row / spacing.y
    var z = axes.slice / spacing.z
    for (first, second) in [(x, y), (x, z), (y, z)] {
      guard abs((first * second).sum()) < 1e-4 else { return nil }
    }
    let determinant =
      x.x * (y.y * z.z - y.z * z.y) - y.x * (x.y * z.z - x.z * z.y)
      + z.x * (x.y * y.z - x.z * y.y)
    sign = determinant < 0 ? -1 : 1
    z *= sign
    // The part of largest magnitude comes first, so that nothing is divided by a small number
    // (`nifti_mat44_to_quatern`).
    let squares = [
      1 + x.x + y.y + z.z, 1 + x.x - y.y - z.z, 1 - x.x + y.y - z.z, 1 - x.x - y.y + z.z,
    ]
    let largest = squares.indices.max { squares[$0] < squares[$1] } ?? 0
    let root = 0.5 * squares[largest].squareRoot()
    let quarter = 0.25 / root
    var parts: [Double]
    switch largest {
    case 0: parts = [root, (y.z - z.y) * quarter, (z.x - x.z) * quarter, (x.y - y.x) * quarter]
    case 1: parts = [(y.z - z.y) * quarter, root, (y.x + x.y) * quarter, (z.x + x.z) * quarter]
    case 2: parts = [(z.x - x.z) * quarter, (y.x + x.y) * quarter, root, (z.y + y.z) * quarter]
    default: parts = [(x.y - y.x) * quarter, (z.x + x.z) * quarter, (z.y + y.z) * quarter, root]
    }
    // The first part is not stored and is taken to be positive.
    if parts[0] < 0 { parts = parts.map { -$0 } }
    (b, c, d) = (parts[1], parts[2], parts[3])
  }
}
