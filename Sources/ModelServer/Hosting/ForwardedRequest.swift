public import HTTPServer
public import JSON

/// What a front door in the same process has already made of a request.
public struct ForwardedRequest {
  /// The parsed body; nil when there is none. Used only until the call that it is handed to returns.
  public var root: JSONValue?
  /// The path that routes have made of the request's own; nil keeps that.
  public var path: String?
  /// The model to serve instead of the one in the body; nil keeps that.
  public var model: String?
  /// The model name that the answer shows; nil shows the server's own.
  public var displayedModel: String?
  /// Told how the answer comes along.
  public var observer: (any ForwardingObserver)?

  /// A request whose body was parsed to `root`.
  public init(
    root: JSONValue? = nil, path: String? = nil, model: String? = nil, displayedModel: String? = nil,
    observer: (any ForwardingObserver)? = nil
  ) {
    self.root = root
    self.path = path
    self.model = model
    self.displayedModel = displayedModel
    self.observer = observer
  }
}

/// Learns from answers what a gateway would read out of them: when they began, and their usage.
public protocol ForwardingObserver: AnyObject {
  /// The first token of the first sequence is out.
  func forwardedRequestDidProduceFirstToken(at now: MonotonicTime)

  /// All sequences have ended; not called for requests that were refused or whose client has gone.
  func forwardedRequestDidFinish(promptTokens: Int, completionTokens: Int, isStream: Bool)
}
