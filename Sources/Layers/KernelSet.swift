import Kernels

/// The kernels compiled for one kind of vector unit.
struct KernelSet: @unchecked Sendable {
  let pointer: UnsafePointer<kernel_table>
  var table: kernel_table { pointer.pointee }

  /// `avx512`, `avx2` or `plain`; the best for this processor if nil.
  init(_ name: String? = nil) {
    guard let pointer = name.map({ kernels_named($0) }) ?? kernels() else {
      shapeMismatch("this processor has no kernel set \(name ?? "")")
    }
    self.pointer = pointer
  }
}
