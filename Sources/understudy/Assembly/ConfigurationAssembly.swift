import ModelServer
import Simulation

/// Makes one configuration of all sources. Pure: the time is a parameter.
struct ConfigurationAssembly {
  let sources: ConfigurationSources
  /// Nanoseconds since 1970; the seed when none is given.
  let now: UInt64

  /// The command line over the file's top level.
  let server: Overlay

  init(_ sources: ConfigurationSources, now: UInt64) {
    self.sources = sources
    self.now = now
    server = Overlay(layers: [sources.commandLine] + [sources.fileOptions].compactMap { $0 })
  }

  /// The validated configuration.
  func configuration() throws(LaunchError) -> ServerConfiguration {
    do throws(FlagError) {
      var configuration = ServerConfiguration()
      configuration.models = try models()
      configuration.listener = try listener()
      configuration.pod.name = sources.environment.podName
      configuration.pod.namespace = sources.environment.podNamespace
      configuration.pod.ip = sources.environment.podIP
      configuration.api = try api(servedModel: configuration.models[0])
      configuration.failures = try failures()
      configuration.shutdownGrace = server[\.process.shutdownTimeout]?.span ?? configuration.shutdownGrace
      configuration.startupDuration = server[\.process.startupDuration]?.span ?? configuration.startupDuration
      try configuration.validate()
      return configuration
    } catch {
      throw sources.locate(error)
    }
  }

  /// What the process itself should do.
  func launchOptions() throws(LaunchError) -> LaunchOptions {
    var options = LaunchOptions()
    options.notes = try sources.notes()
    options.printReadyJSON = server[\.process.printReadyJson] ?? false
    options.dryRun = server[\.process.dryRun] ?? false
    do throws(FlagError) {
      options.logLevel = try logLevel()
      if let name = server[\.logging.logFormat] { options.logFormat = try LogFormat(flagValue: name) }
    } catch {
      throw sources.locate(error)
    }
    return options
  }

  /// Within one layer the name beats the number.
  private func logLevel() throws(FlagError) -> LogLevel {
    if let level = try logLevel(sources.commandLine.logging) { return level }
    if let level = sources.environment.logLevel { return level }
    if let options = sources.fileOptions, let level = try logLevel(options.logging) { return level }
    return .info
  }

  private func logLevel(_ options: LoggingOptions) throws(FlagError) -> LogLevel? {
    if let name = options.logLevel { return try LogLevel(flagValue: name) }
    return options.verbosity.map(LogLevel.init(verbosity:))
  }

  private func listener() throws(FlagError) -> ListenerConfiguration {
    var listener = ListenerConfiguration()
    listener.host = server[\.listener.host].flatMap { $0.isEmpty ? nil : $0 }
    listener.port = server[\.listener.port] ?? listener.port
    listener.unixSocket = server[\.listener.uds].flatMap { $0.isEmpty ? nil : $0 }
    listener.tls = try tls()
    listener.maxRequestBodyBytes = try maxRequestBodyBytes() ?? listener.maxRequestBodyBytes
    listener.eventLoops = server[\.listener.eventLoops]
    return listener
  }

  private func tls() throws(FlagError) -> TLSSource {
    let certificate = server[\.listener.sslCertfile].flatMap { $0.isEmpty ? nil : $0 }
    let key = server[\.listener.sslKeyfile].flatMap { $0.isEmpty ? nil : $0 }
    let selfSigned = server[\.listener.selfSignedCerts] ?? false
    if selfSigned, certificate != nil || key != nil {
      throw FlagError("self-signed-certs", "cannot use both self-signed-certs and explicit ssl-certfile/ssl-keyfile")
    }
    switch (certificate, key) {
    case (let certificate?, let key?): return .files(certificate: certificate, key: key)
    case (nil, nil): return selfSigned ? .selfSigned : .none
    case (_?, nil), (nil, _?):
      let flag = certificate == nil ? "ssl-keyfile" : "ssl-certfile"
      throw FlagError(flag, "both ssl-certfile and ssl-keyfile must be provided together")
    }
  }

  /// The flag counts in MB, vLLM's variable in bytes.
  private func maxRequestBodyBytes() throws(FlagError) -> Int? {
    if let size = sources.commandLine.listener.maxRequestBodySizeMb { return try bytes(megabytes: size) }
    if let bytes = sources.environment.maxRequestBodyBytes { return bytes }
    guard let size = sources.fileOptions?.listener.maxRequestBodySizeMb else { return nil }
    return try bytes(megabytes: size)
  }

  private func bytes(megabytes: Int) throws(FlagError) -> Int {
    guard (1...512).contains(megabytes) else {
      let reason = "max-request-body-size-mb must be between 1 MB and 512 MB"
      throw FlagError("max-request-body-size-mb", reason, got: megabytes)
    }
    return megabytes << 20
  }

  private func failures() throws(FlagError) -> FailureConfiguration {
    var failures = FailureConfiguration()
    failures.ratePercent = server[\.failure.failureInjectionRate] ?? failures.ratePercent
    for word in server[\.failure.failureTypes]?.words ?? [] {
      guard let type = FailureType(rawValue: word) else {
        let valid = FailureType.allCases.map(\.rawValue).joined(separator: ", ")
        throw FlagError("failure-types", "invalid failure type '\(word)', valid types are: \(valid)")
      }
      failures.types.append(type)
    }
    return failures
  }
}
