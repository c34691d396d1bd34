internal import Kubernetes

/// One match of a rule, ready to be tried.
struct RouteEntry: Sendable {
  /// What a path must be.
  enum Path: Sendable {
    case exact(String)
    /// Normalized.
    case prefix(String)
    case pattern(Pattern)
  }

  /// What a value must be.
  enum Text: Sendable {
    case exact(String)
    case pattern(Pattern)

    func accepts(_ value: String) -> Bool {
      switch self {
      case .exact(let text): text == value
      case .pattern(let pattern): pattern.matches(value)
      }
    }
  }

  /// A header, by its name in lower case, or a query argument.
  struct Field: Sendable {
    let name: String
    let value: Text
  }

  /// A pattern that cannot be compiled.
  struct Defect: Error {
    let pattern: String
    let reason: String
  }

  /// The rule's position in the table.
  let rule: Int
  let precedence: RoutePrecedence
  /// The position among all matches in the order of precedence; set once all are known.
  var order = 0
  let path: Path
  let method: String?
  let headers: [Field]
  let query: [Field]

  init(_ match: HTTPRouteMatch, rule: Int, precedence: RoutePrecedence) throws(Defect) {
    self.rule = rule
    self.precedence = precedence
    path =
      switch match.path {
      case .exact(let text): .exact(text)
      case .prefix(let text): .prefix(PathPrefix.normalized(text))
      case .regularExpression(let text): .pattern(try Self.pattern(text))
      }
    method = match.method
    headers = try Self.fields(match.headers, foldingCase: true)
    query = try Self.fields(match.query, foldingCase: false)
  }

  /// Whether all but the path fit.
  func accepts(_ request: some RouteRequest) -> Bool {
    if let method, method != request.method { return false }
    for field in headers {
      guard let value = request.header(field.name), field.value.accepts(value) else { return false }
    }
    for field in query {
      guard let value = request.queryArgument(field.name), field.value.accepts(value) else { return false }
    }
    return true
  }

  /// Of two for one name the first counts.
  private static func fields(
    _ named: [HTTPRouteMatch.Named], foldingCase: Bool
  ) throws(Defect) -> [Field] {
    var fields: [Field] = []
    for item in named {
      let name = foldingCase ? item.name.lowercased() : item.name
      guard !fields.contains(where: { $0.name == name }) else { continue }
      switch item.value {
      case .exact(let text): fields.append(Field(name: name, value: .exact(text)))
      case .regularExpression(let text): fields.append(Field(name: name, value: .pattern(try pattern(text))))
      }
    }
    return fields
  }

  private static func pattern(_ text: String) throws(Defect) -> Pattern {
    do throws(PatternError) {
      return try Pattern(text)
    } catch {
      throw Defect(pattern: text, reason: error.description)
    }
  }
}
