internal import EndpointPicking

/// What a gateway tells.
enum GatewayEvent: Equatable, Sendable {
  case requestHeaders(ProxyHeaders, isLast: Bool)
  case requestBody([UInt8], isLast: Bool)
  case requestTrailers
  case responseHeaders(ProxyHeaders, isLast: Bool)
  case responseBody([UInt8], isLast: Bool)
  case responseTrailers
}

/// One message of a gateway (Envoy's external processing protocol, `ProcessingRequest`).
struct GatewayMessage: Equatable, Sendable {
  /// Nil for a kind that a picker does not know.
  var event: GatewayEvent?
  /// Only in a stream's first message, and not from every gateway.
  var modes: BodyModes?
  /// The gateway does not read answers.
  var isObserved = false
  /// The endpoints that the gateway allows; nil for all.
  var subset: SubsetHint?
  /// What it says about the endpoint that served the request.
  var served = ServedEndpoint.unsaid

  init(_ event: GatewayEvent?) { self.event = event }
}

/// `x-gateway-destination-endpoint-served` in the metadata `envoy.lb` (endpoint picker protocol 1.0).
enum ServedEndpoint: Equatable, Sendable {
  /// There is no such metadata.
  case unsaid
  /// The metadata has no such key, or no text under it.
  case missing
  /// `ip:port`.
  case endpoint(String)
}
