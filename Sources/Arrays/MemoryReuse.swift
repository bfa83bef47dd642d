import CMalloc

/// How the C library treats memory that is freed.
public enum MemoryReuse {
  /// Keeps large blocks for reuse instead of returning them to the kernel.
  ///
  /// Iterations allocate and free the same megabytes again and again; without this the kernel maps
  /// and clears their pages each time, which was measured as a third of the processor time of a
  /// reconstruction. To be called once at start-up.
  public static func keepLargeBlocks() {
    #if os(Linux)
      mallopt(M_MMAP_THRESHOLD, 1 << 30)
      mallopt(M_TRIM_THRESHOLD, 2000 << 20)
      mallopt(M_TOP_PAD, 64 << 20)
    #endif
  }

  /// Gives freed memory back to the kernel, so that what is resident afterwards is in use.
  public static func giveBack() {
    #if os(Linux)
      malloc_trim(0)
    #endif
  }
}
