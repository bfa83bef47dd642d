/// Holm's step-down correction of p values for the number of tests.
///
/// It bounds the probability of any false rejection, whatever the dependence between the tests.
/// Source: Holm, Scand. J. Statist. 6(2), 1979; the same as `statsmodels`' `multipletests('holm')`.
public enum HolmCorrection {
  /// The adjusted p values, in the order of `pValues`; a test is rejected at the level α where its
  /// adjusted value is at most α.
  ///
  /// A p value outside 0...1, NaN included, is a programmer's error and stops the program.
  public static func adjusted(_ pValues: [Double]) -> [Double] {
    for value in pValues where !(0...1).contains(value) {
      fatalError("a p value must lie in 0...1, not be \(value)")
    }
    var adjusted = pValues
    var largest = 0.0
    let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
    for (place, index) in order.enumerated() {
      largest = max(largest, min(1, Double(pValues.count - place) * pValues[index]))
      adjusted[index] = largest
    }
    return adjusted
  }
}
