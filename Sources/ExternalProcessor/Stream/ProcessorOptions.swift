/// How streams are handled.
public struct ProcessorOptions: Sendable {
  /// Body-based routing (GIE v1.5, body based router).
  public enum BodyRouting: Sendable {
    /// No such headers.
    case off
    /// `X-Gateway-Model-Name` and `X-Gateway-Base-Model-Name` are set beside the picked endpoint.
    case beside(BaseModels)
    /// Nothing else is done: no endpoint is picked, and the director is not asked.
    case only(BaseModels)
  }

  /// Finds the base model of a model: its own name for a base model, nil for a model that is not known.
  public typealias BaseModels = @Sendable (String) -> String?

  /// What a request's body may be, the most specific path first; the first in the list takes paths that none claims,
  /// unless `passthrough` is there to take them.
  public var parsers: [RequestParser] = [.openAI, .anthropic, .vllmHTTP]
  /// Bytes of a request's body; one more is answered with 413.
  public var maxRequestBytes = 16 << 20
  /// Bytes of a JSON response that are collected to go on in one piece; what is longer goes on as it comes.
  public var maxCollectedResponseBytes = 1 << 20
  /// Whether and how a request's model goes into headers.
  public var bodyRouting = BodyRouting.off
  /// The behaviour of the conformance suite's picker: the endpoints listed in `test-epp-endpoint-selection` take the
  /// place of the subset hint, `X-Echo-Set-Header` is set on requests, and `x-conformance-test-served-endpoint` on
  /// responses (Gateway API Inference Extension, conformance).
  public var isConformancePicker = false

  /// The defaults.
  public init() {}
}
