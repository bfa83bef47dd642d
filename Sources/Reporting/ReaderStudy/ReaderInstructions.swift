import Evaluation

/// What readers are told: the scales, how to fill the sheet, and nothing about methods.
struct ReaderInstructions {
  /// The rows and columns that one pixel becomes, if it is the same for all images.
  let enlargements: Set<Int>
  let images: Int

  /// A page of HTML without scripts, fonts or pictures from elsewhere.
  var html: String {
    var scales = ""
    for criterion in ReadingCriterion.allCases {
      scales += "<h3>\(criterion.title) (<code>\(criterion.rawValue)</code>)</h3>\n"
      scales += "<p>\(criterion.question)</p>\n<table>\n"
      for (score, words) in zip(ReadingCriterion.scores, criterion.anchors) {
        scales += "<tr><th>\(score)</th><td>\(words)</td></tr>\n"
      }
      scales += "</table>\n"
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <title>Instructions for readers</title>
      <style>
      body { max-width: 46em; margin: 2em auto; padding: 0 1em; font: 1rem/1.5 sans-serif; }
      table { border-collapse: collapse; }
      th, td { border: 1px solid #999; padding: .2em .7em; text-align: left; }
      </style>
      </head>
      <body>
      <h1>Instructions for readers</h1>
      <p><strong>Research use only; not for diagnosis.</strong></p>
      <p>You will score \(images) images. How each was made is hidden from you until the study is
      over; some images are shown twice. Please do not speak about the images with other readers
      before all have finished.</p>
      <h2>How to read</h2>
      <ol>
      <li>Take the sheet with your number, <code>scoring-reader-1.csv</code> for reader 1, or the
      workbook of the same name for Excel.</li>
      <li>Go through it from top to bottom: the order is yours alone. <code>image</code> is the name of
      the file in the folder <code>images</code>.</li>
      <li>View every image on the same screen, at the same size and without changing brightness or
      contrast. Score each for itself; do not put images side by side and do not go back.</li>
      <li>Write a whole number from 1 to 4 into each of the four columns; <strong>4 is always the
      best</strong>. Leave a cell empty only if you cannot judge. The last column takes any words, such
      as structures that you take for inventions of the method.</li>
      <li>If you use the workbook, save it in the end as CSV under the name of your sheet. Change
      neither names nor the first two columns.</li>
      </ol>
      <h2>The scales</h2>
      \(scales)<h2>How the images are shown</h2>
      <p>All images of one slice have one grey scale, black at 0 and white at the \
      \(ReadingWindow.percentile.text(digits: 1))th percentile of the fully sampled image; brighter
      pixels are white. \(enlargement) Nothing is smoothed or sharpened.</p>
      <h2>Source of the scales</h2>
      <p>The four aspects, on four points each, are those of Johnson et al., Deep Learning Reconstruction
      Enables Prospectively Accelerated Clinical Knee MRI, Radiology, 2023, doi 10.1148/radiol.220425, a
      reader study of the fastMRI project; an earlier one is Recht et al., Using Deep Learning to
      Accelerate Knee MRI at 3 T, American Journal of Roentgenology 215(6), 2020. The words of the anchors
      are not theirs.</p>
      </body>
      </html>

      """
  }

  private var enlargement: String {
    let factors = enlargements.sorted().map { "\($0)×\($0)" }
    return enlargements == [1]
      ? "Each pixel is shown as one pixel."
      : "Each pixel is shown as a block of \(factors.joined(separator: " or ")) pixels of its grey."
  }
}
