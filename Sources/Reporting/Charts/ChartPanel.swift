/// One system of axes in a chart: a rectangle with grid, ticks and titles.
struct ChartPanel {
  let x, y, width, height: Double
  /// Nil where the panel shows categories.
  let horizontal: ChartAxis?
  let vertical: ChartAxis

  func point(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (
      self.x + width * (horizontal?.position(x) ?? x),
      self.y + height * (1 - vertical.position(y))
    )
  }

  /// Draws grid, ticks and titles; an empty title is left out.
  func draw(on svg: inout SVG, title: String, horizontalTitle: String, verticalTitle: String) {
    let bottom = y + height
    for tick in vertical.ticks {
      let level = point(0, tick.value).y
      svg.line((x, level), (x + width, level), colour: ChartInk.grid)
      svg.text(tick.label, x: x - 6, y: level + 4, anchor: .end, size: 11)
    }
    var free = -Double.infinity
    for tick in horizontal?.ticks ?? [] {
      let place = x + width * (horizontal?.position(tick.value) ?? 0)
      svg.line((place, bottom), (place, bottom + 4), colour: ChartInk.axis)
      let half = SVG.width(of: tick.label, size: 11) / 2
      // Labels that would run into each other are left out.
      guard place - half > free + 8 else { continue }
      svg.text(tick.label, x: place, y: bottom + 16, anchor: .middle, size: 11)
      free = place + half
    }
    svg.line((x, y), (x, bottom), colour: ChartInk.axis)
    svg.line((x, bottom), (x + width, bottom), colour: ChartInk.axis)
    svg.text(
      SVG.shortened(title, to: width + 30), x: x, y: y - 9, isBold: true, hint: title)
    if !horizontalTitle.isEmpty {
      svg.text(horizontalTitle, x: x + width / 2, y: bottom + 33, anchor: .middle, size: 11)
    }
    if !verticalTitle.isEmpty {
      svg.text(
        verticalTitle, x: x - 48, y: y + height / 2, anchor: .middle, size: 11, turn: -90)
    }
  }
}

/// Where the panels of a chart stand: rows of at most three.
struct PanelGrid {
  static let columns = 3
  let count: Int
  let cellWidth, cellHeight: Double

  var width: Double { Double(min(max(count, 1), Self.columns)) * cellWidth }
  var height: Double {
    Double((max(count, 1) + Self.columns - 1) / Self.columns) * cellHeight
  }

  /// The corner of the cell `index`.
  func origin(_ index: Int) -> (x: Double, y: Double) {
    (Double(index % Self.columns) * cellWidth, Double(index / Self.columns) * cellHeight)
  }
}
