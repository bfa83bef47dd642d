/// `first − second`, figure by figure; lists of different length stop the program.
func pairedDifferences(_ first: [Double], _ second: [Double]) -> [Double] {
  guard first.count == second.count else {
    fatalError("\(first.count) and \(second.count) figures do not pair")
  }
  return zip(first, second).map { $0 - $1 }
}
