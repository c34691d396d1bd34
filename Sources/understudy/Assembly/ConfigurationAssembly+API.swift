import ModelServer
import Simulation

extension ConfigurationAssembly {
  /// Behaviour that is the same for every model; `servedModel` goes into the fingerprint.
  func api(servedModel: ModelConfiguration) throws(FlagError) -> APIConfiguration {
    let environment = sources.environment
    var api = APIConfiguration()
    api.apiKeys = try apiKeys()
    api.allowedOrigins = try list(\.access.allowedOrigins, "allowed-origins") ?? api.allowedOrigins
    api.allowedMethods = try list(\.access.allowedMethods, "allowed-methods") ?? api.allowedMethods
    api.allowedHeaders = try list(\.access.allowedHeaders, "allowed-headers") ?? api.allowedHeaders
    api.allowCredentials = server[\.access.allowCredentials] ?? api.allowCredentials
    api.rootPath = rootPath()

    api.requestIDHeaders = server[\.response.enableRequestIdHeaders] ?? api.requestIDHeaders
    api.forceIncludeUsage = server[\.response.enableForceIncludeUsage] ?? api.forceIncludeUsage
    api.perRequestMetrics = server[\.response.enablePerRequestMetrics] ?? api.perRequestMetrics
    api.serverLoadTracking = server[\.response.enableServerLoadTracking] ?? api.serverLoadTracking
    api.returnTokensAsTokenIDs = server[\.response.returnTokensAsTokenIds] ?? api.returnTokensAsTokenIDs
    api.maxLogprobs = try maxLogprobs() ?? api.maxLogprobs
    api.streamInterval = server[\.response.streamInterval] ?? api.streamInterval
    api.sseKeepAliveInterval = server[\.response.sseKeepAliveInterval].flatMap { $0.span == .zero ? nil : $0.span }
    api.responseRole = server[\.response.responseRole] ?? api.responseRole
    api.systemFingerprint = try fingerprint(of: servedModel)
    api.logStats = !(server[\.response.disableLogStats] ?? !api.logStats)
    api.logHTTP = server[\.logging.logHttp] ?? api.logHTTP

    let defaultStatus = try queueLimitIsVLLMs() ? 503 : api.queueFullStatus
    api.queueFullStatus = server[\.admission.queueFullStatus] ?? defaultStatus
    api.runtimeLoraUpdating = environment.runtimeLoraUpdating ?? api.runtimeLoraUpdating
    api.skipModelNameValidation = environment.skipModelNameValidation ?? api.skipModelNameValidation
    api.maxChoices = environment.maxChoices ?? api.maxChoices
    api.maxStopStrings = environment.maxStopStrings ?? api.maxStopStrings
    api.maxCompletionPrompts = environment.maxCompletionPrompts ?? api.maxCompletionPrompts
    return api
  }

  private func apiKeys() throws(FlagError) -> [String] {
    let keys =
      sources.commandLine.access.apiKey?.words ?? sources.environment.apiKey.map { [$0] }
      ?? sources.fileOptions?.access.apiKey?.words ?? []
    // An empty token would let "Authorization: Bearer " in.
    guard !keys.contains("") else { throw FlagError("api-key", "a key cannot be empty") }
    return keys
  }

  private func list(_ path: KeyPath<ServeOptions, WordList?>, _ flag: String) throws(FlagError) -> [String]? {
    guard let words = server[path]?.words else { return nil }
    do {
      return try JSONListText.expand(words)
    } catch {
      throw FlagError(flag, error.reason)
    }
  }

  /// With one slash in front and none at the end, or empty.
  private func rootPath() -> String {
    var path = Substring(server[\.access.rootPath] ?? "")
    while path.last == "/" { path.removeLast() }
    while path.first == "/" { path.removeFirst() }
    return path.isEmpty ? "" : "/" + path
  }

  private func maxLogprobs() throws(FlagError) -> Int? {
    guard let count = server[\.response.maxLogprobs] else { return nil }
    guard count >= -1 else { throw FlagError("max-logprobs", "must be -1 or more", got: count) }
    return count == -1 ? .max : count
  }

  /// `vllm-<release>-<8 hex digits>` (vLLM 0.33, `--fingerprint-mode full`); the digits tell configurations apart.
  private func fingerprint(of model: ModelConfiguration) throws(FlagError) -> String? {
    let value = server[\.response.fingerprintValue]
    let mode = server[\.response.fingerprintMode] ?? (value == nil ? "full" : "custom")
    switch mode {
    case "none": return nil
    case "hash": return Self.digits(of: model)
    case "full": return "vllm-\(vllmVersion)-\(Self.digits(of: model))"
    case "custom":
      guard let value, !value.isEmpty else {
        throw FlagError("fingerprint-value", "needed with fingerprint-mode custom")
      }
      return value
    default:
      throw FlagError("fingerprint-mode", "must be full, hash, custom or none", got: "'\(mode)'")
    }
  }

  /// FNV-1a of what makes answers differ between servers of one model; not the seed, which replicas need not share.
  private static func digits(of model: ModelConfiguration) -> String {
    var hash: UInt32 = 2_166_136_261
    for byte in "\(model.model)\n\(model.engine.maxModelLen)\n\(model.engine.mode.rawValue)".utf8 {
      hash = (hash ^ UInt32(byte)) &* 16_777_619
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
