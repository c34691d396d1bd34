internal import HTTPServer
internal import OpenAIAPI
internal import Synchronization

/// Liveness, readiness and the small operations endpoints (vLLM 0.33, operations endpoints).
extension LoopApplication {
  /// 200 with an empty body; 503 while the server drains.
  func health(_ exchange: Exchange) {
    respond(exchange, status: state.isDraining ? 503 : 200, [ReplyHeaders.json])
  }

  /// As health, and 503 until the configured start-up time is over.
  func ready(_ exchange: Exchange) {
    let isReady = state.isStarted && !state.isDraining
    respond(exchange, status: isReady ? 200 : 503, [ReplyHeaders.json])
  }

  /// The version of vLLM that this server stands in for.
  func version(_ exchange: Exchange) {
    var body: [UInt8] = []
    OperationsResponse.encodeVersion(vllmVersion, into: &body)
    reply(exchange, body)
  }

  /// Inference requests in progress, when `--enable-server-load-tracking` says so; else 0, as vLLM.
  func showLoad(_ exchange: Exchange) {
    let count = state.configuration.api.serverLoadTracking ? state.openRequests.load(ordering: .relaxed) : 0
    var body: [UInt8] = []
    OperationsResponse.encodeLoad(count, into: &body)
    reply(exchange, body)
  }
}

/// The release of vLLM whose behaviour is imitated.
public let vllmVersion = "0.33.0"
