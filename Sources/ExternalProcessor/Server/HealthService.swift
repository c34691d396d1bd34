internal import GRPCCore

/// Shows a board (gRPC health checking protocol, version 1).
struct HealthService: GRPCHealthHealth.SimpleServiceProtocol {
  let board: HealthBoard

  func check(request: GRPCHealthHealthCheckRequest, context: ServerContext) async throws
    -> GRPCHealthHealthCheckResponse
  {
    guard let status = board.status(of: request.service) else {
      throw RPCError(code: .notFound, message: "unknown service \(request.service)")
    }
    return GRPCHealthHealthCheckResponse(status)
  }

  func watch(
    request: GRPCHealthHealthCheckRequest, response: RPCWriter<GRPCHealthHealthCheckResponse>, context: ServerContext
  ) async throws {
    let changes = board.watch(request.service)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for await status in changes { try await response.write(GRPCHealthHealthCheckResponse(status)) }
      }
      // The watcher has gone, or the server is about to stop.
      group.addTask { try await context.cancellation.cancelled }
      try await group.next()
      group.cancelAll()
    }
  }

  func list(request: GRPCHealthHealthListRequest, context: ServerContext) async throws -> GRPCHealthHealthListResponse {
    var response = GRPCHealthHealthListResponse()
    response.statuses = board.all.mapValues { GRPCHealthHealthCheckResponse($0) }
    return response
  }
}

extension GRPCHealthHealthCheckResponse {
  fileprivate init(_ status: HealthBoard.Status?) {
    self.init()
    switch status {
    case .serving: self.status = .serving
    case .notServing: self.status = .notServing
    case nil: self.status = .serviceUnknown
    }
  }
}
