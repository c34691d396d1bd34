internal import HTTPServer
internal import Logging

/// Logs requests and whole answers with headers and bodies (llm-d-inference-sim, `--log-http`); streams without bodies.
/// Health checks and scrapes are left out.
struct HTTPLog {
  private static let bodyLimit = 512 << 10
  private static let secretHeaders = ["authorization", "proxy-authorization", "cookie"]

  private let logger: Logger

  /// nil unless the configuration asks for it.
  init?(_ state: ServerState) {
    guard state.configuration.api.logHTTP else { return nil }
    logger = state.logger
  }

  func request(_ exchange: Exchange) {
    guard !RequestLog.quietPaths.contains(exchange.path) else { return }
    let headers = exchange.headers.map { header in
      "\(header.name): \(Self.secretHeaders.contains(header.name.lowercased()) ? "***" : header.value)"
    }
    logger.info(
      "http request",
      metadata: [
        "method": "\(exchange.method)", "path": "\(exchange.path)", "headers": "\(headers.joined(separator: ", "))",
        "body": "\(Self.text(exchange.body))",
      ])
  }

  func response(_ exchange: Exchange, _ response: HTTPResponse) {
    guard !RequestLog.quietPaths.contains(exchange.path) else { return }
    let headers = response.headers.map { "\($0.name): \($0.value)" }
    logger.info(
      "http response",
      metadata: [
        "path": "\(exchange.path)", "status": "\(response.status)", "headers": "\(headers.joined(separator: ", "))",
        "body": "\(Self.text(response.body))",
      ])
  }

  private static func text(_ body: [UInt8]) -> String { String(decoding: body.prefix(bodyLimit), as: UTF8.self) }
}
