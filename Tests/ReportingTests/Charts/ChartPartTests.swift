import Foundation
import Testing

@testable import Reporting

@Suite struct ChartAxisTests {
  @Test(arguments: [
    ([20.0, 45], [20.0, 25, 30, 35, 40, 45]), ([0.41, 0.99], [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]),
    ([-4.1, 1.5], [-4.0, -3, -2, -1, 0, 1]),
    ([1200, 1300], [1200.0, 1220, 1240, 1260, 1280, 1300]),
  ])
  func ticksAreRoundAndInside(values: [Double], ticks: [Double]) {
    let axis = ChartAxis.linear(values)
    for (tick, expected) in zip(axis.ticks, ticks) { #expect(abs(tick.value - expected) < 1e-9) }
    #expect(axis.ticks.count == ticks.count)
    #expect(axis.lower <= values[0] && axis.upper >= values[1])
    for value in axis.ticks.map(\.value) { #expect((0...1).contains(axis.position(value))) }
  }

  @Test func labelsHaveTheDecimalsOfTheStepAndATrueMinus() {
    #expect(
      ChartAxis.linear([-0.15, 0.02]).ticks.map(\.label) == ["−0.15", "−0.10", "−0.05", "0.00"])
    #expect(ChartAxis.linear([20, 45]).ticks.map(\.label).first == "20")
  }

  @Test func oneValueStandsInTheMiddle() {
    for value in [31.2, 0, -2] {
      let axis = ChartAxis.linear([value])
      #expect(abs(axis.position(value) - 0.5) < 1e-9)
      #expect(axis.lower < axis.upper)
    }
  }

  @Test func infiniteFiguresAndNoneLeaveAnAxis() {
    let axis = ChartAxis.linear([.infinity, 30, 40, .nan])
    #expect(axis.lower > 29 && axis.upper < 41)
    #expect(ChartAxis.linear([]).ticks.count > 1)
    #expect(ChartAxis.acceleration([]).lower > 0)
  }

  @Test func doublingsOfTheAccelerationLieEquallyFarApart() {
    let axis = ChartAxis.acceleration([2, 4, 8])
    let steps = [2.0, 4, 8].map(axis.position)
    #expect(abs((steps[1] - steps[0]) - (steps[2] - steps[1])) < 1e-9)
    #expect(axis.ticks.map(\.label) == ["2×", "3×", "4×", "5×", "6×", "8×"])
  }
}

@Suite struct LabelPlacementTests {
  @Test func labelsApartStayWhereTheyAre() {
    #expect(LabelPlacement.spread([10, 40, 90], gap: 15, lower: 0, upper: 100) == [10, 40, 90])
  }

  @Test(arguments: [
    [50.0, 50, 50, 50], [0, 1, 2], [99, 100, 98], [10, 24, 38, 90], [60, 20, 61],
  ])
  func labelsKeepTheirDistanceAndOrder(wanted: [Double]) {
    let placed = LabelPlacement.spread(wanted, gap: 15, lower: 0, upper: 100)
    let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
    for (above, below) in zip(order, order.dropFirst()) {
      #expect(placed[below] - placed[above] >= 15 - 1e-9)
    }
    #expect(placed.allSatisfy { $0 >= 0 && $0 <= 100 })
  }
}

@Suite struct SVGTests {
  @Test func hostileWordsAreEscapedScalarByScalar() {
    #expect(SVG.escaped("<b a=\"'&\u{1}") == "&lt;b a=&quot;&#39;&amp; ")
    // A quotation mark with an accent is one character, but a parser sees the mark.
    #expect(SVG.escaped("\"\u{301}") == "&quot;\u{301}")
  }

  @Test func coordinatesAreShort() {
    #expect([1, 1.04, 1.06, -0.01, 1234.55].map(SVG.number) == ["1", "1", "1.1", "0", "1234.5"])
  }

  @Test func longLabelsAreCut() {
    let short = SVG.shortened(String(repeating: "wide ", count: 20), to: 60)
    #expect(short.hasSuffix("…") && SVG.width(of: short) <= 60)
    #expect(SVG.shortened("ilo", to: 60) == "ilo")
  }

  @Test func aMaskIsDrawnRunByRun() {
    let svg = MaskStrip.svg([true, true, false, true], rows: nil, label: "<x>")
    #expect(svg.contains("d=\"M0 0H2V10H0ZM3 0H4V10H3Z\""))
    #expect(svg.contains("viewBox=\"0 0 4 10\"") && svg.contains("&lt;x&gt;"))
    let plane = MaskStrip.svg([true, true, false, false, false, true], rows: 2, label: "")
    #expect(plane.contains("d=\"M0 0h2v1h-2zM2 1h1v1h-1z\"") && plane.contains("\"0 0 3 2\""))
  }
}

@Suite struct MethodStyleTests {
  @Test func noTwoMethodsLookAlikeInGreyPrint() {
    let names = (0..<6).map { "method \($0)" }
    let styles = MethodStyles(methods: names, main: "method 3")
    #expect(styles["method 3"] == MethodStyle(colour: "#D55E00", marker: .circle, dash: ""))
    #expect(Set(names.map { styles[$0].marker.commands(x: 0, y: 0, size: 4) }).count == 6)
    #expect(Set(names.map { styles[$0].dash }).count == 6)
    #expect(Set(names.map { styles[$0].colour }).count == 6)
  }
}
