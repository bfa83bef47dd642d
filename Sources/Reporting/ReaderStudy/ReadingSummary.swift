import Arrays
import Evaluation

/// Computes the parts of a `ReaderAnalysis`.
///
/// Each bootstrap draws from a stream of its own that starts at the seed, so that no interval depends
/// on what else is computed.
struct ReadingSummary {
  let data: ReadingData
  let settings: ReaderAnalysisSettings

  private var stream: RandomStream { RandomStream(seed: settings.seed) }

  func means(_ criterion: ReadingCriterion) -> [ReaderAnalysis.MeanScore] {
    data.arms.map { arm in
      var (cases, missing) = (0, 0)
      let byPatient = data.patients.map { patient in
        patient.flatMap { one -> [Double] in
          guard one.images[arm] != nil else { return [] }
          let found = data.readers.compactMap { data.score($0, one, arm, criterion) }
          missing += data.readers.count - found.count
          cases += found.isEmpty ? 0 : 1
          return found.map(Double.init)
        }
      }.filter { !$0.isEmpty }
      let bootstrap = BootstrapInterval(
        meanOf: byPatient, resamples: settings.resamples, confidence: settings.confidence,
        stream: stream)
      return ReaderAnalysis.MeanScore(
        criterion: criterion, method: arm.method, condition: arm.condition,
        mean: Self.mean(byPatient.compactMap(Self.mean)), interval: bootstrap?.interval,
        patients: byPatient.count, cases: cases, scores: byPatient.reduce(0) { $0 + $1.count },
        missing: missing)
    }
  }

  func rankings(_ criterion: ReadingCriterion) -> [ReaderAnalysis.Ranking] {
    data.conditions.map { condition in
      let arms = data.methods.map { data.arm($0, condition) }
      let readings = data.patients.map { patient in
        patient.flatMap { one in
          data.readers.map { reader in
            arms.map { data.score(reader, one, $0, criterion).map(Double.init) }
          }
        }
      }
      let ranks = MeanRanks(
        readings, resamples: settings.resamples, confidence: settings.confidence, stream: stream)
      return ReaderAnalysis.Ranking(
        criterion: criterion, condition: condition, methods: data.methods, ranks: ranks,
        friedman: ranks.flatMap { FriedmanTest($0.caseRanks) })
    }
  }

  func agreement(_ criterion: ReadingCriterion) -> ReaderAnalysis.Agreement {
    let rows = data.originals.map { image in
      data.readers.map { $0.scores[image]?[criterion] }
    }
    let intra = data.readers.map { reader in
      let pairs = data.repeats.compactMap { original, copy -> (Int, Int)? in
        guard let first = reader.scores[original]?[criterion],
          let second = reader.scores[copy]?[criterion]
        else { return nil }
        return (first, second)
      }
      return ReaderAnalysis.Agreement.Intra(
        reader: reader.number, pairs: pairs.count, equal: pairs.count { $0 == $1 },
        kappa: WeightedKappa(pairs.map(\.0), pairs.map(\.1))?.value)
    }
    return ReaderAnalysis.Agreement(
      criterion: criterion, images: rows.count { $0.compactMap { $0 }.count > 1 },
      kappa: PairwiseKappa(rows),
      correlation: IntraclassCorrelation(
        rows.map { $0.map { $0.map(Double.init) } }, confidence: settings.confidence),
      intra: intra)
  }

  func comparisons(
    _ criterion: ReadingCriterion, with baseline: String
  ) -> [ReaderAnalysis.Comparison] {
    data.conditions.flatMap { condition in
      data.methods.filter { $0 != baseline }.compactMap { method in
        let (arm, other) = (data.arm(method, condition), data.arm(baseline, condition))
        // The reference has no condition of its own to be compared under.
        guard arm.condition != nil else { return nil }
        var cases = 0
        let differences = data.patients.map { patient in
          patient.flatMap { one -> [Double] in
            let found = data.readers.compactMap { reader -> Double? in
              guard let score = data.score(reader, one, arm, criterion),
                let base = data.score(reader, one, other, criterion)
              else { return nil }
              return Double(score - base)
            }
            cases += found.isEmpty ? 0 : 1
            return found
          }
        }.filter { !$0.isEmpty }
        return ReaderAnalysis.Comparison(
          criterion: criterion, method: method, condition: condition, baseline: baseline,
          patients: differences.count, cases: cases,
          pairs: differences.reduce(0) { $0 + $1.count },
          test: NonInferiority(
            differences: differences, margin: settings.margin, resamples: settings.resamples,
            confidence: settings.confidence, stream: stream))
      }
    }
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
