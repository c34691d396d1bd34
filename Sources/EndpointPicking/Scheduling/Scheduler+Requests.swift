/// A request that is on its way, to be handed back when it has finished.
public struct SentRequest: Sendable {
  let handle: Int
  let generation: UInt32
  let prefillHandle: Int?
  let prefillGeneration: UInt32
  /// What it was estimated to have of input and output.
  public let tokens: Int
}

extension Scheduler {
  /// Learns from a pick that is carried out: the prompt's blocks, the load on the way, the session (GIE v1.5,
  /// PreRequest). Hand the result to `requestFinished` exactly once.
  public mutating func requestSent(_ pick: Pick, at now: Int64) -> SentRequest {
    let lesson = pick.lesson
    learned.prefixes.record(lesson.hashes.blocks, on: lesson.handle, capacity: lesson.capacity)
    learned.inFlight.add(1, tokens: lesson.tokens, at: lesson.handle)
    if let prefill = lesson.prefillHandle {
      learned.prefixes.record(lesson.hashes.blocks, on: prefill, capacity: lesson.prefillCapacity)
      learned.inFlight.add(1, tokens: lesson.tokens, at: prefill)
    }
    if let limit = configuration.coldUseLimit, !lesson.anyMatch {
      learned.coldUse.record(lesson.handle, limit: limit)
      if let prefill = lesson.prefillHandle { learned.coldUse.record(prefill, limit: limit) }
    }
    for binding in lesson.sessions where binding.table < learned.sessions.count {
      learned.sessions[binding.table].bind(binding.session, to: binding.handle, at: now)
    }
    return SentRequest(
      handle: lesson.handle, generation: generation(lesson.handle), prefillHandle: lesson.prefillHandle,
      prefillGeneration: lesson.prefillHandle.map { generation($0) } ?? 0, tokens: lesson.tokens)
  }

  /// Takes a request's load off its endpoints, whether it succeeded or not; endpoints forgotten meanwhile are skipped.
  public mutating func requestFinished(_ request: SentRequest) {
    if generation(request.handle) == request.generation {
      learned.inFlight.add(-1, tokens: request.tokens, at: request.handle)
    }
    if let prefill = request.prefillHandle, generation(prefill) == request.prefillGeneration {
      learned.inFlight.add(-1, tokens: request.tokens, at: prefill)
    }
  }

  /// Requests and estimated tokens on their way to an endpoint of the latest snapshot; zeros for another.
  public func inFlight(_ id: EndpointID) -> (requests: Int, tokens: Int) {
    guard let handle = registry.handle(of: id) else { return (0, 0) }
    return (learned.inFlight.requests(handle), learned.inFlight.tokens(handle))
  }

  /// The endpoints that `request` counts as on its way to, as long as they are remembered: where it was sent, and where
  /// its prompt is prefilled when that is somewhere else.
  public func endpoints(of request: SentRequest) -> [EndpointID] {
    var endpoints: [EndpointID] = []
    if generation(request.handle) == request.generation, let id = registry.id(of: request.handle) {
      endpoints.append(id)
    }
    if let prefill = request.prefillHandle, generation(prefill) == request.prefillGeneration,
      let id = registry.id(of: prefill)
    {
      endpoints.append(id)
    }
    return endpoints
  }

  /// Pairs of prompt block and endpoint in the prefix index (metric `inference_extension_prefix_indexer_size`).
  public var prefixIndexSize: Int { learned.prefixes.entryCount }

  private func generation(_ handle: Int) -> UInt32 {
    registry.generations.indices.contains(handle) ? registry.generations[handle] : 0
  }
}
