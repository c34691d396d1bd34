/// The parameters of the profile handlers for disaggregated serving (llm-d, section "profile handlers").
struct DisaggregationSettings: Sendable {
  /// Profile names.
  var decode = "decode"
  var prefill = "prefill"
  var encode = "encode"
  /// Names of decider plugins; a stage without one never runs on its own.
  var prefillDecider: String?
  var encodeDecider: String?
  /// Decides on prefill when there is no name for one.
  var fallbackDecider: (any DisaggregationDecider)?
  /// The order of the stages after decode.
  var encodesFirst = true
  var primaryPort: Int?

  /// `disagg-profile-handler`: `profiles`, `deciders`, `stageOrder`, `primaryPort`.
  init(_ parameters: FieldReader) throws(ConfigurationError) {
    try parameters.allow(["profiles", "deciders", "stageOrder", "primaryPort"])
    let profiles = try parameters.object("profiles", allowing: ["decode", "prefill", "encode"])
    decode = try profiles?.string("decode") ?? decode
    prefill = try profiles?.string("prefill") ?? prefill
    encode = try profiles?.string("encode") ?? encode
    let deciders = try parameters.object("deciders", allowing: ["prefill", "encode"])
    prefillDecider = try deciders?.string("prefill")
    encodeDecider = try deciders?.string("encode")
    let order = try parameters.strings("stageOrder") ?? []
    guard Set(order).count == order.count, order.allSatisfy({ ["decode", "prefill", "encode"].contains($0) }) else {
      throw parameters.error("stageOrder", "may hold decode, prefill and encode, each once")
    }
    if let prefill = order.firstIndex(of: "prefill"), let encode = order.firstIndex(of: "encode") {
      encodesFirst = encode < prefill
    }
    primaryPort = try parameters.port("primaryPort")
  }

  /// `pd-profile-handler`: `decodeProfile`, `prefillProfile`, `deciderPluginName` (or the older `threshold`, in
  /// characters, 0 for always), `primaryPort`.
  init(prefillDecode parameters: FieldReader) throws(ConfigurationError) {
    try parameters.allow([
      "decodeProfile", "prefillProfile", "deciderPluginName", "primaryPort", "prefixPluginType", "prefixPluginName",
      "threshold", "hashBlockSize",
    ])
    decode = try parameters.string("decodeProfile") ?? decode
    prefill = try parameters.string("prefillProfile") ?? prefill
    for name in ["prefixPluginType", "prefixPluginName"] { _ = try parameters.string(name) }
    _ = try parameters.int("hashBlockSize", in: 1...Int.max)
    primaryPort = try parameters.port("primaryPort")
    prefillDecider = try parameters.string("deciderPluginName")
    if let threshold = try parameters.int("threshold", in: 0...(1 << 40)) {
      guard prefillDecider == nil else { throw parameters.error("threshold", "excludes deciderPluginName") }
      let tokens = (threshold + PrefixCacheSettings.charactersPerToken - 1) / PrefixCacheSettings.charactersPerToken
      fallbackDecider = threshold == 0 ? AlwaysDecider() : PrefixBasedDecider(nonCachedTokens: tokens)
    } else if prefillDecider == nil {
      prefillDecider = "prefix-based-pd-decider"
    }
  }
}

extension FieldReader {
  /// A port as number or text; 0 and empty are none.
  func port(_ key: String) throws(ConfigurationError) -> Int? {
    var port: Int?
    if case .string(let text) = node(key)?.value {
      if text.isEmpty { return nil }
      port = Int(text)
      guard let port, (0...65_535).contains(port) else { throw error(key, "is not a port") }
      return port == 0 ? nil : port
    }
    port = try int(key, in: 0...65_535)
    return port == 0 ? nil : port
  }
}
