import Arrays

extension PictureSheet {
  /// Draws the whole sheet.
  public func rendered() -> ColourImage {
    var drawing = PictureSheetDrawing(self)
    return drawing.draw()
  }
}

/// The drawing of one sheet: lengths, then from top to bottom header, bands of panels, foot.
private struct PictureSheetDrawing {
  let sheet: PictureSheet
  let font = PictureFont.shared
  let zoom: PictureZoom
  /// The size of each image, and of the cell that it is centred in.
  let imageRows, imageColumns, cellRows, cellColumns: Int
  /// The multiple of the font's size that suits the cells, and lengths that follow it.
  let size, margin, gap, line: Int
  let bands: [Range<Int>]
  let width: Int
  let white: Float
  let errors: ErrorScale?
  var canvas: ColourImage

  let ink = Colour(grey: 24)
  let faint = Colour(grey: 96)

  /// The reference, if there is one, then the panels.
  let cells: [PictureSheet.Panel]

  init(_ sheet: PictureSheet) {
    self.sheet = sheet
    zoom = PictureZoom(rows: sheet.rows, columns: sheet.columns)
    (imageRows, imageColumns) = (zoom.length(sheet.rows), zoom.length(sheet.columns))
    (cellRows, cellColumns) = (max(256, imageRows), max(256, imageColumns))
    size = min(cellRows, cellColumns) >= 768 ? 2 : 1
    (margin, gap, line) = (14 * size, 8 * size, (font.height + 4) * size)
    switch sheet.reference {
    case .image(let image, _):
      cells = [PictureSheet.Panel(title: "reference", image: image)] + sheet.panels
      errors =
        sheet.panels.isEmpty
        ? nil : ErrorScale(reference: image, images: sheet.panels.map(\.image))
    case .missing:
      cells = sheet.panels
      errors = nil
    }
    white = percentile(cells[0].image.values.map(abs), 99.8)
    let perBand = cells.count <= 5 ? cells.count : (cells.count + 1) / 2
    let count = cells.count
    bands = stride(from: 0, to: count, by: perBand).map { $0..<min($0 + perBand, count) }
    width = max(2 * margin + perBand * cellColumns + (perBand - 1) * gap, 2 * margin + 420 * size)
    canvas = ColourImage(rows: 0, columns: 0, colour: .white)
  }

  var textWidth: Int { width - 2 * margin }
  var hasReference: Bool { if case .image = sheet.reference { true } else { false } }

  mutating func draw() -> ColourImage {
    let header = headerLines()
    let footer = font.wrap(footText, width: textWidth, size: size)
    let band = line + cellRows + (errors == nil ? 0 : gap + cellRows)
    let below = keysBelow ? gap + keyRowsBelow : 0
    let rows =
      2 * margin + (header.count + footer.count) * line + 2 * gap + bands.count * band
      + (bands.count - 1) * 2 * gap + below
    canvas = ColourImage(rows: rows, columns: width, colour: .white)

    var top = margin
    for (index, text) in header.enumerated() {
      font.draw(
        text.line, on: &canvas, row: top, column: margin, colour: text.strong ? ink : faint,
        size: size)
      top += line
      if index == header.count - 1 { top += gap }
    }
    for (index, members) in bands.enumerated() {
      if index > 0 { top += 2 * gap }
      drawBand(members, top: top)
      top += band
    }
    if keysBelow {
      top += gap
      drawKeys(
        in: PixelArea(top: top, left: margin, rows: keyRowsBelow, columns: keyColumnsBelow))
      top += keyRowsBelow
    }
    top += gap
    for text in footer {
      font.draw(text, on: &canvas, row: top, column: margin, colour: faint, size: size)
      top += line
    }
    return canvas
  }

  // MARK: Words

  private func headerLines() -> [(line: String, strong: Bool)] {
    let caption = sheet.caption
    let first =
      "\(caption.file) · slice \(caption.slice) · mask \(caption.mask) · seed \(caption.seed)"
    let second =
      switch sheet.reference {
      case .image(_, let kind): "Metrics by \(caption.definition). Reference: \(kind)."
      case .missing(let reason): "No error maps nor metrics: \(reason)."
      }
    return font.wrap(first, width: textWidth, size: size).map { ($0, true) }
      + font.wrap(second, width: textWidth, size: size).map { ($0, false) }
  }

  private var footText: String {
    let window = hasReference ? "the reference" : "the \(cells[0].title) image"
    var text = "Grey from 0 to the 99.8th percentile of \(window), in every panel."
    if errors != nil { text += " Errors beyond the scale take its last colour." }
    if let zoom = zoom.text { text += " " + zoom }
    return text + " " + PictureSheet.notice
  }

  // MARK: Panels

  private mutating func drawBand(_ members: Range<Int>, top: Int) {
    for (place, index) in members.enumerated() {
      let cell = cells[index]
      let left = margin + place * (cellColumns + gap)
      let title = font.cut(cell.title, width: cellColumns, size: size)
      let indent = (cellColumns - font.width(title, size: size)) / 2
      font.draw(
        title, on: &canvas, row: top, column: left + indent, colour: ink, size: size)

      let shown = GreyImage(
        RealArray(shape: cell.image.shape, values: cell.image.values.map(abs)), white: white)
      let grey = zoom.reduced(
        shown.pixels.map(Float.init), rows: sheet.rows, columns: sheet.columns)
      drawImage(grey, top: top + line, left: left) { Colour(grey: UInt8($0.rounded())) }
      if let metrics = cell.metrics, hasReference {
        drawMetrics(metrics, bottom: top + line + cellRows, left: left)
      }
      guard let errors, case .image(let reference, _) = sheet.reference else { continue }
      let below = top + line + cellRows + gap
      if index == 0 {
        drawKeys(in: PixelArea(top: below, left: left, rows: cellRows, columns: cellColumns))
      } else {
        let positions = zoom.reduced(
          errors.positions(cell.image, reference), rows: sheet.rows, columns: sheet.columns)
        drawImage(positions, top: below, left: left) { ColourMap.inferno.colour($0) }
      }
    }
  }

  private mutating func drawImage(
    _ values: [Float], top: Int, left: Int, _ colour: (Float) -> Colour
  ) {
    // The lowest colour of both scales is black, so that the surround joins the image.
    canvas.fill(
      PixelArea(top: top, left: left, rows: cellRows, columns: cellColumns), colour(0))
    let (firstRow, firstColumn) = (
      top + (cellRows - imageRows) / 2, left + (cellColumns - imageColumns) / 2
    )
    let columns = imageColumns / zoom.enlarge
    for row in 0..<imageRows {
      for column in 0..<imageColumns {
        let value = values[row / zoom.enlarge * columns + column / zoom.enlarge]
        canvas[firstRow + row, firstColumn + column] = colour(value)
      }
    }
  }

  private mutating func drawMetrics(_ metrics: ImageMetrics, bottom: Int, left: Int) {
    let unit = metrics.psnr.isFinite ? " dB" : ""
    let lines = [
      ("PSNR", metrics.psnrText + unit), ("SSIM", metrics.ssimText), ("NMSE", metrics.nmseText),
    ]
    let (pad, step) = (4 * size, (font.height + 1) * size)
    let indent = font.width("NMSE ", size: size)
    let columns = (lines.map { font.width($0.1, size: size) }.max() ?? 0) + indent + 2 * pad
    let rows = lines.count * step + pad
    let top = bottom - rows
    canvas.fill(
      PixelArea(top: top, left: left, rows: rows, columns: columns), .black, opacity: 0.65)
    for (index, text) in lines.enumerated() {
      let row = top + pad / 2 + index * step
      font.draw(
        text.0, on: &canvas, row: row, column: left + pad, colour: .white, size: size)
      font.draw(
        text.1, on: &canvas, row: row, column: left + pad + indent, colour: .white, size: size)
    }
  }

  // MARK: Keys: sampled lines and colour bar

  /// Whether the sampled lines stand below the bands, because no cell under a reference is free.
  private var keysBelow: Bool { errors == nil && sheet.sampling != nil }

  private var keyColumnsBelow: Int { min(textWidth, max(cellColumns, 420 * size)) }
  private var keyRowsBelow: Int {
    line + 64 * size + gap / 2 + samplingLines(columns: keyColumnsBelow).count * line
  }

  private func samplingLines(columns: Int) -> [String] {
    Array(font.wrap(sheet.sampling?.text ?? "", width: columns, size: size).prefix(3))
  }

  /// The sampled lines fill the area from the top, the colour bar keeps its foot.
  private mutating func drawKeys(in area: PixelArea) {
    var rows = area.rows
    if let errors {
      let caption = font.wrap(
        "error ||x| – |ref|| in % of the reference maximum", width: area.columns, size: size)
      let barRows = (caption.count + 1) * line + 22 * size
      drawColourBar(
        errors, caption: caption,
        in: PixelArea(
          top: area.top + rows - barRows, left: area.left, rows: barRows, columns: area.columns))
      rows -= barRows + gap
    }
    guard let sampling = sheet.sampling, !sampling.samples.isEmpty else { return }
    let lines = samplingLines(columns: area.columns)
    font.draw(
      "sampled k-space " + (sampling.rows == nil ? "columns" : "points"), on: &canvas,
      row: area.top, column: area.left, colour: ink,
      size: size)
    var top = area.top + line
    let strip = rows - line - gap / 2 - lines.count * line
    let place = PixelArea(top: top, left: area.left, rows: strip, columns: area.columns)
    if let rows = sampling.rows {
      drawPlane(sampling.samples, rows: rows, in: place)
    } else {
      drawStrip(sampling.samples, in: place)
    }
    top += strip + gap / 2
    for text in lines {
      font.draw(text, on: &canvas, row: top, column: area.left, colour: ink, size: size)
      top += line
    }
  }

  /// Sampled columns white on black; where several share a pixel, their share as a grey.
  private mutating func drawStrip(_ sampled: [Bool], in area: PixelArea) {
    let count = sampled.count
    // A whole number of pixels per column keeps all lines equally wide.
    let columns = count <= area.columns ? area.columns / count * count : area.columns
    let left = area.left + (area.columns - columns) / 2
    canvas.fill(area, Colour(grey: 24))
    for pixel in 0..<columns {
      let first = pixel * count / columns
      let last = max(first + 1, (pixel + 1) * count / columns)
      let share = sampled[first..<last].reduce(Float(0)) { $0 + ($1 ? 1 : 0) } / Float(last - first)
      let line = PixelArea(
        top: area.top + 2 * size, left: left + pixel, rows: area.rows - 4 * size, columns: 1)
      canvas.fill(line, .white, opacity: share)
    }
  }

  /// Sampled points white on black, as large as fits; where several share a pixel, their share as a grey.
  private mutating func drawPlane(_ sampled: [Bool], rows: Int, in area: PixelArea) {
    let columns = sampled.count / rows
    let scale = min(Double(area.rows) / Double(rows), Double(area.columns) / Double(columns))
    // Whole pixels keep all points equally large.
    let zoom = scale >= 1 ? scale.rounded(.down) : scale
    let (height, width) = (
      max(1, Int(Double(rows) * zoom)), max(1, Int(Double(columns) * zoom))
    )
    let left = area.left + (area.columns - width) / 2
    canvas.fill(
      PixelArea(top: area.top, left: left, rows: height, columns: width), Colour(grey: 24))
    func places(_ pixel: Int, of pixels: Int, _ count: Int) -> Range<Int> {
      let first = pixel * count / pixels
      return first..<max(first + 1, (pixel + 1) * count / pixels)
    }
    for y in 0..<height {
      for x in 0..<width {
        let (rowRange, columnRange) = (places(y, of: height, rows), places(x, of: width, columns))
        var share: Float = 0
        for row in rowRange {
          for column in columnRange where sampled[row * columns + column] { share += 1 }
        }
        share /= Float(rowRange.count * columnRange.count)
        if share > 0 {
          canvas.fill(
            PixelArea(top: area.top + y, left: left + x, rows: 1, columns: 1), .white,
            opacity: share)
        }
      }
    }
  }

  private mutating func drawColourBar(
    _ errors: ErrorScale, caption: [String], in area: PixelArea
  ) {
    let (left, columns) = (area.left, area.columns)
    var top = area.top
    for text in caption {
      font.draw(text, on: &canvas, row: top, column: left, colour: ink, size: size)
      top += line
    }
    let rows = 16 * size
    for column in 0..<columns {
      let colour = ColourMap.inferno.colour((Float(column) + 0.5) / Float(columns))
      canvas.fill(PixelArea(top: top, left: left + column, rows: rows, columns: 1), colour)
    }
    top += rows
    // Ends that three divides, such as 15 and 30, get round labels from three steps.
    let steps = [3, 6, 15, 30, 75].contains(errors.upperPercent) ? 3 : 4
    for tick in 0...steps {
      let value = errors.upperPercent * Float(tick) / Float(steps)
      let label = percentText(value) + (tick == steps ? " %" : "")
      let place = left + (columns - size) * tick / steps
      canvas.fill(PixelArea(top: top, left: place, rows: 4 * size, columns: size), ink)
      let labelWidth = font.width(label, size: size)
      let column = min(max(place - labelWidth / 2, left), left + columns - labelWidth)
      font.draw(label, on: &canvas, row: top + 5 * size, column: column, colour: ink, size: size)
    }
  }

  private func percentText(_ value: Float) -> String {
    var text = Double(value).text(digits: 3)
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }
}
