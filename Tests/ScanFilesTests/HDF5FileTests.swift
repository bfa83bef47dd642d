import Arrays
import CHDF5
import Foundation
import Numerics
import TestSupport
import Testing

@testable import ScanFiles

@Suite struct HDF5FileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [nil, 4]) func valuesSurviveWritingBoxByBox(gzip: Int?) throws {
    let path = folder.file("a.h5")
    let values = pattern([3, 2, 5])
    let file = try HDF5File(creating: path)
    let dataset = try file.createDataset("x", shape: [3, 2, 5], type: .complex, gzip: gzip)
    for index in [2, 0, 1] {
      try dataset.write(values.slice(index).values, start: [index, 0, 0], count: [1, 2, 5])
    }
    try file.createDataset("bytes", shape: [3], type: .uint8).write(
      [UInt8](arrayLiteral: 0, 7, 255))
    try file.createDataset("long", shape: [2], type: .int64).write([Int.min, Int.max])
    try file.createDataset("one", shape: [], type: .float).write([Float(2.5)])
    try file.close()

    let read = try HDF5File(reading: path)
    #expect(read.names == ["bytes", "long", "one", "x"])
    let x = try read.dataset("x")
    #expect(x.elementType == .complex(real: "r", imaginary: "i"))
    #expect(try x.complexValues() == values.values)
    let box = try x.complexValues(start: [1, 1, 2], count: [2, 1, 3])
    #expect(box == [17, 18, 19, 27, 28, 29].map { values.values[$0] })
    #expect(try read.dataset("bytes").floats() == [0, 7, 255])
    #expect(try read.dataset("long").integers() == [Int.min, Int.max])
    #expect(try read.dataset("one").doubles() == [2.5])
  }

  @Test func attributesAndTextSurvive() throws {
    let path = folder.file("a.h5")
    let file = try HDF5File(creating: path)
    try file.setAttribute("max", .number(0.1))
    try file.setAttribute("patient_id", .string("Müller 🧠"))
    try file.setAttribute("list", .numbers([1, 2, 3]))
    try file.writeString("text", "line\nanother ü")
    try file.close()
    let read = try HDF5File(reading: path)
    #expect(read.attribute("max") == .number(0.1))
    #expect(read.attribute("patient_id")?.string == "Müller 🧠")
    #expect(read.attribute("list") == .numbers([1, 2, 3]))
    #expect(read.attribute("missing") == nil)
    #expect(try read.dataset("text").strings() == ["line\nanother ü"])
  }

  /// Types that other programs write: the Boolean enumeration of h5py, MATLAB's doubles as
  /// {real, imag}, text of fixed length.
  @Test func typesOfOtherWritersAreRead() throws {
    let path = folder.file("a.h5")
    let file = try HDF5File(creating: path)
    HDF5Library.locked {
      var sizes: [hsize_t] = [3]
      let space = H5Screate_simple(1, &sizes, nil)
      let boolean = H5Tenum_create(chdf5_native_int8())
      var value: Int8 = 0
      H5Tenum_insert(boolean, "FALSE", &value)
      value = 1
      H5Tenum_insert(boolean, "TRUE", &value)
      let mask = H5Dcreate2(file.id, "mask", boolean, space, 0, 0, 0)
      H5Dwrite(mask, boolean, 0, 0, 0, [Int8](arrayLiteral: 1, 0, 1))

      let complex = H5Tcreate(H5T_COMPOUND, 16)
      H5Tinsert(complex, "real", 0, chdf5_native_double())
      H5Tinsert(complex, "imag", 8, chdf5_native_double())
      let matlab = H5Dcreate2(file.id, "matlab", complex, space, 0, 0, 0)
      H5Dwrite(matlab, complex, 0, 0, 0, [Double](arrayLiteral: 1, 2, 3, 4, 5, 6))

      let text = H5Tcopy(chdf5_c_string())
      H5Tset_size(text, 4)
      let scalar = H5Screate(H5S_SCALAR)
      let fixed = H5Dcreate2(file.id, "fixed", text, scalar, 0, 0, 0)
      H5Dwrite(fixed, text, 0, 0, 0, "<a/>")
    }
    try file.close()
    let read = try HDF5File(reading: path)
    #expect(try read.dataset("mask").floats() == [1, 0, 1])
    #expect(
      try read.dataset("matlab").complexValues() == [Complex(1, 2), Complex(3, 4), Complex(5, 6)])
    #expect(try read.dataset("fixed").strings() == ["<a/>"])
  }

  @Test func wrongUseIsATypedError() throws {
    let path = folder.file("a.h5")
    let file = try HDF5File(creating: path)
    try file.createDataset("x", shape: [2], type: .float).write([Float(1), 2])
    try file.close()
    let read = try HDF5File(reading: path)
    #expect {
      _ = try read.dataset("y")
    } throws: {
      ($0 as? ScanFileError)?.problem == .missingDataset("y", present: ["x"])
    }
    #expect(throws: ScanFileError.self) { try read.dataset("x").complexValues() }
    #expect(throws: ScanFileError.self) { try read.dataset("x").floats(start: [1], count: [2]) }
    #expect(throws: ScanFileError.self) { try HDF5File(creating: folder.path + "/no/such.h5") }
  }

  @Test func anUncommittedFileLeavesNothing() throws {
    let path = folder.file("a.h5")
    do {
      let writer = try AtomicHDF5Writer(path: path)
      try writer.file.createDataset("x", shape: [2], type: .float).write([Float(1), 2])
      #expect(folder.names.count == 1)
      #expect(folder.names[0].hasPrefix("a.h5.partial-"))
    }
    #expect(folder.names == [])
  }

  @Test func aCommittedFileReplacesTheOldOne() throws {
    let path = try folder.write([1, 2, 3], "a.h5")
    let writer = try AtomicHDF5Writer(path: path)
    let dataset = try writer.file.createDataset("x", shape: [2], type: .float)
    try dataset.write([Float(1), 2])
    try writer.commit()
    #expect(folder.names == ["a.h5"])
    #expect(try HDF5File(reading: path).dataset("x").floats() == [1, 2])
    // A dataset that outlives its file is refused, not a crash.
    #expect(throws: ScanFileError.self) { try dataset.write([Float(1), 2]) }
  }

  @Test func manyThreadsMayReadAtOnce() async throws {
    let path = folder.file("a.h5")
    try TestScan(kspace: pattern([8, 2, 9, 7])).write(path)
    let scan = try FastMRIScan(path: path)
    let expected = pattern([8, 2, 9, 7])
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for index in 0..<64 {
        group.addTask { try scan.kspace(slice: index % 8) == expected.slice(index % 8) }
      }
      for try await isEqual in group { #expect(isEqual) }
    }
  }

  #if os(Linux)
    /// A limit on the file size stands for a full disk: creating, writing or closing fails.
    ///
    /// The process then ends by itself, through the exit handlers, without a crash.
    @Test(arguments: [0, 1000, 3000, 20_000, 100_000, 150_000])
    func aFullDiskIsAnError(bytes: Int) async throws {
      await #expect(processExitsWith: .success) { [bytes = bytes as Int] in
        signal(SIGXFSZ, SIG_IGN)
        let size = UInt(bytes)
        var limit = rlimit(rlim_cur: size, rlim_max: size)
        setrlimit(__rlimit_resource_t(1), &limit)
        let folder = FileManager.default.temporaryDirectory
          .appendingPathComponent("full-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        do throws(ScanFileError) {
          let writer = try AtomicHDF5Writer(path: folder + "/a.h5")
          let dataset = try writer.file.createDataset("x", shape: [40, 1000], type: .float)
          try writer.file.writeString("text", String(repeating: "long ", count: 500))
          try writer.file.setAttribute("list", .numbers(Array(repeating: 1, count: 500)))
          for row in 0..<40 {
            try dataset.write(
              [Float](repeating: 1, count: 1000), start: [row, 0], count: [1, 1000])
          }
          try writer.commit()
          exit(3)
        } catch {
          guard case .writeFailed = error.problem else { exit(2) }
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder)
        try FileManager.default.removeItem(atPath: folder)
        exit(left.isEmpty ? 0 : 4)
      }
    }
  #endif
}
