public import JSON

/// Renders the stream frames of one choice of a completion (vLLM 0.33, streaming rules).
///
/// Order: deltas, `appendLastDelta`; then, once per stream, `appendUsage` if asked for and
/// `ServerSentEvents.appendDone`. Immutable, and a class because it is passed on for every token.
public final class CompletionChunkEncoder: Sendable {
  /// What a frame carries besides its text.
  public struct Extras: Sendable {
    /// With `logprobs`; nil is sent as null.
    public var logprobs: CompletionLogprobs?
    /// With `return_token_ids`.
    public var tokenIDs: ArraySlice<UInt32>?
    /// With `return_token_ids`, in the first frame of a choice.
    public var promptTokenIDs: [UInt32]?
    /// Counts so far, with `continuous_usage_stats`.
    public var usage: Usage?

    /// Nothing.
    public init(
      logprobs: CompletionLogprobs? = nil, tokenIDs: ArraySlice<UInt32>? = nil, promptTokenIDs: [UInt32]? = nil,
      usage: Usage? = nil
    ) {
      self.logprobs = logprobs
      self.tokenIDs = tokenIDs
      self.promptTokenIDs = promptTokenIDs
      self.usage = usage
    }
  }

  private let template: ChunkTemplate

  /// An encoder for choice `index`.
  public init(identity: ResponseIdentity, index: Int) {
    var opening: [UInt8] = []
    opening.appendRaw(#"{"index":"#)
    opening.appendJSON(index)
    opening.appendRaw(#","text":""#)
    template = ChunkTemplate(
      identity, object: "text_completion", deltaOpening: opening,
      plainSuffix: """
        ","logprobs":null,"finish_reason":null,"stop_reason":null,"prompt_token_ids":null,"token_ids":null}]}


        """)
  }

  /// Bytes that a plain delta adds to its text.
  public var deltaOverhead: Int { template.deltaPrefix.count + template.plainSuffix.count }

  /// Appends a frame of text. `escaped` may be several escaped pieces one after the other.
  public func appendDelta(_ escaped: ArraySlice<UInt8>, into buffer: inout [UInt8]) {
    buffer.append(contentsOf: template.deltaPrefix)
    buffer.append(contentsOf: escaped)
    buffer.append(contentsOf: template.plainSuffix)
  }

  /// Appends a frame for each of the pieces at `indexes`.
  public func appendDeltas(_ indexes: ArraySlice<Int32>, of pieces: EscapedPieces, into buffer: inout [UInt8]) {
    buffer.appendFrames(indexes, of: pieces, prefix: template.deltaPrefix, suffix: template.plainSuffix)
  }

  /// Appends the beginning of a frame of text; escaped pieces and `endDelta` follow.
  public func beginDelta(into buffer: inout [UInt8]) { buffer.append(contentsOf: template.deltaPrefix) }

  /// Appends the end of a frame that `beginDelta` began.
  public func endDelta(into buffer: inout [UInt8]) { buffer.append(contentsOf: template.plainSuffix) }

  /// Appends a frame of text with logprobs, token ids or usage.
  public func appendDelta(_ escaped: ArraySlice<UInt8>, extras: Extras, into buffer: inout [UInt8]) {
    begin(escaped, extras, into: &buffer)
    buffer.appendRaw(#""finish_reason":null,"stop_reason":null"#)
    end(extras, into: &buffer)
    buffer.append(UInt8(ascii: "]"))
    ChunkTemplate.close(extras.usage, into: &buffer)
  }

  /// Appends the frame that carries the last text, which may be empty, and the finish reason.
  public func appendLastDelta(
    _ escaped: ArraySlice<UInt8>, finishReason: ChoiceFinishReason, extras: Extras = Extras(),
    into buffer: inout [UInt8]
  ) {
    begin(escaped, extras, into: &buffer)
    finishReason.encode(into: &buffer)
    end(extras, into: &buffer)
    buffer.append(contentsOf: template.lastTail)
    ChunkTemplate.close(extras.usage, into: &buffer)
  }

  /// Appends the usage frame; the same for every choice.
  public func appendUsage(_ usage: Usage, into buffer: inout [UInt8]) { template.appendUsage(usage, into: &buffer) }

  private func begin(_ escaped: ArraySlice<UInt8>, _ extras: Extras, into buffer: inout [UInt8]) {
    buffer.append(contentsOf: template.deltaPrefix)
    buffer.append(contentsOf: escaped)
    buffer.appendRaw(#"","logprobs":"#)
    if let logprobs = extras.logprobs { logprobs.encode(into: &buffer) } else { buffer.appendRaw("null") }
    buffer.append(UInt8(ascii: ","))
  }

  private func end(_ extras: Extras, into buffer: inout [UInt8]) {
    buffer.appendRaw(#","prompt_token_ids":"#)
    buffer.appendTokenIDs(extras.promptTokenIDs?[...])
    buffer.appendRaw(#","token_ids":"#)
    buffer.appendTokenIDs(extras.tokenIDs)
    buffer.append(UInt8(ascii: "}"))
  }
}
