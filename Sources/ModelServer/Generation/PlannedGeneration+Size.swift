internal import OpenAIAPI

extension LoopApplication.PlannedGeneration {
  /// The largest whole answer that is put together in memory, in bytes.
  private static let sizeLimit = 128 << 20

  /// Refuses a request whose whole answer may not fit the limit; streams are never held whole.
  func checkSize(maxModelLen: Int) throws(APIError) {
    guard !plan.options.stream else { return }
    let alternatives: Int? =
      switch plan.shape {
      case .chat(let shape): shape.topLogprobs
      case .completion(let shape): shape.logprobs
      }
    // Estimates of what one token takes as text, as a logprobs entry, and per alternative.
    let tokenBytes = 8 + (alternatives.map { 80 + 70 * $0 } ?? 0)
    var bytes = 0
    for request in requests {
      let room = maxModelLen - request.promptTokens
      let tokens = min(request.maxTokens ?? room, room) + (request.echo?.count ?? 0)
      bytes += 200 + tokens * tokenBytes
    }
    guard bytes <= Self.sizeLimit else {
      throw .badRequest(
        "The answer may take \(bytes) bytes, and at most \(Self.sizeLimit) are sent in one piece. Please use a smaller n, "
          + "max_tokens or logprobs, or stream.", param: "n")
    }
  }
}
