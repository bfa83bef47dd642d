/// The tensors of a public implementation on their way to the names and scales of `StyleGANSlots`.
///
/// Both keep weights of unit variance and multiply them by 1/√fan-in as they run (equalised learning
/// rates); here the products are kept.
struct StyleGANSource {
  typealias Tensors = [String: TensorFile.Tensor]

  private let tensors: Tensors
  private let path: String
  /// What weights and biases of the mapping are multiplied by besides.
  private let mappingRate: Float
  /// The names that nothing has asked for.
  private(set) var unused: Set<String>
  private var result: Tensors = [:]

  init(tensors: Tensors, path: String, mappingRate: Float) {
    (self.tensors, self.path, self.mappingRate) = (tensors, path, mappingRate)
    unused = Set(tensors.keys)
  }

  /// The architecture and tensors of a state by the names of NVlabs/stylegan2-ada-pytorch.
  mutating func nvlabs() throws(WeightsError) -> (StyleGANArchitecture, Tensors) {
    if tensors["mapping.embed.weight"] != nil {
      throw fault("the generator is conditional: its mapping reads labels (mapping.embed)")
    }
    let mapping = try mapping { "mapping.fc\($0)" }
    try move("mapping.w_avg", "mapping.mean", optional: true)
    var widths: [Int] = []
    var (sides, channels) = ((4, 4), 0)
    var residual = false
    for level in 0..<tensors.count {
      let name = "synthesis.b\(4 << level)"
      guard hasLayer(name) else { break }
      widths.append(try shape(name + ".conv1.weight", axes: 4)[0])
      if level == 0 {
        let constant = try shape(name + ".const", axes: 3)
        sides = (constant[1], constant[2])
        try move(name + ".const", "constant")
      } else {
        try convolution(name + ".conv0", "level\(level).upsampling", names: .nvlabs)
      }
      try convolution(name + ".conv1", "level\(level).convolution", names: .nvlabs)
      if has(name + ".torgb.weight") {
        channels = try shape(name + ".torgb.weight", axes: 4)[0]
        try convolution(name + ".torgb", "level\(level).image", names: .nvlabs, isImage: true)
      }
      if has(name + ".skip.weight") {
        residual = true
        let inputs = try shape(name + ".skip.weight", axes: 4)[1]
        try move(
          name + ".skip.weight", "level\(level).bypass.weight", factor: Self.gain(inputs))
        try checkFilter(name + ".skip.resample_filter")
      }
      try checkFilter(name + ".resample_filter")
    }
    let hasSkips = widths.count > 1 && result["level0.image.weight"] != nil
    return (
      StyleGANArchitecture(
        constantRows: sides.0, constantColumns: sides.1, widths: widths, latentSize: mapping.latent,
        styleSize: mapping.style, mappingWidths: mapping.widths, imageChannels: channels,
        output: residual ? .residual : hasSkips || widths.count == 1 ? .skip : .plain), result
    )
  }

  /// The same of rosinality/stylegan2-pytorch.
  mutating func rosinality() throws(WeightsError) -> (StyleGANArchitecture, Tensors) {
    let mapping = try mapping { "style.\($0 + 1)" }
    try move("latent_avg", "mapping.mean", optional: true)
    let constant = try shape("input.input", axes: 4)
    try move("input.input", "constant", shape: Array(constant.dropFirst()))
    var widths: [Int] = []
    var channels = 0
    for level in 0..<tensors.count {
      let second = level == 0 ? "conv1" : "convs.\(2 * level - 1)"
      guard hasLayer(second) || level > 0 && hasLayer("to_rgbs.\(level - 1)") else { break }
      widths.append(try shape(second + ".conv.weight", axes: 5)[1])
      if level > 0 {
        let first = "convs.\(2 * level - 2)"
        try convolution(first, "level\(level).upsampling", names: .rosinality)
        try noise("noises.noise_\(2 * level - 1)", "level\(level).upsampling")
        try checkFilter(first + ".conv.blur.kernel")
      }
      try convolution(second, "level\(level).convolution", names: .rosinality)
      try noise("noises.noise_\(2 * level)", "level\(level).convolution")
      let image = level == 0 ? "to_rgb1" : "to_rgbs.\(level - 1)"
      channels = try shape(image + ".conv.weight", axes: 5)[1]
      try convolution(image, "level\(level).image", names: .rosinality, isImage: true)
      try checkFilter(image + ".upsample.kernel")
    }
    return (
      StyleGANArchitecture(
        constantRows: constant[2], constantColumns: constant[3], widths: widths,
        latentSize: mapping.latent, styleSize: mapping.style, mappingWidths: mapping.widths,
        imageChannels: channels, output: .skip), result
    )
  }

  private enum Names {
    case nvlabs
    case rosinality
  }

  private static func gain(_ inputs: Int) -> Float { 1 / Float(inputs).squareRoot() }

  private func fault(_ problem: String) -> WeightsError {
    WeightsError(
      file: path, problem: problem,
      cure: "export the whole state of an unconditional StyleGAN2 generator")
  }

  private func has(_ name: String) -> Bool { tensors[name] != nil }

  private func hasLayer(_ name: String) -> Bool {
    tensors.keys.contains { $0.hasPrefix(name + ".") }
  }

  private func shape(_ name: String, axes: Int) throws(WeightsError) -> [Int] {
    guard let shape = tensors[name]?.shape, shape.count == axes, shape.allSatisfy({ $0 > 0 })
    else {
      throw fault(
        "tensor \(name) should have \(axes) axes, and "
          + (tensors[name].map { "is \($0.shape)" } ?? "is missing"))
    }
    return shape
  }

  /// Gives a tensor its new name, a factor and another shape of as many values.
  private mutating func move(
    _ name: String, _ target: String, factor: Float = 1, shape: [Int]? = nil, optional: Bool = false
  ) throws(WeightsError) {
    guard let tensor = tensors[name] else {
      if optional { return }
      throw fault("tensor \(name) is missing")
    }
    unused.remove(name)
    let shape = shape ?? tensor.shape
    guard shape.reduce(1, *) == tensor.values.count else {
      throw fault("tensor \(name) is \(tensor.shape)")
    }
    result[target] = TensorFile.Tensor(
      shape: shape, values: factor == 1 ? tensor.values : tensor.values.map { factor * $0 })
  }

  /// The mapping's layers, and its sizes.
  private mutating func mapping(
    _ name: (Int) -> String
  ) throws(WeightsError) -> (latent: Int, style: Int, widths: [Int]) {
    var sizes: [[Int]] = []
    while has(name(sizes.count) + ".weight") {
      let (from, to) = (name(sizes.count), "mapping.layer\(sizes.count)")
      let size = try shape(from + ".weight", axes: 2)
      try move(from + ".weight", to + ".weight", factor: mappingRate * Self.gain(size[1]))
      try move(from + ".bias", to + ".bias", factor: mappingRate)
      sizes.append(size)
    }
    guard let first = sizes.first, let last = sizes.last else {
      throw fault("tensor \(name(0)).weight is missing")
    }
    return (first[1], last[0], sizes.dropLast().map { $0[0] })
  }

  private mutating func convolution(
    _ name: String, _ target: String, names: Names, isImage: Bool = false
  ) throws(WeightsError) {
    let isNVlabs = names == .nvlabs
    let weight = name + (isNVlabs ? ".weight" : ".conv.weight")
    let sizes = Array(try shape(weight, axes: isNVlabs ? 4 : 5).suffix(4))
    // NVlabs' other convolutions are not scaled, for demodulation would undo it.
    let isScaled = isImage || !isNVlabs
    try move(
      weight, target + ".weight",
      factor: isScaled ? Self.gain(sizes.dropFirst().reduce(1, *)) : 1, shape: sizes)
    let affine = name + (isNVlabs ? ".affine" : ".conv.modulation")
    let style = try shape(affine + ".weight", axes: 2)
    try move(affine + ".weight", target + ".style.weight", factor: Self.gain(style[1]))
    try move(affine + ".bias", target + ".style.bias")
    try move(
      name + (isNVlabs || isImage ? ".bias" : ".activate.bias"), target + ".bias",
      shape: [sizes[0]])
    if isImage { return }
    try move(
      name + (isNVlabs ? ".noise_strength" : ".noise.weight"), target + ".strength", shape: [])
    if isNVlabs {
      try move(name + ".noise_const", target + ".noise")
      try checkFilter(name + ".resample_filter")
    }
  }

  private mutating func noise(_ name: String, _ target: String) throws(WeightsError) {
    let sizes = try shape(name, axes: 4)
    try move(name, target + ".noise", shape: [sizes[2], sizes[3]])
  }

  /// Refuses a low-pass filter other than (1, 3, 3, 1), whatever its sum.
  private mutating func checkFilter(_ name: String) throws(WeightsError) {
    guard let tensor = tensors[name] else { return }
    unused.remove(name)
    let sum = tensor.values.reduce(0, +)
    let line: [Float] = [1, 3, 3, 1].map { $0 / 8 }
    let plane = line.flatMap { row in line.map { row * $0 } }
    let wanted = tensor.values.count == 4 ? line : plane
    guard wanted.count == tensor.values.count,
      zip(tensor.values, wanted).allSatisfy({ abs($0 / sum - $1) < 1e-3 })
    else { throw fault("the low-pass filter \(name) is not (1, 3, 3, 1)") }
  }
}
