/// What the environment says; nil for variables that are unset or empty.
///
/// `VLLM_PORT` is not read: a Kubernetes service named `vllm` sets it to a URL, and it never meant the HTTP port.
struct EnvironmentSettings: Sendable, Equatable {
  var model: String?
  var apiKey: String?
  var podName: String?
  var podNamespace: String?
  var podIP: String?
  var runtimeLoraUpdating: Bool?
  var skipModelNameValidation: Bool?
  var maxChoices: Int?
  var maxStopStrings: Int?
  var maxCompletionPrompts: Int?
  var maxRequestBodyBytes: Int?
  var logLevel: LogLevel?
  var notes: [LaunchNote] = []

  /// All variables that are read.
  static let names = [
    "SIM_MODEL", "VLLM_API_KEY", "POD_NAME", "POD_NAMESPACE", "POD_IP", "VLLM_ALLOW_RUNTIME_LORA_UPDATING",
    "VLLM_SKIP_MODEL_NAME_VALIDATION", "VLLM_MAX_N_SEQUENCES", "VLLM_MAX_STOP_STRINGS", "VLLM_MAX_COMPLETION_PROMPTS",
    "VLLM_HTTP_MAX_REQUEST_BODY_SIZE", "VLLM_LOGGING_LEVEL", "PYTHONHASHSEED",
  ]

  /// Reads the variables of llm-d-inference-sim and vLLM that mean something here.
  init(_ variables: [String: String]) throws(LaunchError) {
    let environment = Variables(variables)
    model = environment.text("SIM_MODEL")
    apiKey = environment.text("VLLM_API_KEY")
    podName = environment.text("POD_NAME")
    podNamespace = environment.text("POD_NAMESPACE")
    podIP = environment.text("POD_IP")
    runtimeLoraUpdating = try environment.boolean("VLLM_ALLOW_RUNTIME_LORA_UPDATING")
    skipModelNameValidation = try environment.boolean("VLLM_SKIP_MODEL_NAME_VALIDATION")
    maxChoices = try environment.integer("VLLM_MAX_N_SEQUENCES", atLeast: 1)
    maxStopStrings = try environment.integer("VLLM_MAX_STOP_STRINGS", atLeast: 0)
    maxCompletionPrompts = try environment.integer("VLLM_MAX_COMPLETION_PROMPTS", atLeast: 1)
    maxRequestBodyBytes = try environment.integer("VLLM_HTTP_MAX_REQUEST_BODY_SIZE", atLeast: 1)
    if let name = environment.text("VLLM_LOGGING_LEVEL") {
      guard let level = LogLevel(name: name) else {
        throw LaunchError("VLLM_LOGGING_LEVEL: expected DEBUG, INFO, WARNING, ERROR or CRITICAL, got '\(name)'")
      }
      logLevel = level
    }
    if environment.text("PYTHONHASHSEED") != nil {
      // Python programs set it for reasons of their own, so it cannot be an error as --hash-seed is.
      let text = "PYTHONHASHSEED has no effect: hashes of KV blocks are not available yet"
      notes.append(LaunchNote(level: .debug, text: text))
    }
  }
}

/// Typed reading of environment variables.
private struct Variables {
  let values: [String: String]

  init(_ values: [String: String]) { self.values = values }

  func text(_ name: String) -> String? {
    values[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  func boolean(_ name: String) throws(LaunchError) -> Bool? {
    guard let text = text(name) else { return nil }
    guard let value = BooleanText.parse(text) else {
      throw LaunchError("\(name): expected 0, 1, true or false, got '\(text)'")
    }
    return value
  }

  func integer(_ name: String, atLeast minimum: Int) throws(LaunchError) -> Int? {
    guard let text = text(name) else { return nil }
    if let complaint = IntegerText.complaint(about: text) { throw LaunchError("\(name): \(complaint)") }
    guard let value = Int(text), value >= minimum else {
      throw LaunchError("\(name): must be at least \(minimum), got \(text)")
    }
    return value
  }
}
