public import Simulation

/// What `understudy serve` was told: one HTTP server in front of one or more models.
public struct ServerConfiguration: Sendable, Equatable {
  /// Where and how the server listens.
  public var listener = ListenerConfiguration()
  /// Who this replica says it is.
  public var pod = PodIdentity()
  /// At least one; the first is the default for requests that name no model.
  public var models: [ModelConfiguration] = []
  /// What is the same for every model.
  public var api = APIConfiguration()
  /// Failures injected at a rate.
  public var failures = FailureConfiguration()
  /// How long running streams may go on after SIGTERM.
  public var shutdownGrace = Nanoseconds.seconds(30)
  /// `/health/ready` answers 503 for this long after the start.
  public var startupDuration = Nanoseconds.zero

  /// The defaults.
  public init() {}
}

/// Where and how the server listens.
public struct ListenerConfiguration: Sendable, Equatable {
  /// An IPv4 or IPv6 address or a name; nil means all addresses of both families.
  public var host: String?
  /// 0 picks a free port.
  public var port = 8000
  /// A Unix socket's path; replaces host and port.
  public var unixSocket: String?
  /// Where the TLS certificate comes from; none for plain HTTP.
  public var tls = TLSSource.none
  /// Bodies above this many bytes are answered 413.
  public var maxRequestBodyBytes = 4 << 20
  /// nil: as many as there are cores.
  public var eventLoops: Int?

  /// The defaults.
  public init() {}
}

/// Where the TLS certificate comes from.
public enum TLSSource: Sendable, Equatable {
  case none
  case selfSigned
  case files(certificate: String, key: String)
}

/// Who this replica says it is: POD_NAME, POD_NAMESPACE and POD_IP.
public struct PodIdentity: Sendable, Equatable {
  /// POD_NAME; sent as x-inference-pod.
  public var name: String?
  /// POD_NAMESPACE; sent as x-inference-namespace.
  public var namespace: String?
  /// POD_IP.
  public var ip: String?

  /// The defaults.
  public init() {}
}

/// Behaviour of the API that is the same for every model.
public struct APIConfiguration: Sendable, Equatable {
  /// Accepted bearer tokens; empty means no authentication.
  public var apiKeys: [String] = []
  /// CORS origins; empty means no CORS headers.
  public var allowedOrigins: [String] = []
  /// CORS methods; "*" allows any.
  public var allowedMethods = ["*"]
  /// CORS request headers; "*" allows any.
  public var allowedHeaders = ["*"]
  /// CORS answers allow credentials.
  public var allowCredentials = false
  /// A path prefix in front of every route, for example "/vllm"; empty for none.
  public var rootPath = ""
  /// Answers carry X-Request-Id.
  public var requestIDHeaders = false
  /// Usage is sent at the end of every stream.
  public var forceIncludeUsage = false
  /// Whole answers carry their times.
  public var perRequestMetrics = false
  /// `/load` counts requests in progress.
  public var serverLoadTracking = false
  /// The status of a refused request when the queue is full: 429 or 503.
  public var queueFullStatus = 429
  /// Most alternatives per token; negative for no limit.
  public var maxLogprobs = 20
  /// Logprobs show tokens as `token_id:<n>`.
  public var returnTokensAsTokenIDs = false
  /// Seconds between `: keep-alive` comments on silent streams; nil for none.
  public var sseKeepAliveInterval: Nanoseconds?
  /// Tokens per stream frame after the first; at least 1.
  public var streamInterval = 1
  /// Metrics of the engine are served.
  public var logStats = true
  /// Runtime loading of adapters is allowed.
  public var runtimeLoraUpdating = true
  /// The role of chat answers.
  public var responseRole = "assistant"
  /// An unknown model name stands for the default model.
  public var skipModelNameValidation = false
  /// Most `stop` strings of a request.
  public var maxStopStrings = 4
  /// Most prompts of a completion request.
  public var maxCompletionPrompts = 1024
  /// Most choices per prompt.
  public var maxChoices = 16384
  /// The system_fingerprint field; nil leaves it out as null.
  public var systemFingerprint: String?
  /// Chat messages have the fields of older releases too: `reasoning_content`, and `tool_calls` though there are none.
  public var olderMessageFields = false
  /// Log request and response bodies.
  public var logHTTP = false

  /// The defaults.
  public init() {}
}

/// One model: its names, adapters, limits and latencies.
public struct ModelConfiguration: Sendable, Equatable {
  /// The model as given by `--model`.
  public var model: String
  /// The names clients may use; never empty, the first is the displayed one.
  public var servedNames: [String]
  /// LoRA adapters registered from the start.
  public var adapters: [LoRAModule] = []
  /// LoRA metrics and limits are in force.
  public var loraEnabled = false
  /// Limits, latencies and seed of the engine.
  public var engine = EngineConfiguration()
  /// Used from `understudy up` on.
  public var replicas = 1

  /// Gathers the parts.
  public init(model: String, servedNames: [String]? = nil) {
    self.model = model
    self.servedNames = servedNames ?? [model]
  }
}

/// A LoRA adapter as `--lora-modules` declares it.
public struct LoRAModule: Sendable, Equatable {
  /// The name that clients use.
  public var name: String
  /// Where the weights would be; shown as the model's `root`.
  public var path: String?
  /// The model it adapts; nil for the only one.
  public var baseModelName: String?

  /// Gathers the parts.
  public init(name: String, path: String? = nil, baseModelName: String? = nil) {
    self.name = name
    self.path = path
    self.baseModelName = baseModelName
  }
}

/// A way to fail, injected at a rate (llm-d-inference-sim, `failure-types`).
public enum FailureType: String, Sendable, CaseIterable {
  case rateLimit = "rate_limit"
  case invalidAPIKey = "invalid_api_key"
  case contextLength = "context_length"
  case serverError = "server_error"
  case invalidRequest = "invalid_request"
  case modelNotFound = "model_not_found"
}

/// How often which failures are injected.
public struct FailureConfiguration: Sendable, Equatable {
  /// Percent, 0 to 100.
  public var ratePercent = 0
  /// Empty means all.
  public var types: [FailureType] = []

  /// The defaults.
  public init() {}
}
