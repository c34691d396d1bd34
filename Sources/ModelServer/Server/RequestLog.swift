public import HTTPServer
public import Logging

/// Logs one line per request at debug, when its answer is complete. Health checks and scrapes are left out.
public struct RequestLog {
  /// Paths that probes and scrapers ask for all the time.
  public static let quietPaths: Set<String> = [
    "/health", "/healthz", "/health/ready", "/ready", "/ping", "/metrics",
  ]

  /// What the line says beyond what every exchange knows; the attachment of an exchange that has nothing else to keep.
  final class Subject {
    let requestID: String
    init(requestID: String) { self.requestID = requestID }
  }

  private let logger: Logger
  private let pod: String?

  /// nil when nobody reads lines at debug.
  ///
  /// - Parameter pod: who answers; nil when there is only one.
  public init?(_ logger: Logger, pod: String? = nil) {
    guard logger.logLevel <= .debug else { return nil }
    self.logger = logger
    self.pod = pod
  }

  /// Keeps the id of a request that came by itself for its line; a front door keeps its own.
  func remember(_ requestID: String, for exchange: Exchange) {
    if exchange.attachment == nil { exchange.attachment = Subject(requestID: requestID) }
  }

  /// The line of a request that came to a server's own port. One that a front door let in has its line there.
  func completed(_ exchange: Exchange) {
    let subject = exchange.attachment as? Subject
    guard subject != nil || exchange.attachment == nil else { return }
    completed(exchange, requestID: subject?.requestID ?? exchange.header("x-request-id") ?? "")
  }

  /// The line of `exchange`, whose answer is complete.
  ///
  /// - Parameters:
  ///   - requestID: left out when empty.
  ///   - more: what else is known of it.
  public func completed(_ exchange: Exchange, requestID: String, _ more: Logger.Metadata = [:]) {
    guard !Self.quietPaths.contains(exchange.path) else { return }
    var metadata = more
    metadata["method"] = "\(exchange.method)"
    metadata["path"] = "\(exchange.path)"
    // 0: the client has gone before there was an answer.
    metadata["status"] = "\(exchange.status == 0 ? 499 : exchange.status)"
    metadata["milliseconds"] = "\(Self.milliseconds(exchange.completedAt - exchange.receivedAt))"
    metadata["response-bytes"] = "\(exchange.responseBytes)"
    if let pod { metadata["pod"] = "\(pod)" }
    if !requestID.isEmpty { metadata["request-id"] = "\(requestID)" }
    logger.debug("request", metadata: metadata)
  }

  /// With three decimals.
  public static func milliseconds(_ nanoseconds: Int64) -> String {
    let microseconds = max(0, nanoseconds) / 1_000
    return "\(microseconds / 1_000).\(String(microseconds % 1_000 + 1_000).dropFirst())"
  }
}
