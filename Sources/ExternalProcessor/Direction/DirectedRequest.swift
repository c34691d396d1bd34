public import EndpointPicking

/// A request that wants an endpoint.
public struct DirectedRequest: Sendable {
  /// What the body is.
  public enum Content: Equatable, Sendable {
    /// There is none: any endpoint will do (GIE v1.5, requests without a body).
    case none
    /// A JSON object; its `model` if that is a string.
    case json(model: String?)
    /// Bytes that name no model and are not rewritten.
    case opaque
  }

  /// The client's `x-request-id`, or a new one.
  public var id: String
  /// The HTTP method in capitals; empty when the gateway does not say.
  public var method: String
  /// The request's path without its query; `/v1/completions` when the gateway does not say.
  public var path: String
  /// The first value of each header by its name in lower case, pseudo headers included.
  public var headers: [String: String]
  /// What the body is.
  public var content: Content
  /// The body, byte for byte.
  public var body: [UInt8]
  /// The endpoints that the gateway allows; nil for all.
  public var subset: SubsetHint?
  /// When the headers came, in nanoseconds of the monotonic clock.
  public var receivedAt: Int64

  /// A request; what is left out is empty.
  public init(
    id: String, method: String = "", path: String = "/v1/completions", headers: [String: String] = [:],
    content: Content = .none, body: [UInt8] = [], subset: SubsetHint? = nil, receivedAt: Int64 = 0
  ) {
    self.id = id
    self.method = method
    self.path = path
    self.headers = headers
    self.content = content
    self.body = body
    self.subset = subset
    self.receivedAt = receivedAt
  }

  /// The model that the body names.
  public var model: String? { if case .json(let model) = content { model } else { nil } }
  /// There is a body.
  public var hasBody: Bool { content != .none }
}
