import ModelServer
import Simulation

extension ServerConfiguration {
  /// Refuses values that no server could work with; texts as llm-d-inference-sim's where it has one.
  func validate() throws(FlagError) {
    try listener.validate()
    try api.validate()
    try failures.validate()
    try validateSpan("startup-duration", "startup duration", startupDuration)
    try validateSpan("shutdown-timeout", "shutdown timeout", shutdownGrace)
    for (index, model) in models.enumerated() { try model.validate(index: index) }
    try validateNames()
  }

  private func validateSpan(_ flag: String, _ name: String, _ span: Nanoseconds) throws(FlagError) {
    let value = DurationText.render(span)
    guard span >= .zero else { throw FlagError(flag, "\(name) cannot be negative", got: value) }
    guard span <= LatencyConfiguration.longest else { throw FlagError(flag, "\(name) cannot exceed 24h", got: value) }
  }

  /// A name must lead to one model or adapter.
  private func validateNames() throws(FlagError) {
    var owners: [String: (model: Int, name: String)] = [:]
    for (index, model) in models.enumerated() {
      for name in model.servedNames {
        if let owner = owners[name], owner.model != index {
          let flag = model.servedNames == [model.model] ? "model" : "served-model-name"
          throw FlagError(flag, "'\(name)' is already a name of model '\(owner.name)'", model: index)
        }
        owners[name] = (index, model.model)
      }
    }
    for (index, model) in models.enumerated() {
      for adapter in model.adapters {
        if let owner = owners[adapter.name] {
          let reason = "'\(adapter.name)' is already the name of a model or adapter of '\(owner.name)'"
          throw FlagError("lora-modules", reason, model: index)
        }
        owners[adapter.name] = (index, model.model)
      }
    }
  }
}

extension ListenerConfiguration {
  func validate() throws(FlagError) {
    guard (0...65535).contains(port) else { throw FlagError("port", "invalid port '\(port)', must be 0 to 65535") }
    if let eventLoops, !(1...1024).contains(eventLoops) {
      throw FlagError("event-loops", "must be 1 to 1024", got: eventLoops)
    }
    // sockaddr_un has room for 107 bytes and their end.
    if let unixSocket, unixSocket.utf8.count > 107 {
      throw FlagError("uds", "a socket's path cannot be longer than 107 bytes", got: unixSocket.utf8.count)
    }
    let limit = 512 << 20
    guard maxRequestBodyBytes <= limit else {
      throw FlagError("max-request-body-size-mb", "must be at most \(limit) bytes", got: maxRequestBodyBytes)
    }
  }
}

extension APIConfiguration {
  func validate() throws(FlagError) {
    guard queueFullStatus == 429 || queueFullStatus == 503 else {
      throw FlagError("queue-full-status", "must be 429 or 503", got: queueFullStatus)
    }
    guard streamInterval >= 1 else { throw FlagError("stream-interval", "cannot be less than 1", got: streamInterval) }
    if let interval = sseKeepAliveInterval {
      let value = DurationText.render(interval)
      guard interval >= .zero else { throw FlagError("sse-keep-alive-interval", "cannot be negative", got: value) }
      guard interval <= LatencyConfiguration.longest else {
        throw FlagError("sse-keep-alive-interval", "cannot exceed 24h", got: value)
      }
    }
    guard !responseRole.isEmpty else { throw FlagError("response-role", "cannot be empty") }
  }
}

extension FailureConfiguration {
  func validate() throws(FlagError) {
    guard (0...100).contains(ratePercent) else {
      let reason = "failure injection rate should be between 0 and 100"
      throw FlagError("failure-injection-rate", reason, got: ratePercent)
    }
  }
}
