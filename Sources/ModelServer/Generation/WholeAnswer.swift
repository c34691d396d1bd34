internal import HTTPServer
internal import OpenAIAPI
internal import Simulation

/// An answer that is sent in one piece when its last sequence has ended.
final class WholeAnswer: Answer {
  private let plan: GenerationPlan
  private let exchange: Exchange
  private let application: LoopApplication
  private var sequences: [AnswerSequence] = []
  private var timing = AnswerTiming()
  private var load: LoadSnapshot?

  init(plan: GenerationPlan, exchange: Exchange, application: LoopApplication) {
    self.plan = plan
    self.exchange = exchange
    self.application = application
    sequences.reserveCapacity(plan.sequenceCount)
  }

  func prepare(_ index: Int, _ output: GeneratedOutput) {
    sequences.append(AnswerSequence(output: output, pieces: application.pieces(of: output)))
  }

  func begin() {}
  func advance(_ index: Int, to count: Int) { sequences[index].available = count }

  func finish(_ index: Int, _ end: SequenceEnd) {
    sequences[index].reason = end.reason
    timing.add(end, tokens: sequences[index].available)
    load = end.load ?? load
  }

  func resume() {}
  func abandon() { sequences = [] }

  func end() {
    var body: [UInt8] = []
    switch plan.shape {
    case .chat(let shape): encodeChat(shape, into: &body)
    case .completion(let shape): encodeCompletion(shape, into: &body)
    }
    if plan.options.returnTokenIDs { application.remember(sequences.map(\.output.tokens)) }
    guard let format = plan.loadReport, let load else {
      return application.reply(exchange, body, requestID: plan.requestID)
    }
    application.respond(
      exchange, [ReplyHeaders.json, LoadReport.header(load, format)], body, requestID: plan.requestID)
  }

  private func encodeChat(_ shape: GenerationPlan.ChatShape, into body: inout [UInt8]) {
    let choices = sequences.indices.map { index -> ChatChoice in
      let sequence = sequences[index]
      var content: [UInt8] = []
      content.reserveCapacity(sequence.available * 8)
      if let echoed = shape.echoedContent { content.appendEscapedText(echoed) }
      sequence.appendText(0..<sequence.available, to: &content)
      var choice = ChatChoice(
        index: index, role: shape.role, escapedContent: content, finishReason: reason(of: sequence))
      choice.hasOlderFields = application.state.configuration.api.olderMessageFields
      if let top = shape.topLogprobs {
        choice.logprobs = ChatLogprobs(
          tokens: sequence.tokens(0..<sequence.available)[...], topCount: top, asTokenIDs: asTokenIDs)
      }
      if plan.options.returnTokenIDs { choice.tokenIDs = sequence.ids(0..<sequence.available) }
      return choice
    }
    var response = ChatCompletionResponse(identity: plan.identity, choices: choices, usage: usage)
    response.promptTokenIDs = plan.promptTokenIDs?.first
    response.promptText = shape.promptText
    response.metrics = requestMetrics
    response.encode(into: &body)
  }

  private func encodeCompletion(_ shape: GenerationPlan.CompletionShape, into body: inout [UInt8]) {
    let choices = sequences.indices.map { index -> CompletionChoice in
      let sequence = sequences[index]
      let count = shape.promptOnly ? 0 : sequence.available
      let prompt = shape.echoedPrompts?[plan.prompt(of: index)]
      var text: [UInt8] = []
      text.reserveCapacity(count * 8)
      if let prompt { text.appendEscapedText(prompt.bytes) }
      sequence.appendText(0..<count, to: &text)
      var choice = CompletionChoice(index: index, escapedText: text, finishReason: reason(of: sequence))
      if let alternatives = shape.logprobs {
        let echoed = prompt.map { $0.generatedTokens } ?? []
        choice.logprobs = CompletionLogprobs(
          tokens: (echoed + sequence.tokens(0..<count))[...], count: alternatives, asTokenIDs: asTokenIDs,
          firstIsNull: prompt != nil)
      }
      if plan.options.returnTokenIDs {
        choice.tokenIDs = sequence.ids(0..<count)
        choice.promptTokenIDs = plan.promptTokenIDs?[plan.prompt(of: index)]
      }
      return choice
    }
    var response = CompletionResponse(identity: plan.identity, choices: choices, usage: usage)
    response.metrics = requestMetrics
    response.encode(into: &body)
  }

  private var requestMetrics: RequestMetrics? {
    application.state.configuration.api.perRequestMetrics ? timing.metrics : nil
  }

  private var usage: Usage {
    let generated = plan.isPromptOnly ? 0 : sequences.reduce(0) { $0 + $1.available }
    return Usage(promptTokens: plan.totalPromptTokens, completionTokens: generated)
  }

  private var asTokenIDs: Bool { application.showsTokenIDs(plan) }

  private func reason(of sequence: AnswerSequence) -> ChoiceFinishReason {
    ChoiceFinishReason(sequence.reason ?? sequence.output.finishReason)
  }
}
