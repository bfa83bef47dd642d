import CHDF5
import Synchronization

/// The one gate through which all calls of the HDF5 C library go.
///
/// Many builds of HDF5 are not thread-safe, so every call runs under one process-wide lock, with
/// the library's own printing of errors switched off (a setting of the calling thread).
enum HDF5Library {
  private static let gate = Mutex(())

  /// Set-up before the first call: at exit the library must not touch files that were abandoned
  /// (`HDF5File.abandon()`), nor need it, for finished files are closed.
  private static let isSetUp: Bool = H5dont_atexit() >= 0

  /// Runs `body` with the library locked.
  ///
  /// It must not be nested: the lock is not recursive.
  static func locked<Result: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    try gate.withLock { _ throws(Failure) in
      _ = isSetUp
      chdf5_silence_errors()
      return try body()
    }
  }
}

/// An open HDF5 object of any kind, released at the end of its life.
///
/// It is made and dies inside `HDF5Library.locked`, which is why its `deinit` takes no lock.
struct HDF5Identifier: ~Copyable, Sendable {
  let value: hid_t

  /// Takes over `value`, the result of an HDF5 call; a negative one means failure and throws.
  init(
    _ value: hid_t, orThrow error: @autoclosure () -> ScanFileError
  ) throws(ScanFileError) {
    guard value >= 0 else { throw error() }
    self.value = value
  }

  deinit { H5Idec_ref(value) }

  /// Forgets the object without releasing it, because its file is abandoned.
  consuming func leak() { discard self }
}
