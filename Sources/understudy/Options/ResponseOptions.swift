import ArgumentParser

/// What answers look like.
struct ResponseOptions: ParsableArguments {
  @Flag(inversion: .prefixedNo, help: "Send X-Request-Id with every answer.")
  var enableRequestIdHeaders: Bool?

  @Flag(inversion: .prefixedNo, help: "Send usage at the end of every stream.")
  var enableForceIncludeUsage: Bool?

  @Flag(inversion: .prefixedNo, help: "Send the times of a request with its whole answer.")
  var enablePerRequestMetrics: Bool?

  @Flag(inversion: .prefixedNo, help: "Count requests in progress for /load.")
  var enableServerLoadTracking: Bool?

  @Flag(inversion: .prefixedNo, help: "Show tokens as token_id:N in logprobs.")
  var returnTokensAsTokenIds: Bool?

  @Option(help: "Most logprobs per token a request may ask for; -1 for no limit. Default: 20.")
  var maxLogprobs: Int?

  @Option(help: "Tokens per stream frame after the first. Default: 1.")
  var streamInterval: Int?

  @Option(help: "Seconds between keep-alive comments on silent streams. Default: none are sent.")
  var sseKeepAliveInterval: Seconds?

  @Option(help: "Role of chat answers. Default: assistant.")
  var responseRole: String?

  @Option(help: "system_fingerprint: full, hash, custom or none. Default: full.")
  var fingerprintMode: String?

  @Option(help: "The fingerprint when --fingerprint-mode is custom.")
  var fingerprintValue: String?

  @Flag(inversion: .prefixedNo, help: "Serve no metrics of the engine.")
  var disableLogStats: Bool?
}
