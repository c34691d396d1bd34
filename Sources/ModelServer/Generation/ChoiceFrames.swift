internal import HTTPServer
internal import OpenAIAPI
internal import Simulation

/// The frames of one choice of a stream, and how far they have been rendered.
struct ChoiceFrames {
  private enum Encoder {
    case chat(ChatChunkEncoder, GenerationPlan.ChatShape)
    case completion(CompletionChunkEncoder, GenerationPlan.CompletionShape)
  }

  private let encoder: Encoder
  private let plan: GenerationPlan
  private let prompt: Int
  private let interval: Int
  private let asTokenIDs: Bool
  /// Frames carry nothing but text.
  private let isPlain: Bool
  private var rendered = 0
  private var hasOpened = false
  /// Characters of text before the next token, for completion logprobs.
  private var textOffset = 0
  /// The frame with the finish reason has been rendered.
  private(set) var isComplete = false

  init(plan: GenerationPlan, index: Int, application: LoopApplication) {
    self.plan = plan
    prompt = plan.prompt(of: index)
    interval = max(1, plan.options.streamInterval ?? application.state.configuration.api.streamInterval)
    asTokenIDs = application.showsTokenIDs(plan)
    let hasLogprobs: Bool
    switch plan.shape {
    case .chat(let shape):
      encoder = .chat(ChatChunkEncoder(identity: plan.identity, index: index, role: shape.role), shape)
      hasLogprobs = shape.topLogprobs != nil
    case .completion(let shape):
      encoder = .completion(CompletionChunkEncoder(identity: plan.identity, index: index), shape)
      hasLogprobs = shape.logprobs != nil
    }
    isPlain = !hasLogprobs && !plan.options.returnTokenIDs && !plan.options.streamOptions.continuousUsageStats
  }

  /// Most tokens rendered at a time, unless a single frame has more: what a slow reader makes us hold is a small multiple
  /// of it.
  private static let batch = 256

  /// Renders a batch of what is out and has not been rendered; true when nothing is left.
  ///
  /// The last token waits for the finish reason, which it carries and which follows it at the same instant.
  mutating func render(_ sequence: AnswerSequence, into exchange: Exchange) -> Bool {
    guard !isComplete else { return true }
    let isOver = sequence.reason != nil
    let due =
      isOver ? max(rendered, sequence.available - 1) : min(sequence.available, sequence.output.tokens.count - 1)
    let limit = min(due, rendered + max(Self.batch, interval))
    guard isOver || limit > rendered || (!hasOpened && sequence.available > 0) else { return true }
    let isLast = limit == due
    let before = rendered
    exchange.write { buffer in
      if !hasOpened { open(into: &buffer) }
      if !plan.isPromptOnly { renderDeltas(sequence, to: limit, into: &buffer) }
      if isLast, let reason = sequence.reason { close(sequence, reason, into: &buffer) }
    }
    return isLast || rendered == before
  }

  private mutating func renderDeltas(_ sequence: AnswerSequence, to limit: Int, into buffer: inout [UInt8]) {
    guard limit > rendered else { return }
    if isPlain, interval == 1 {
      let indexes = sequence.output.tokens.indexes[rendered..<limit]
      switch encoder {
      case .chat(let encoder, _): encoder.appendDeltas(indexes, of: sequence.pieces, into: &buffer)
      case .completion(let encoder, _): encoder.appendDeltas(indexes, of: sequence.pieces, into: &buffer)
      }
      rendered = limit
    }
    while rendered < limit {
      // The first token goes alone, later ones `interval` at a time; what remains at the end goes with the last.
      let size = rendered == 0 ? 1 : interval
      guard rendered + size <= limit else { return }
      renderDelta(sequence, rendered..<rendered + size, into: &buffer)
      rendered += size
    }
  }

  @inline(__always)
  private mutating func renderDelta(_ sequence: AnswerSequence, _ range: Range<Int>, into buffer: inout [UInt8]) {
    guard isPlain else { return renderRichDelta(sequence, range, into: &buffer) }
    switch encoder {
    case .chat(let encoder, _):
      encoder.beginDelta(into: &buffer)
      sequence.appendText(range, to: &buffer)
      encoder.endDelta(into: &buffer)
    case .completion(let encoder, _):
      encoder.beginDelta(into: &buffer)
      sequence.appendText(range, to: &buffer)
      encoder.endDelta(into: &buffer)
    }
  }

  private mutating func renderRichDelta(
    _ sequence: AnswerSequence, _ range: Range<Int>, into buffer: inout [UInt8]
  ) {
    var text: [UInt8] = []
    sequence.appendText(range, to: &text)
    switch encoder {
    case .chat(let encoder, let shape):
      encoder.appendDelta(text[...], extras: chatExtras(shape, sequence, range), into: &buffer)
    case .completion(let encoder, let shape):
      encoder.appendDelta(text[...], extras: completionExtras(shape, sequence, range), into: &buffer)
    }
  }

  /// The frames before the first token: role and echoed text.
  private mutating func open(into buffer: inout [UInt8]) {
    hasOpened = true
    let usage = plan.options.streamOptions.continuousUsageStats ? runningUsage(0) : nil
    switch encoder {
    case .chat(let encoder, let shape):
      encoder.appendRole(promptTokenIDs: plan.promptTokenIDs?[prompt], usage: usage, into: &buffer)
      guard let echoed = shape.echoedContent else { return }
      var text: [UInt8] = []
      text.appendEscapedText(echoed)
      encoder.appendDelta(text[...], into: &buffer)
    case .completion(let encoder, let shape):
      guard let echoed = shape.echoedPrompts?[prompt] else { return }
      var text: [UInt8] = []
      text.appendEscapedText(echoed.bytes)
      var extras = CompletionChunkEncoder.Extras(usage: usage)
      if let alternatives = shape.logprobs {
        let logprobs = CompletionLogprobs(
          tokens: echoed.generatedTokens[...], count: alternatives, asTokenIDs: asTokenIDs, firstIsNull: true)
        textOffset = logprobs.endOffset
        extras.logprobs = logprobs
      }
      encoder.appendDelta(text[...], extras: extras, into: &buffer)
    }
  }

  /// The frame with the last text and the finish reason.
  private mutating func close(_ sequence: AnswerSequence, _ reason: FinishReason, into buffer: inout [UInt8]) {
    isComplete = true
    let range = plan.isPromptOnly ? 0..<0 : rendered..<sequence.available
    var text: [UInt8] = []
    sequence.appendText(range, to: &text)
    let finishReason = ChoiceFinishReason(reason)
    switch encoder {
    case .chat(let encoder, let shape):
      encoder.appendLastDelta(
        text[...], finishReason: finishReason,
        extras: isPlain ? ChatChunkEncoder.Extras() : chatExtras(shape, sequence, range), into: &buffer)
    case .completion(let encoder, let shape):
      encoder.appendLastDelta(
        text[...], finishReason: finishReason,
        extras: isPlain ? CompletionChunkEncoder.Extras() : completionExtras(shape, sequence, range), into: &buffer)
    }
    rendered = range.upperBound
  }

  func appendUsage(_ usage: Usage, into buffer: inout [UInt8]) {
    switch encoder {
    case .chat(let encoder, _): encoder.appendUsage(usage, into: &buffer)
    case .completion(let encoder, _): encoder.appendUsage(usage, into: &buffer)
    }
  }

  // MARK: - Extras

  private func chatExtras(
    _ shape: GenerationPlan.ChatShape, _ sequence: AnswerSequence, _ range: Range<Int>
  ) -> ChatChunkEncoder.Extras {
    ChatChunkEncoder.Extras(
      logprobs: shape.topLogprobs.map {
        ChatLogprobs(
          tokens: sequence.tokens(range)[...], firstPosition: range.lowerBound, topCount: $0, asTokenIDs: asTokenIDs)
      },
      tokenIDs: plan.options.returnTokenIDs ? sequence.ids(range)[...] : nil,
      usage: plan.options.streamOptions.continuousUsageStats ? runningUsage(range.upperBound) : nil)
  }

  private mutating func completionExtras(
    _ shape: GenerationPlan.CompletionShape, _ sequence: AnswerSequence, _ range: Range<Int>
  ) -> CompletionChunkEncoder.Extras {
    var extras = CompletionChunkEncoder.Extras(
      tokenIDs: plan.options.returnTokenIDs ? sequence.ids(range)[...] : nil,
      promptTokenIDs: range.lowerBound == 0 ? plan.promptTokenIDs?[prompt] : nil,
      usage: plan.options.streamOptions.continuousUsageStats ? runningUsage(range.upperBound) : nil)
    if let alternatives = shape.logprobs {
      let logprobs = CompletionLogprobs(
        tokens: sequence.tokens(range)[...], firstPosition: range.lowerBound, firstOffset: textOffset,
        count: alternatives, asTokenIDs: asTokenIDs)
      textOffset = logprobs.endOffset
      extras.logprobs = logprobs
    }
    return extras
  }

  private func runningUsage(_ generated: Int) -> Usage {
    Usage(promptTokens: plan.promptTokens[prompt], completionTokens: generated)
  }
}
