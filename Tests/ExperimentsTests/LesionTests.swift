import Arrays
import Foundation
import Numerics
import Reconstruction
import TestSupport
import Testing

@testable import Experiments

@Suite("Lesions that are put in and looked for")
struct LesionTests {
  @Test("a lesion has its area, and its template measures its contrast")
  func template() {
    for diameter in [2.0, 5, 10] {
      let lesion = Lesion(row: 20, column: 23, diameter: diameter, contrast: 0.3)
      let (rows, columns) = (41, 47)
      var area = 0.0
      for row in 0..<rows {
        for column in 0..<columns { area += lesion.coverage(row: row, column: column) }
      }
      #expect(abs(area / (Double.pi * diameter * diameter / 4) - 1) < 0.04)
      let template = lesion.template(rows: rows, columns: columns)
      // Disc and ring cancel on a flat image, and on a slope.
      #expect(abs(template.reduce(0) { $0 + $1.weight }) < 1e-9)
      var slope = RealArray(zeros: [rows, columns])
      for index in slope.values.indices { slope.values[index] = Float(index % columns) }
      #expect(abs(lesion.measuredContrast(in: slope)) < 1e-4)

      let object = ComplexArray(shape: [rows, columns], repeating: Complex(0, 2))
      let phase = ComplexArray(shape: [rows, columns], repeating: Complex(0, 1))
      var with = object
      with.add(1, times: lesion.added(to: object, phase: phase))
      // The disc's edge pixels hold but a share of it, and count by that share; a small disc is all edge.
      let contrast = lesion.measuredContrast(in: with.magnitudes)
      #expect(contrast > 0.6 * (diameter > 2 ? 0.75 : 0.5) && contrast <= 0.6 + 1e-6)
      #expect(abs(with.magnitudes.values[20 * columns + 23] - 2.6) < 1e-4)
    }
  }

  @Test("lesions lie in tissue, apart, and where the seed says")
  func placement() {
    var image = RealArray(zeros: [90, 96])
    for row in 15..<75 {
      for column in 20..<80 { image.values[row * 96 + column] = 1 }
    }
    let wanted = [2.0, 4, 7, 10].map { (diameter: $0, contrast: 0.5) }
    var random = RandomStream(seed: 4)
    let placed = LesionPlacement.place(wanted, in: image, random: &random)
    #expect(placed.count == 4)
    for lesion in placed {
      #expect(image.values[lesion.row * 96 + lesion.column] == 1)
      for other in placed where other != lesion {
        let (dy, dx) = (lesion.row - other.row, lesion.column - other.column)
        #expect(Double(dy * dy + dx * dx).squareRoot() > (lesion.diameter + other.diameter) / 2 + 6)
      }
    }
    var again = RandomStream(seed: 4)
    #expect(LesionPlacement.place(wanted, in: image, random: &again) == placed)
    #expect(
      LesionPlacement.place(wanted, in: RealArray(zeros: [8, 8]), random: &again).isEmpty)
  }

  private func row(
    _ recovered: Double, _ invented: Double, contrast: Double = 0.5, method: String = "sense"
  ) -> LesionStudy.Row {
    LesionStudy.Row(
      file: "scan.h5", slice: 0, method: method, acceleration: 4, achievedAcceleration: 3.5,
      lesion: Lesion(row: 9, column: 9, diameter: 4, contrast: contrast), recovered: recovered,
      invented: invented)
  }

  @Test("the summary counts by the criterion, dark and bright together")
  func summary() throws {
    let rows = [
      row(0.5, 0.1), row(0.49, 0.6, contrast: -0.5), row(1.1, -2), row(0.2, 0, method: "ilo"),
    ]
    let summary = LesionStudy.summary(rows)
    #expect(summary.map(\.method) == ["sense", "ilo"])
    let sense = try #require(summary.first)
    #expect(sense.lesions == 3 && sense.survived == 2 && sense.invented == 1)
    #expect(abs(sense.meanRecovered - 2.09 / 3) < 1e-9)
    let text = LesionTables.markdown(summary)
    #expect(text.contains("| sense | ±50 % | 67 / 33 (3) |"))
    #expect(text.contains("| ilo | ±50 % | 0 / 0 (1) |"))
  }

  @Test("settings that make no sense are refused in a sentence")
  func refused() {
    let wrong: [(inout LesionStudy.Settings) -> Void] = [
      { $0.diameters = [] }, { $0.diameters = [0.2] }, { $0.contrasts = [0] },
      { $0.contrasts = [.nan] }, { $0.accelerations = [1] }, { $0.atOnce = 0 }, { $0.repeats = 0 },
    ]
    for change in wrong {
      var settings = LesionStudy.Settings()
      change(&settings)
      #expect(throws: ExperimentError.self) {
        try LesionStudy(methods: [ZeroFilled()], settings: settings)
      }
    }
  }
}
