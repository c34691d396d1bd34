/// Flags of llm-d-inference-sim that are not honoured yet or have nothing to do here.
extension FlagTable {
  static let simulatorOnly: [FlagSpecification] = [
    .notYet("engine", .text, "other engines than vLLM", off: ["vllm"]),
    .notYet("default-embedding-dimensions", .integer, "embeddings", off: ["384"]),
    .accepted("force-dummy-tokenizer", .boolean, note: "the built-in tokenizer is always used"),
    .notYet("render-url", .text, "remote tokenizers", off: ["", "http://localhost:8082"]),
    .notYet("render-timeout", .duration, "remote tokenizers", off: ["30s"]),
    .notYet("mm-render-timeout", .duration, "remote tokenizers", off: ["60s", "1m"]),
    .notYet("omni", .boolean, "image generation", off: ["false"]),
    .notYet("image-emission-rate", .integer, "image generation", off: ["0"]),
    .notYet("time-to-generate-image", .duration, "image generation", off: ["0", "0s", "0ms"]),
    .notYet("time-to-generate-image-std-dev", .duration, "image generation", off: ["0", "0s", "0ms"]),

    .notYet("max-tool-call-integer-param", .integer, "tool calls", off: ["100"]),
    .notYet("min-tool-call-integer-param", .integer, "tool calls", off: ["0"]),
    .notYet("max-tool-call-number-param", .number, "tool calls", off: ["100", "100.0"]),
    .notYet("min-tool-call-number-param", .number, "tool calls", off: ["0", "0.0"]),
    .notYet("max-tool-call-array-param-length", .integer, "tool calls", off: ["5"]),
    .notYet("min-tool-call-array-param-length", .integer, "tool calls", off: ["1"]),
    .notYet("tool-call-not-required-param-probability", .integer, "tool calls", off: ["50"]),
    .notYet("object-tool-call-not-required-field-probability", .integer, "tool calls", off: ["50"]),
    .notYet("tool-call-extra-call-probability", .integer, "tool calls", off: ["45"]),
    .notYet("skip-tool-validation", .boolean, "tool calls", off: ["false"]),

    .notYet("enable-kvcache", .boolean, "reuse of KV blocks", off: ["false"]),
    .notYet("global-cache-hit-threshold", .number, "reuse of KV blocks", off: ["0", "0.0"]),
    .notYet("hash-seed", .text, "hashes of KV blocks", off: [""]),
    .notYet("zmq-endpoint", .text, "KV events", off: ["", "tcp://127.0.0.1:5557"]),
    .notYet("kv-events-replay-endpoint", .text, "KV events", off: [""]),
    .notYet("kv-events-replay-queue-size", .integer, "KV events", off: ["1024"]),
    .notYet("event-batch-size", .integer, "KV events", off: ["16"]),
    .notYet("use-vllm-map-event-format", .boolean, "KV events", off: ["false"]),

    .notYet("dataset-path", .text, "datasets", off: [""]),
    .notYet("dataset-url", .text, "datasets", off: [""]),
    .notYet("dataset-in-memory", .boolean, "datasets", off: ["false"]),
    .notYet("dataset-table-name", .text, "datasets", off: ["llmd"]),
    .notYet("fake-metrics", .json, "fake metrics", off: ["", "{}"]),
    .notYet("fake-metrics-refresh-interval", .duration, "fake metrics", off: ["100ms", "100", "0.1s"]),
  ]

  /// klog's flags, as far as they are not obeyed: everything goes to standard error.
  static let logging: [FlagSpecification] = [
    .accepted("add-dir-header", .boolean),
    .accepted("alsologtostderr", .boolean),
    .accepted("log-backtrace-at"),
    .accepted("log-dir"),
    .accepted("log-file"),
    .accepted("log-file-max-size", .integer),
    .accepted("logtostderr", .boolean),
    .accepted("one-output", .boolean),
    .accepted("skip-headers", .boolean),
    .accepted("skip-log-headers", .boolean),
    .accepted("stderrthreshold"),
    .accepted("vmodule"),
  ]
}
