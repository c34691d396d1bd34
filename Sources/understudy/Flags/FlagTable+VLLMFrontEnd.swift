/// Flags of vLLM's API server that are not honoured (vLLM 0.33, `vllm serve`, front end).
extension FlagTable {
  static let vllmFrontEnd: [FlagSpecification] = [
    .accepted("ssl-ca-certs"),
    .accepted("ssl-cert-reqs"),
    .accepted("ssl-ciphers"),
    .accepted("enable-ssl-refresh", .boolean),
    .accepted("enable-auto-tool-choice", .boolean, note: "tool calls are not available yet"),
    .accepted("tool-call-parser", note: "tool calls are not available yet"),
    .accepted("tool-parser-plugin"),
    .accepted("tool-server"),
    .accepted("tool-strict-level"),
    .accepted("exclude-tools-when-tool-choice-none", .boolean),
    .accepted("reasoning-parser", note: "reasoning is not available yet"),
    .accepted("reasoning-parser-plugin"),
    .accepted("chat-template"),
    .accepted("chat-template-content-format"),
    .accepted("trust-request-chat-template", .boolean),
    .accepted("default-chat-template-kwargs", .json),
    .accepted("enable-prompt-tokens-details", .boolean, note: "prompt_tokens_details is always sent"),
    .accepted("enable-log-requests", .boolean),
    .accepted("enable-log-outputs", .boolean),
    .accepted("enable-log-deltas", .boolean),
    .accepted("max-log-len"),
    .accepted("disable-log-requests", .boolean),
    .accepted("uvicorn-log-level"),
    .accepted("disable-uvicorn-access-log", .boolean),
    .accepted("disable-access-log-for-endpoints"),
    .accepted("log-config-file"),
    .accepted("log-error-stack", .boolean),
    .accepted("enable-tokenizer-info-endpoint", .boolean),
    .accepted("enable-scale-out", .boolean),
    .accepted("tokens-only", .boolean),
    .accepted("disable-fastapi-docs", .boolean),
    .accepted("enable-offline-docs", .boolean),
    .accepted("middleware"),
    .accepted("h11-max-incomplete-event-size"),
    .accepted("h11-max-header-count"),
    .accepted("grpc", .boolean, note: "HTTP is served"),
    .accepted("grpc-port"),
    .accepted("api-server-count", .text, "-asc"),
    .accepted("headless", .boolean),
    .accepted("data-parallel-supervisor-port"),
  ]

  /// Groups of flags that are accepted whatever follows their prefix.
  static let families: [FlagSpecification] = [
    .accepted("dp-supervisor-", .optionalText)
  ]
}
