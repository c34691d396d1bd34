/// All flags of the endpoint picker's command line by name.
struct PickerFlagTable: Sendable {
  let flags: [PickerFlag]
  private let indexByName: [String: Int]

  init(_ flags: [PickerFlag]) {
    self.flags = flags
    var names = [String: Int](minimumCapacity: flags.count)
    for (index, flag) in flags.enumerated() { names[flag.name] = index }
    indexByName = names
  }

  /// The flag with that name, or one-letter name, without dashes.
  func flag(_ name: Substring) -> PickerFlag? {
    let name = Self.shortNames[String(name)] ?? String(name)
    return indexByName[name].map { flags[$0] }
  }

  private static let shortNames = ["f": "filename", "H": "header"]

  /// The flags of `understudy epp` and `understudy epp validate`.
  static let picker = PickerFlagTable(upstream + withoutEffect + own)

  /// The flags of `understudy epp dry-run`.
  static let dryRun = PickerFlagTable(
    upstream + withoutEffect + own
      + [PickerFlag("request", .text), PickerFlag("header", .list), PickerFlag("path", .text)])

  /// Flags of the EPP of GIE v1.5 and of llm-d 0.10 that mean here what they mean there.
  private static let upstream: [PickerFlag] = [
    PickerFlag("pool-name", .text),
    PickerFlag("pool-namespace", .text),
    PickerFlag("pool-group", .text),
    PickerFlag("endpoint-selector", .text),
    PickerFlag("endpoint-target-ports", .list),
    PickerFlag("disable-endpoint-subset-filter", .toggle),
    PickerFlag("ha-enable-leader-election", .toggle),
    PickerFlag("grpc-port", .text),
    PickerFlag("grpc-health-port", .text),
    PickerFlag("metrics-port", .text),
    PickerFlag("health-checking", .toggle),
    PickerFlag("secure-serving", .boolean),
    PickerFlag("cert-path", .text),
    PickerFlag("enable-cert-reload", .toggle),
    PickerFlag("config-file", .text),
    PickerFlag("config-text", .text),
    PickerFlag("refresh-metrics-interval", .text),
    PickerFlag("metrics-staleness-threshold", .text),
    PickerFlag("model-server-metrics-scheme", .text),
    PickerFlag("model-server-metrics-path", .text),
    PickerFlag("model-server-metrics-port", .text),
    PickerFlag("model-server-metrics-https-insecure-skip-verify", .boolean),
    PickerFlag("total-queued-requests-metric", .text),
    PickerFlag("total-running-requests-metric", .text),
    PickerFlag("kv-cache-usage-percentage-metric", .text),
    PickerFlag("lora-info-metric", .text),
    PickerFlag("cache-info-metric", .text),
    PickerFlag("emit-endpoint-scores", .toggle),
    PickerFlag("drain-timeout", .text),
    PickerFlag("v", .text),
    PickerFlag("zap-encoder", .text),
    PickerFlag("zap-log-level", .text),
    // controller-runtime's.
    PickerFlag("kubeconfig", .text),
  ]

  /// Flags of theirs that mean nothing here.
  private static let withoutEffect: [PickerFlag] = [
    PickerFlag("tracing", .boolean, .none("no traces are sent")),
    PickerFlag("enable-pprof", .boolean, .none("there is no Go runtime to look into")),
    PickerFlag("refresh-prometheus-metrics-interval", .duration, .none("metrics are as of when they are read")),
    PickerFlag("enable-grpc-stream-metrics", .boolean, .none("there are no such metrics")),
    PickerFlag("grpc-max-recv-msg-size", .text, .none("--max-request-body-bytes is the limit")),
    PickerFlag("grpc-max-send-msg-size", .text, .none("messages are as long as Envoy takes them")),
    PickerFlag("allow-experimental-plugins", .boolean, .none("all known plugins are allowed")),
    PickerFlag("zap-devel", .boolean, .none("the log has one form")),
    PickerFlag("zap-stacktrace-level", .text, .none("the log has no stack traces")),
    PickerFlag("zap-time-encoding", .text, .none("the log's times are RFC 3339")),
    PickerFlag("metrics-endpoint-auth", .boolean, .unprotected("anyone may read the metrics")),
    PickerFlag("metrics-client-ca-file", .text, .unprotected("anyone may read the metrics")),
    PickerFlag("metrics-cert-dir", .text, .unprotected("metrics are read without TLS")),
    PickerFlag("tls-min-version", .text, .unprotected("the TLS library's own limits hold")),
    PickerFlag("tls-cipher-suites", .text, .unprotected("the TLS library's own limits hold")),
  ]

  /// Flags that only this program has.
  private static let own: [PickerFlag] = [
    PickerFlag("filename", .list),
    PickerFlag("pool", .list),
    PickerFlag("kubernetes", .toggle),
    PickerFlag("split", .text),
    PickerFlag("generic-model-fallback", .toggle),
    PickerFlag("fallback-list", .toggle),
    PickerFlag("bbr", .toggle),
    PickerFlag("max-request-body-bytes", .text),
    PickerFlag("admin-port", .text),
    PickerFlag("log-level", .text),
    PickerFlag("log-format", .text),
    PickerFlag("print-ready-json", .toggle),
  ]
}
