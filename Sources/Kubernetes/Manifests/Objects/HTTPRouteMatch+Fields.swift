extension HTTPRouteMatch {
  /// The methods that a match may name (Gateway API v1, HTTPMethod).
  private static let methods: Set = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]

  init(_ field: Field, _ warnings: inout [FieldError]) throws(FieldError) {
    try field.warn(unless: ["path", "headers", "queryParams", "method"], &warnings)
    let method = try field("method")
    if let text = try method.string(), !Self.methods.contains(text) { throw method.error("'\(text)' is no method") }
    self.init(
      path: try Path(try field("path")), headers: try Self.named(try field("headers"), upTo: 4096),
      query: try Self.named(try field("queryParams"), upTo: 1024), method: try method.string())
  }

  private static func named(_ list: Field, upTo limit: Int) throws(FieldError) -> [Named] {
    var named: [Named] = []
    for item in try list.items(max: 16) {
      let value = try item("value")
      let text = try value.name(upTo: limit)
      let match: Text
      switch try item("type").string() ?? "Exact" {
      case "Exact": match = .exact(text)
      case "RegularExpression": match = .regularExpression(try value.regularExpression(text))
      case let other: throw try item("type").error("'\(other)' is not one of Exact, RegularExpression")
      }
      named.append(Named(try item("name").tokenName(), match))
    }
    return named
  }
}

extension HTTPRouteMatch.Path {
  fileprivate init(_ field: Field) throws(FieldError) {
    let value = try field("value")
    let text = try value.string(upTo: 1024) ?? "/"
    let type = try field("type")
    switch try type.string() ?? "PathPrefix" {
    case "Exact": self = .exact(text)
    case "PathPrefix": self = .prefix(text)
    case "RegularExpression":
      self = .regularExpression(try value.regularExpression(text))
      return
    case let other: throw type.error("'\(other)' is not one of Exact, PathPrefix, RegularExpression")
    }
    guard text.utf8.first == UInt8(ascii: "/") else { throw value.error("'\(text)' does not begin with '/'") }
  }
}

extension Field {
  /// `text`, if it is a regular expression of at most the length that Gateway API allows.
  fileprivate func regularExpression(_ text: String) throws(FieldError) -> String {
    guard text.utf8.count <= 1024 else { throw error("a regular expression of more than 1024 bytes") }
    // Swift's parser recurses as deeply as brackets nest, and only it knows which of them do.
    guard text.utf8.count(where: { $0 == UInt8(ascii: "(") || $0 == UInt8(ascii: "[") }) <= 64 else {
      throw error("a regular expression with more than 64 brackets")
    }
    guard (try? Regex(text)) != nil else { throw error("'\(text)' is not a regular expression") }
    return text
  }
}
