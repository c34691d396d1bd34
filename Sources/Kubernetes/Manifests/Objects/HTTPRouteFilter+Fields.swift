extension HTTPRouteFilter {
  /// The `filters` of a rule or backend.
  static func list(
    _ field: Field, in namespace: String, _ warnings: inout [FieldError]
  ) throws(FieldError) -> [HTTPRouteFilter] {
    var filters: [HTTPRouteFilter] = []
    var changesURL = false
    for item in try field("filters").items(max: 16) {
      let filter = try Self(item, in: namespace, &warnings)
      if filter.changesURL, changesURL {
        throw try item("type").error("only one of RequestRedirect and URLRewrite may be given, and once")
      }
      changesURL = changesURL || filter.changesURL
      filters.append(filter)
    }
    return filters
  }

  private var changesURL: Bool {
    switch self {
    case .rewrite, .redirect: true
    default: false
    }
  }

  /// Another prefix is wanted.
  var replacesPrefix: Bool {
    switch self {
    case .rewrite(let rewrite): if case .prefix = rewrite.path { true } else { false }
    case .redirect(let redirect): if case .prefix = redirect.path { true } else { false }
    default: false
    }
  }

  private init(_ field: Field, in namespace: String, _ warnings: inout [FieldError]) throws(FieldError) {
    let type = try field("type")
    switch try type.name() {
    case "RequestMirror":
      let mirror = try field("requestMirror").required()
      self = .mirror(try BackendReference(try mirror("backendRef").required(), in: namespace), try Share(mirror))
    case "RequestHeaderModifier": self = .requestHeaders(try Headers(try field("requestHeaderModifier").required()))
    case "ResponseHeaderModifier": self = .responseHeaders(try Headers(try field("responseHeaderModifier").required()))
    case "URLRewrite": self = .rewrite(try HTTPRouteURL.Rewrite(try field("urlRewrite").required()))
    case "RequestRedirect": self = .redirect(try HTTPRouteURL.Redirect(try field("requestRedirect").required()))
    case let other where ["ExtensionRef", "CORS", "ExternalAuth"].contains(other):
      warnings.append(type.error("\(other) is not supported, ignored"))
      self = .unsupported(type: other)
    case let other: throw type.error("there is no filter '\(other)'")
    }
  }
}

extension HTTPRouteFilter.Share {
  /// `percent` or `fraction` of a mirror; all when neither is given.
  fileprivate init(_ mirror: Field) throws(FieldError) {
    let fraction = try mirror("fraction")
    let percent = try mirror("percent").integer(in: 0...100)
    guard fraction.isPresent else {
      self.init(percent ?? 100, of: 100)
      return
    }
    guard percent == nil else { throw fraction.error("only one of percent and fraction may be given") }
    let whole = try fraction("denominator").integer(in: 1...Int(Int32.max)) ?? 100
    guard let part = try fraction("numerator").integer(in: 0...whole) else {
      throw try fraction("numerator").error("required")
    }
    self.init(part, of: whole)
  }
}

extension HTTPRouteFilter.Headers {
  fileprivate init(_ field: Field) throws(FieldError) {
    self.init(
      set: try Self.headers(try field("set")), add: try Self.headers(try field("add")),
      remove: try field("remove").words())
    _ = try field("remove").items(max: 16)
    for (index, name) in remove.enumerated() where !HeaderText.isName(name) {
      throw try field("remove").items()[index].error("'\(name)' is not the name of a header")
    }
  }

  private static func headers(_ list: Field) throws(FieldError) -> [Header] {
    var headers: [Header] = []
    for item in try list.items(max: 16) {
      let header = Header(try item("name").tokenName(), try item("value").name(upTo: 4096))
      guard HeaderText.isValue(header.value) else { throw try item("value").error("control characters in a header") }
      headers.append(header)
    }
    return headers
  }
}
