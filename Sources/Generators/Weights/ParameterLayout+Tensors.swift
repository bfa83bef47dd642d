extension ParameterLayout {
  /// The flat vector of parameters that named tensors hold.
  ///
  /// Throws `WeightsError`, with `cure`, if a tensor of the layout is missing or has another
  /// shape, if one is there that does not belong to it, or if a value is not finite.
  func parameters(
    of tensors: [String: TensorFile.Tensor], path: String, cure: String
  ) throws(WeightsError) -> [Float] {
    var parameters = [Float](repeating: 0, count: count)
    for entry in entries {
      guard let tensor = tensors[entry.name], tensor.shape == entry.shape else {
        throw WeightsError(
          file: path,
          problem: "tensor \(entry.name) should be \(entry.shape), and is "
            + "\(tensors[entry.name].map { "\($0.shape)" } ?? "missing")", cure: cure)
      }
      guard tensor.values.allSatisfy(\.isFinite) else {
        throw WeightsError(
          file: path, problem: "tensor \(entry.name) holds values that are not finite",
          cure: "train or fetch the weights again")
      }
      parameters.replaceSubrange(entry.range, with: tensor.values)
    }
    let known = Set(entries.map(\.name))
    if let foreign = tensors.keys.filter({ !known.contains($0) }).min() {
      throw WeightsError(
        file: path, problem: "tensor \(foreign) does not belong to its architecture", cure: cure)
    }
    return parameters
  }
}
