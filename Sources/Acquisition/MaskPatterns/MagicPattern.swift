import Arrays

extension MaskRequest {
  /// Every R-th column with opposite offsets on the two sides of the centre.
  ///
  /// Conjugate symmetry then gives each sampled line a different partner (Defazio,
  /// arXiv:1912.01101).
  func magicColumns(_ generator: inout MersenneTwister) throws(SamplingMaskError) -> [Bool] {
    magicColumns(step: try wholeAcceleration(), &generator)
  }

  func magicColumns(step: Int, _ generator: inout MersenneTwister) -> [Bool] {
    let offset = generator.randomInteger(below: step)
    let (positiveOffset, negativeOffset) =
      offset % 2 == 0 ? (offset + 1, offset + 2) : (offset + 2, offset - 1)
    let positiveCount = (columns + 1) / 2
    let negativeCount = columns - positiveCount
    // The halves are built from the centre outwards; numpy.fft.fftshift then moves column
    // `positiveCount` of the joined halves to the front.
    var sampled = [Bool](repeating: false, count: columns)
    for distance in stride(from: positiveOffset, to: positiveCount, by: step) {
      sampled[negativeCount + distance] = true
    }
    for distance in stride(from: negativeOffset, to: negativeCount, by: step) {
      sampled[negativeCount - 1 - distance] = true
    }
    return sampled
  }
}
