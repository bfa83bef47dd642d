import Experiments
import Foundation
import Mustache

/// The parts of the page, which the library carries in its code.
enum ReportTemplates {
  static let style = String(decoding: PackageResources.style_css, as: UTF8.self)
  static let script = String(decoding: PackageResources.script_js, as: UTF8.self)

  enum Part {
    case page, study, summary, charts, cases, masks, limits, provenance, training, theory, solve

    fileprivate var bytes: [UInt8] {
      switch self {
      case .page: PackageResources.page_mustache
      case .study: PackageResources.study_mustache
      case .summary: PackageResources.summary_mustache
      case .charts: PackageResources.charts_mustache
      case .cases: PackageResources.cases_mustache
      case .masks: PackageResources.masks_mustache
      case .limits: PackageResources.limits_mustache
      case .provenance: PackageResources.provenance_mustache
      case .training: PackageResources.training_mustache
      case .theory: PackageResources.theory_mustache
      case .solve: PackageResources.solve_mustache
      }
    }
  }

  /// The part with the values of `model`, whose property names are the template's.
  static func render(_ part: Part, _ model: Any) throws -> String {
    _ = registration
    let text = "{{% CONTENT_TYPE:\(contentType)}}" + String(decoding: part.bytes, as: UTF8.self)
    return try MustacheTemplate(string: text).render(model)
  }

  private static let contentType = "HTML-BY-SCALARS"
  private static let registration: Void = MustacheContentTypes.register(
    ScalarEscaping(), named: contentType)

  /// Escapes scalar by scalar: the library's own escaping goes by characters and so lets a quotation
  /// mark with a combining accent end an attribute.
  private struct ScalarEscaping: MustacheContentType {
    func escapeText(_ text: String) -> String {
      text.unicodeScalars.reduce(into: "") { result, scalar in
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        default: result.unicodeScalars.append(scalar)
        }
      }
    }
  }
}
