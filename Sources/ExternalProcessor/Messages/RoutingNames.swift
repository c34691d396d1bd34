/// Names of the endpoint picker protocol (Gateway API Inference Extension, protocol 1.0) and of its neighbours.
enum RoutingNames {
  /// Where the request goes; header and metadata key.
  static let destination = "x-gateway-destination-endpoint"
  /// Who served it; metadata key.
  static let served = "x-gateway-destination-endpoint-served"
  /// Who may serve it; metadata key.
  static let subset = "x-gateway-destination-endpoint-subset"
  /// Scores by endpoint; metadata key (llm-d 0.10).
  static let scores = "x-gateway-destination-endpoint-scores"
  /// The metadata's namespaces.
  static let metadataNamespace = "envoy.lb"
  static let subsetNamespace = "envoy.lb.subset_hint"

  static let requestID = "x-request-id"
  static let droppedReason = "x-llm-d-request-dropped-reason"
  /// Says that the picker has seen the response.
  static let wentIntoResponse = "x-went-into-resp-headers"

  /// Names for body-based routing.
  static let model = "X-Gateway-Model-Name"
  static let baseModel = "X-Gateway-Base-Model-Name"

  /// Names of the conformance suite.
  static let testSelection = "test-epp-endpoint-selection"
  static let testServed = "x-conformance-test-served-endpoint"
  static let testEcho = "X-Echo-Set-Header"

  /// Headers that are the picker's own, or that a changed body makes wrong: they are not set again on their way.
  private static let systemOwned: Set<String> = [
    "x-gateway-inference-fairness-id", "x-gateway-inference-objective", "x-gateway-model-name-rewrite",
    subset, destination, served, "content-length", droppedReason,
    "x-llm-d-inference-fairness-id", "x-llm-d-inference-objective", "x-llm-d-model-name-rewrite",
    "x-slo-ttft-ms", "x-slo-tpot-ms", "x-llm-d-slo-ttft-ms", "x-llm-d-slo-tpot-ms",
    "x-llm-d-video-fps", "x-llm-d-video-duration-seconds", "x-llm-d-video-resolution",
  ]

  /// A request's header goes on to the server; of pseudo headers only the path, which gateways let be set.
  static func isEchoedInRequest(_ name: String) -> Bool {
    name.utf8.first == UInt8(ascii: ":") ? name == ":path" : !systemOwned.contains(name)
  }

  /// A response's header goes on to the client.
  static func isEchoedInResponse(_ name: String) -> Bool {
    name.utf8.first != UInt8(ascii: ":") && !systemOwned.contains(name)
  }
}
