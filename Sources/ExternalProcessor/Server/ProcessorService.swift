internal import EndpointPicking
internal import GRPCCore

/// Carries streams from the wire to `ProcessorStream` and back.
struct ProcessorService: ExtProcExternalProcessor.StreamingServiceProtocol {
  let options: ProcessorOptions
  let director: any RequestDirector
  /// Runs the director, as everything else.
  let executor: EventLoopExecutor

  func process(
    request: StreamingServerRequest<ExtProcProcessingRequest>, context: ServerContext
  ) async throws -> StreamingServerResponse<ExtProcProcessingResponse> {
    StreamingServerResponse { writer in
      try await run(request.messages, writer)
      return [:]
    }
  }

  /// Handles one transaction, to its end or to the gateway's.
  private func run(
    _ messages: RPCAsyncSequence<ExtProcProcessingRequest, any Error>, _ writer: RPCWriter<ExtProcProcessingResponse>
  ) async throws {
    var stream = ProcessorStream(options)
    defer {
      // However this was left, the director learns of it.
      for effect in stream.end(at: MonotonicTime.now) { tell(effect) }
    }
    do {
      for try await message in messages {
        let effects = try stream.receive(GatewayMessage(message), at: MonotonicTime.now)
        if try await carryOut(effects, for: &stream, writer) { return }
      }
    } catch let violation as ProtocolViolation {
      throw RPCError(code: .invalidArgument, message: violation.description)
    }
  }

  /// Does what the stream wants; true when it wants to be closed.
  private func carryOut(
    _ effects: [ProcessorEffect], for stream: inout ProcessorStream, _ writer: RPCWriter<ExtProcProcessingResponse>
  ) async throws -> Bool {
    var replies: [ExtProcProcessingResponse] = []
    var closes = false
    for effect in effects {
      switch effect {
      case .reply(let reply): replies.append(ExtProcProcessingResponse(reply))
      case .direct(let request):
        let decision = await direct(request)
        return try await carryOut(stream.resolve(decision, at: MonotonicTime.now), for: &stream, writer)
      case .close: closes = true
      case .routed, .responded, .finished, .refused: tell(effect)
      }
    }
    switch replies.count {
    case 0: break
    case 1: try await writer.write(replies[0])
    default: try await writer.write(contentsOf: replies)
    }
    return closes
  }

  /// Asks the director, and cancels the question when the gateway vanishes.
  private func direct(_ request: DirectedRequest) async -> Result<Direction, InferenceError> {
    let decision = Task.immediate(executorPreference: executor) { [director] in await director.direct(request) }
    return await withTaskCancellationHandler {
      await withRPCCancellationHandler {
        await decision.value
      } onCancelRPC: {
        decision.cancel()
      }
    } onCancel: {
      decision.cancel()
    }
  }

  private func tell(_ effect: ProcessorEffect) {
    switch effect {
    case .routed(let direction, let bytes): director.routed(direction, bodyBytes: bytes)
    case .responded(let direction, let status, let servedBy):
      director.responded(direction, status: status, servedBy: servedBy)
    case .finished(let direction, let outcome): director.finished(direction, outcome)
    case .refused(let refusal): director.refused(refusal)
    case .reply, .direct, .close: break
    }
  }
}
