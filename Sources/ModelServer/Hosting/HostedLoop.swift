public import HTTPServer
public import JSON
internal import OpenAIAPI
internal import Simulation
internal import Synchronization

/// A hosted server's share of one event loop; belongs to the loop's thread.
public final class HostedLoop {
  let application: LoopApplication

  init(_ application: LoopApplication) { self.application = application }

  /// Answers a request that came to the server's own port.
  public func handle(_ exchange: Exchange) { application.handle(exchange) }

  /// Answers a request that the front door has read.
  public func handle(_ exchange: Exchange, _ forwarded: ForwardedRequest) {
    application.forwarded = forwarded
    application.handle(exchange)
    // The body's tree lives no longer than this call.
    application.forwarded = nil
  }

  /// The answer to a request that was handled here is complete, or its client has gone.
  public func completed(_ exchange: Exchange) { application.completed(exchange) }

  /// Serves a copy of a generation request whose answer nobody reads. Requests that the server would refuse, and those
  /// of other routes, are dropped.
  ///
  /// - Parameters:
  ///   - path: of the request, without the query.
  ///   - root: its parsed body, used only until the call returns.
  ///   - model: the model to serve instead of the one in the body; nil keeps that.
  public func mirror(path: String, root: JSONValue, model: String?) {
    application.forwarded = ForwardedRequest(root: root, model: model)
    application.mirror(path: path, root: root)
    application.forwarded = nil
  }
}

extension LoopApplication {
  func mirror(path: String, root: JSONValue) {
    let requestID = state.requestIDs.next()
    let planned: PlannedGeneration
    do throws(APIError) {
      switch Route.allCases.first(where: { $0.paths.contains(path) }) {
      case .chatCompletions:
        let request = try ChatCompletionRequest(root, decodingLimits)
        planned = try plan(
          chat: request, requestID: requestID, resolution: try resolve(request.model), loadReport: nil)
      case .completions:
        let request = try CompletionRequest(root, decodingLimits)
        planned = try plan(
          completion: request, requestID: requestID, resolution: try resolve(request.model), loadReport: nil)
      default: return
      }
      try planned.checkSize(maxModelLen: state.catalog.models[planned.plan.model].engine.maxModelLen)
    } catch {
      return
    }
    state.openRequests.add(1, ordering: .relaxed)
    MirroredJob(plan: planned.plan, application: self).start(planned.requests)
  }
}
