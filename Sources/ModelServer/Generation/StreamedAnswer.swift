internal import HTTPServer
internal import OpenAIAPI
internal import Simulation

/// An answer that is sent token by token as server-sent events (vLLM 0.33, streaming rules).
///
/// While the client reads too slowly nothing is rendered: the tokens are known, so catching up needs no buffer.
final class StreamedAnswer: Answer {
  private let plan: GenerationPlan
  private let exchange: Exchange
  private let application: LoopApplication
  private var sequences: [AnswerSequence] = []
  private var frames: [ChoiceFrames] = []
  private var hasEnded = false
  private var hasSentEnd = false
  private var keepAlive: KeepAlive?

  init(plan: GenerationPlan, exchange: Exchange, application: LoopApplication) {
    self.plan = plan
    self.exchange = exchange
    self.application = application
  }

  func prepare(_ index: Int, _ output: GeneratedOutput) {
    sequences.append(AnswerSequence(output: output, pieces: application.pieces(of: output)))
    frames.append(ChoiceFrames(plan: plan, index: index, application: application))
  }

  /// The headers leave before the first token, as vLLM's do.
  func begin() {
    if plan.options.returnTokenIDs { application.remember(sequences.map(\.output.tokens)) }
    exchange.beginStream(
      headers: application.headers(for: exchange, [ReplyHeaders.eventStream], requestID: plan.requestID))
    if let interval = application.state.configuration.api.sseKeepAliveInterval {
      keepAlive = KeepAlive(exchange: exchange, interval: interval)
    }
  }

  func advance(_ index: Int, to count: Int) {
    sequences[index].available = count
    render(index)
  }

  func finish(_ index: Int, _ end: SequenceEnd) {
    sequences[index].reason = end.reason
    render(index)
  }

  func end() {
    hasEnded = true
    keepAlive?.stop()
    sendEnd()
  }

  func resume() {
    for index in sequences.indices where !frames[index].isComplete {
      if exchange.isBackedUp { return exchange.awaitDrain() }
      render(index)
    }
    sendEnd()
  }

  func abandon() {
    keepAlive?.stop()
    sequences = []
    frames = []
  }

  private func render(_ index: Int) {
    keepAlive?.postpone()
    while !exchange.isBackedUp {
      if frames[index].render(sequences[index], into: exchange) { return }
    }
    exchange.awaitDrain()
  }

  /// Usage, if asked for, and the end of the stream, once every frame before them has been rendered.
  private func sendEnd() {
    guard hasEnded, !hasSentEnd, frames.allSatisfy(\.isComplete) else { return }
    hasSentEnd = true
    let includeUsage = plan.options.streamOptions.includeUsage || application.state.configuration.api.forceIncludeUsage
    exchange.write { buffer in
      if includeUsage, let first = frames.first {
        let generated = plan.isPromptOnly ? 0 : sequences.reduce(0) { $0 + $1.available }
        first.appendUsage(
          Usage(promptTokens: plan.totalPromptTokens, completionTokens: generated), into: &buffer)
      }
      ServerSentEvents.appendDone(to: &buffer)
    }
    exchange.finish()
  }
}
