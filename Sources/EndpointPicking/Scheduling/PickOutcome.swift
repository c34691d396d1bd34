/// What became of one pick.
public struct PickOutcome: Sendable {
  /// The chosen endpoints, or why there are none.
  public var result: Result<Pick, PickFailure>
  /// How it came about; only when asked for.
  public var explanation: PickExplanation?
  /// How long each plugin took, in the order of their work; empty when the pick had no clock.
  public var pluginDurations: [PluginDuration] = []
}

/// A chosen endpoint.
public struct PickTarget: Sendable, Equatable {
  /// Its place in the snapshot.
  public var index: Int
  /// Which one it is.
  public var id: EndpointID
  /// `host:port` to send the request to; the pod's primary port where a sidecar there spreads over ranks.
  public var authority: String
}

/// A decision.
public struct Pick: Sendable {
  /// The profile that chose the targets.
  public var profile: String
  /// Where the request goes, the preferred one first, and then to whom it may be retried. Never empty.
  public var targets: [PickTarget]
  /// The prefill endpoint of a disaggregated request; its address is in `requestHeaders` too.
  public var prefill: PickTarget?
  /// The encode endpoints of a disaggregated multimodal request.
  public var encoders: [PickTarget] = []
  /// Headers to set on the request towards the model server.
  public var requestHeaders: [HeaderField] = []
  /// Headers, lower-case, to take off the request first: a client's copies of those that only a picker may set.
  public var removedRequestHeaders: [String] = []
  /// Headers to set on the response towards the client: session tokens.
  public var responseHeaders: [HeaderField] = []
  /// What the request adds to the picker's memory when it is sent.
  var lesson: PickLesson

  /// All targets' addresses with commas between: the value of `x-gateway-destination-endpoint`.
  public var destination: String { targets.map(\.authority).joined(separator: ",") }

  /// The share of the prompt's blocks that the first target is thought to hold: matched and total.
  public var prefixBlocks: (matched: Int, total: Int) { (lesson.matchedBlocks, lesson.hashes.blocks.count) }

  /// The bytes of the prompt that one such block stands for (GIE v1.5: four per token); 0 without a prefix index.
  public var prefixBlockBytes: Int { lesson.hashes.blockTokens * PrefixCacheSettings.charactersPerToken }
}

/// A header.
public struct HeaderField: Sendable, Equatable {
  /// In lower case.
  public var name: String
  /// Its value.
  public var value: String

  /// A header of that name and value.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// What a sent request teaches.
struct PickLesson: Sendable {
  var hashes: PrefixHashes
  /// Some endpoint held the first block.
  var anyMatch: Bool
  /// Blocks that the target held before.
  var matchedBlocks: Int
  /// The target's handle.
  var handle: Int
  var prefillHandle: Int?
  /// Blocks remembered of the target and the prefill endpoint.
  var capacity: Int
  var prefillCapacity: Int
  /// Input and expected output.
  var tokens: Int
  /// Sessions to bind, by position among the configured session affinities.
  var sessions: [SessionBinding] = []
}
