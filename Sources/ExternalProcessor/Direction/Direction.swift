public import EndpointPicking

/// Where a request goes.
public struct Direction: Sendable {
  /// `ip:port`, or several with commas between, in order of preference; IPv6 addresses in brackets.
  public var destination: String
  /// The model that the client asked for; empty when it named none.
  public var incomingModel: String
  /// The model that the server is asked for; empty to leave the body as it is.
  public var targetModel: String
  /// Headers to set on the request.
  public var requestHeaders: [HeaderField]
  /// Headers, lower-case, to take off the request first.
  public var removedRequestHeaders: [String]
  /// Headers to set on the response.
  public var responseHeaders: [HeaderField]
  /// Scores by `ip:port` for the gateway's metadata (llm-d 0.10, `--emit-endpoint-scores`); empty for none.
  public var scores: [String: Double]
  /// The director's own.
  public var token: any Sendable

  /// Sends a request to `destination`.
  public init(
    destination: String, incomingModel: String = "", targetModel: String = "", requestHeaders: [HeaderField] = [],
    removedRequestHeaders: [String] = [], responseHeaders: [HeaderField] = [], scores: [String: Double] = [:],
    token: any Sendable = ()
  ) {
    self.destination = destination
    self.incomingModel = incomingModel
    self.targetModel = targetModel
    self.requestHeaders = requestHeaders
    self.removedRequestHeaders = removedRequestHeaders
    self.responseHeaders = responseHeaders
    self.scores = scores
    self.token = token
  }
}
