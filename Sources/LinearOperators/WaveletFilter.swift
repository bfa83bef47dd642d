/// The orthonormal wavelet families offered.
public enum WaveletFilter: String, CaseIterable, Sendable, Codable {
  /// Two taps.
  case haar
  /// Four taps, two vanishing moments: the default of BART's `pics`.
  case daubechies2
  /// Eight taps, four vanishing moments: the default of SigPy's and most published work ("db4").
  case daubechies4

  /// The low-pass filter, with unit energy (Daubechies, "Ten Lectures on Wavelets", table 6.1).
  var lowPass: [Float] {
    switch self {
    case .haar:
      [0.707_106_781_186_547_6, 0.707_106_781_186_547_6]
    case .daubechies2:
      [
        0.482_962_913_144_690_25, 0.836_516_303_737_469, 0.224_143_868_041_857_35,
        -0.129_409_522_550_921_45,
      ]
    case .daubechies4:
      [
        0.230_377_813_308_855_23, 0.714_846_570_552_541_5, 0.630_880_767_929_590_4,
        -0.027_983_769_416_983_85, -0.187_034_811_718_881_14, 0.030_841_381_835_986_965,
        0.032_883_011_666_982_945, -0.010_597_401_784_997_278,
      ]
    }
  }

  /// The high-pass filter: the low-pass reversed with alternating signs.
  var highPass: [Float] {
    let low = lowPass
    return low.indices.map { ($0 % 2 == 0 ? 1 : -1) * low[low.count - 1 - $0] }
  }
}
