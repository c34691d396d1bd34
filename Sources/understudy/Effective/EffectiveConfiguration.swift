import JSON
import ModelServer
import Simulation

/// The configuration in force, as one line of JSON by flags' names.
///
/// The line is itself a configuration file: read back with `--config` it gives the same settings, but for the API keys,
/// which are not shown.
struct EffectiveConfiguration {
  let configuration: ServerConfiguration
  let options: LaunchOptions

  /// The line.
  var json: String {
    JSONBuilder.object { object in
      object.array("models") { array in
        for model in configuration.models { array.object { Self.write(model, to: &$0) } }
      }
      addListener(to: &object)
      addAPI(to: &object)
      object.add("failure-injection-rate", configuration.failures.ratePercent)
      object.add("failure-types", configuration.failures.types.map(\.rawValue))
      object.add("startup-duration", DurationText.render(configuration.startupDuration))
      object.add("shutdown-timeout", DurationText.render(configuration.shutdownGrace))
      object.add("log-level", options.logLevel.rawValue)
      object.add("log-format", options.logFormat.rawValue)
      object.add("log-http", configuration.api.logHTTP)
      object.add("print-ready-json", options.printReadyJSON)
    }
  }

  private func addListener(to object: inout JSONBuilder) {
    let listener = configuration.listener
    if let host = listener.host { object.add("host", host) }
    if let path = listener.unixSocket { object.add("uds", path) } else { object.add("port", listener.port) }
    switch listener.tls {
    case .none: break
    case .selfSigned: object.add("self-signed-certs", true)
    case .files(let certificate, let key):
      object.add("ssl-certfile", certificate)
      object.add("ssl-keyfile", key)
    }
    // vLLM's variable counts in bytes; the flag could not say the rest.
    if listener.maxRequestBodyBytes % (1 << 20) == 0 {
      object.add("max-request-body-size-mb", listener.maxRequestBodyBytes >> 20)
    }
    if let loops = listener.eventLoops { object.add("event-loops", loops) }
  }

  private func addAPI(to object: inout JSONBuilder) {
    let api = configuration.api
    if let tokens = configuration.models.first?.engine.maxQueuedTokens { object.add("max-num-queued-tokens", tokens) }
    object.add("queue-full-status", api.queueFullStatus)
    object.add("api-key", api.apiKeys.map { _ in "***" })
    object.add("allowed-origins", api.allowedOrigins)
    object.add("allowed-methods", api.allowedMethods)
    object.add("allowed-headers", api.allowedHeaders)
    object.add("allow-credentials", api.allowCredentials)
    object.add("root-path", api.rootPath)
    object.add("enable-request-id-headers", api.requestIDHeaders)
    object.add("enable-force-include-usage", api.forceIncludeUsage)
    object.add("enable-per-request-metrics", api.perRequestMetrics)
    object.add("enable-server-load-tracking", api.serverLoadTracking)
    object.add("return-tokens-as-token-ids", api.returnTokensAsTokenIDs)
    object.add("max-logprobs", api.maxLogprobs == .max ? -1 : api.maxLogprobs)
    object.add("stream-interval", api.streamInterval)
    object.add("sse-keep-alive-interval", DurationText.render(api.sseKeepAliveInterval ?? .zero))
    object.add("response-role", api.responseRole)
    object.add("fingerprint-mode", api.systemFingerprint == nil ? "none" : "custom")
    if let fingerprint = api.systemFingerprint { object.add("fingerprint-value", fingerprint) }
    object.add("disable-log-stats", !api.logStats)
  }

  private static func write(_ model: ModelConfiguration, to object: inout JSONBuilder) {
    let engine = model.engine
    object.add("model", model.model)
    object.add("served-model-name", model.servedNames)
    object.add("max-model-len", engine.maxModelLen)
    object.add("max-num-seqs", engine.maxNumSeqs)
    if let length = engine.maxWaitingQueueLength { object.add("max-waiting-queue-length", length) }
    object.add("mode", engine.mode.rawValue)
    object.add("seed", Int64(bitPattern: engine.seed))
    object.add("enable-lora", model.loraEnabled)
    object.array("lora-modules") { array in
      for adapter in model.adapters { array.object { write(adapter, to: &$0) } }
    }
    object.add("max-loras", engine.maxLoras)
    object.add("max-cpu-loras", engine.maxCPULoras ?? engine.maxLoras)
    object.add("block-size", engine.blockSize)
    object.add("kv-cache-size", engine.effectiveKVBlocks)
    addLatency(engine.latency, to: &object)
    object.add("replicas", model.replicas)
  }

  private static func write(_ adapter: LoRAModule, to object: inout JSONBuilder) {
    object.add("name", adapter.name)
    if let path = adapter.path { object.add("path", path) }
    if let base = adapter.baseModelName { object.add("base_model_name", base) }
  }

  private static func addLatency(_ latency: LatencyConfiguration, to object: inout JSONBuilder) {
    let spans = [
      ("time-to-first-token", latency.timeToFirstToken),
      ("time-to-first-token-std-dev", latency.timeToFirstTokenStdDev),
      ("inter-token-latency", latency.interTokenLatency),
      ("inter-token-latency-std-dev", latency.interTokenLatencyStdDev),
      ("prefill-overhead", latency.prefillOverhead),
      ("prefill-time-per-token", latency.prefillTimePerToken),
      ("prefill-time-std-dev", latency.prefillTimeStdDev),
      ("kv-cache-transfer-latency", latency.kvCacheTransferLatency),
      ("kv-cache-transfer-latency-std-dev", latency.kvCacheTransferLatencyStdDev),
      ("kv-cache-transfer-time-per-token", latency.kvCacheTransferTimePerToken),
      ("kv-cache-transfer-time-std-dev", latency.kvCacheTransferTimeStdDev),
    ]
    object.add("latency-calculator", latency.calculator.rawValue)
    for (name, span) in spans { object.add(name, DurationText.render(span)) }
    object.add("time-factor-under-load", latency.timeFactorUnderLoad)
  }
}
