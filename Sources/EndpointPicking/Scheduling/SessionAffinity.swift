/// How requests of one session are known and kept together (llm-d-router, session-affinity plugins).
struct SessionAffinity: Sendable, Equatable {
  enum Strategy: Sendable, Equatable {
    /// The header holds base64 of `namespace/name` of the endpoint; the response hands it out.
    case endpointHeader(String)
    /// The first of the headers that is there holds an id, which is bound to the endpoint that served it last.
    case sessionID([String])
  }

  /// `x-session-token` unless configured otherwise.
  var strategy = Strategy.endpointHeader("x-session-token")
  /// A session that is silent for so many nanoseconds is forgotten: 300 s.
  var timeToLive: Int64 = 300_000_000_000
  /// Nanoseconds between searches for forgotten sessions: 10 s.
  var sweepInterval: Int64 = 10_000_000_000
  /// The profile whose choice binds the session; nil for the primary one.
  var profileName: String?

  init() {}

  /// Reads `strategy`, `encodedEndpointHeaderConfig`, `sessionIdConfig` and `profileName`.
  init(_ parameters: FieldReader) throws(ConfigurationError) {
    try parameters.allow(["strategy", "encodedEndpointHeaderConfig", "sessionIdConfig", "profileName", "headerName"])
    profileName = try parameters.string("profileName")
    let name = try parameters.string("strategy") ?? "encoded_endpoint_header"
    let token = try parameters.object("encodedEndpointHeaderConfig", allowing: ["header"])
    let session = try parameters.object(
      "sessionIdConfig", allowing: ["sources", "evictionTtlSeconds", "evictionSweepSeconds"])
    switch name {
    case "encoded_endpoint_header":
      let older = try parameters.string("headerName")
      let header = try token?.string("header") ?? older ?? "x-session-token"
      strategy = .endpointHeader(header.lowercased())
    case "session_id":
      strategy = .sessionID(try Self.headers(session) ?? ["x-session-id"])
      let limit = 1...100_000_000
      timeToLive = Int64(try session?.int("evictionTtlSeconds", in: limit) ?? 300) * 1_000_000_000
      sweepInterval = Int64(try session?.int("evictionSweepSeconds", in: limit) ?? 10) * 1_000_000_000
    default:
      throw parameters.error("strategy", "is neither 'encoded_endpoint_header' nor 'session_id'")
    }
  }

  /// Sources are header names, or objects that name one with `header` or `name`.
  private static func headers(_ config: FieldReader?) throws(ConfigurationError) -> [String]? {
    guard let sources = try config?.elements("sources") else { return nil }
    var headers: [String] = []
    for source in sources {
      if case .string(let name) = source.node.value {
        headers.append(name.lowercased())
        continue
      }
      let fields = try FieldReader(source.node, path: source.path)
      try fields.allow(["type", "header", "name"])
      if let type = try fields.string("type"), type != "header" {
        throw fields.error("type", "only sources of type 'header' are available")
      }
      let other = try fields.string("name")
      guard let name = try fields.string("header") ?? other else {
        throw fields.error("header", "is required")
      }
      headers.append(name.lowercased())
    }
    return headers.isEmpty ? nil : headers
  }

  /// The request's session id, when that is the strategy and it has one.
  func sessionID(of request: PickRequest) -> String? {
    guard case .sessionID(let headers) = strategy else { return nil }
    for header in headers {
      if let id = request.headers[header], !id.isEmpty { return id }
    }
    return nil
  }

  /// Calls `body` with a test for the session's endpoint; not at all when the request has no session or its endpoint
  /// is unknown.
  func withMatch(_ context: PickContext, _ body: ((Int) -> Bool) -> Void) {
    switch strategy {
    case .endpointHeader(let header):
      guard let value = context.request.headers[header], let token = Base64.decode(value) else { return }
      body { index in
        let id = context.snapshot.endpoints[index].id
        return Self.isToken(token, of: id)
      }
    case .sessionID:
      guard let id = sessionID(of: context.request),
        let table = context.learned.sessions.first(where: { $0.affinity == self }),
        let handle = table.handle(of: id, at: context.now)
      else { return }
      body { context.snapshot.handles[$0] == handle }
    }
  }

  /// The token that names an endpoint.
  static func token(of id: EndpointID) -> String {
    var bytes = Array(id.namespace.utf8)
    bytes.append(UInt8(ascii: "/"))
    bytes += id.name.utf8
    return Base64.encode(bytes)
  }

  private static func isToken(_ token: [UInt8], of id: EndpointID) -> Bool {
    let length = id.namespace.utf8.count
    return token.count == length + 1 + id.name.utf8.count && token[length] == UInt8(ascii: "/")
      && token[..<length].elementsEqual(id.namespace.utf8) && token[(length + 1)...].elementsEqual(id.name.utf8)
  }
}
