import CHDF5
import Foundation
import Synchronization

/// The files that are open for reading: each is opened once, however many `HDF5File`s read it.
///
/// HDF5 1.10 shares a dataset between two openings of its file, and lists of variable length inside
/// its compounds are read through the opening that came first, even after that one was closed: the
/// values then come from freed memory, from another file, or not at all (`H5T_patch_vlen_file` of
/// `H5T.c` mends only types that are lists themselves). Acquisitions of ISMRMRD are such compounds.
enum HDF5OpenFiles {
  /// A file as the system knows it, whatever its path; not given to another one while it is open.
  private struct Identity: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  private static let opened = Mutex<[Identity: hid_t]>([:])

  /// Opens the file at `path`, or gives one more reference to it if it is open; library locked.
  ///
  /// Negative if HDF5 cannot open it.
  static func open(_ path: String, access: hid_t) -> hid_t {
    let id = H5Fopen(path, chdf5_read_only(), access)
    guard id >= 0, let identity = identity(id) else { return id }
    return opened.withLock { opened in
      guard let first = opened[identity] else {
        opened[identity] = id
        return id
      }
      H5Fclose(id)
      H5Iinc_ref(first)
      return first
    }
  }

  /// Gives one reference to a file of any kind back, the last of which closes it; library locked.
  ///
  /// Returns whether every byte could be written.
  static func release(_ id: hid_t) -> Bool {
    opened.withLock { opened in
      if H5Iget_ref(id) == 1, let identity = identity(id), opened[identity] == id {
        opened.removeValue(forKey: identity)
      }
      return H5Fclose(id) >= 0
    }
  }

  private static func identity(_ id: hid_t) -> Identity? {
    var handle: UnsafeMutableRawPointer?
    var facts = stat()
    guard H5Fget_vfd_handle(id, 0, &handle) >= 0, let handle,
      fstat(handle.load(as: Int32.self), &facts) == 0
    else { return nil }
    return Identity(device: UInt64(facts.st_dev), inode: UInt64(facts.st_ino))
  }
}
