public import EndpointPicking

/// Decides where requests go; the embedder's part.
///
/// Called from many tasks at once. For each request whose direction succeeded, `finished` follows exactly once, whatever
/// becomes of the stream.
public protocol RequestDirector: Sendable {
  /// Resolves rewrites, admits and picks.
  ///
  /// May wait, in flow control for instance. When the gateway vanishes meanwhile, the task is cancelled: return soon then,
  /// with either outcome.
  func direct(_ request: DirectedRequest) async -> Result<Direction, InferenceError>

  /// The request goes on to where `direct` sent it.
  ///
  /// - Parameter bodyBytes: the size of its body as it is sent; 0 for a body that the gateway does not show whole.
  func routed(_ direction: Direction, bodyBytes: Int)

  /// The response's headers have come.
  ///
  /// - Parameters:
  ///   - status: of the HTTP response; nil when the gateway does not say.
  ///   - servedBy: the `ip:port` that served the request, as far as the gateway says.
  func responded(_ direction: Direction, status: Int?, servedBy: String?)

  /// The response is over, or the gateway has vanished.
  ///
  /// - Parameter direction: nil for a stream that began with the response.
  func finished(_ direction: Direction?, _ outcome: RequestOutcome)

  /// The request was answered at once without `direct`: its body is too large or cannot be read.
  func refused(_ refusal: Refusal)
}

extension RequestDirector {
  /// Does nothing.
  public func routed(_ direction: Direction, bodyBytes: Int) {}
  /// Does nothing.
  public func responded(_ direction: Direction, status: Int?, servedBy: String?) {}
  /// Does nothing.
  public func refused(_ refusal: Refusal) {}
}
