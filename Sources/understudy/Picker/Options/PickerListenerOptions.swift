import ArgumentParser
import Fleet

/// Where the picker listens, and how it answers gateways.
///
/// Numbers are read as text and take whatever word follows, so that every refusal can name the limit.
struct PickerListenerOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "The ext_proc port, on all addresses; 0 picks a free one. Default: 9002.")
  var grpcPort: String?

  @Option(
    parsing: .unconditional,
    help: "The port of the gRPC health service, without TLS; 0 picks a free one. Default: 9003.")
  var grpcHealthPort: String?

  @Flag(help: "Serve health on the ext_proc port too.")
  var healthChecking = false

  @Option(parsing: .unconditional, help: "The port of /metrics, on all addresses; 0 picks a free one. Default: 9090.")
  var metricsPort: String?

  @Option(
    parsing: .unconditional, help: "The admin API's port, on the loopback address; 0 picks a free one. Default: 8081.")
  var adminPort: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("TLS on the ext_proc port. Default: true.", valueName: "true|false"))
  var secureServing: Bool?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("A folder with tls.crt and tls.key. Default: a certificate made at the start.", valueName: "dir")
  )
  var certPath: String?

  @Flag(help: "Read the certificate again when it changes.")
  var enableCertReload = false

  @Option(
    parsing: .unconditional,
    help: "Larger request bodies are answered 413; bytes, 1 to 536870912. Default: 16777216.")
  var maxRequestBodyBytes: String?

  @Flag(help: "Name the next best endpoints too, after commas.")
  var fallbackList = false

  @Flag(help: "Tell gateways all candidates' scores, in the metadata beside the destination.")
  var emitEndpointScores = false

  @Flag(help: "Set the headers of body-based routing: the model's name and its base model's.")
  var bbr = false

  /// Enters the choices into `configuration`, whose ext_proc servers are known.
  func fill(_ configuration: inout FleetConfiguration) throws(LaunchError) {
    let ports = 0...65535
    let health = try FlagText.integer("grpc-health-port", grpcHealthPort, in: ports) ?? 9003
    configuration.metricsPort = try FlagText.integer("metrics-port", metricsPort, in: ports) ?? 9090
    configuration.adminPort = try FlagText.integer("admin-port", adminPort, in: ports) ?? 8081
    configuration.picker.healthPort = health
    configuration.picker.hasHealthOnMainPort = healthChecking

    var taken = DistinctPorts()
    let isOwn = configuration.picker.listeners.count > 1
    for listener in configuration.picker.listeners { try taken.take(isOwn ? "pool" : "grpc-port", listener.port) }
    try taken.take("grpc-health-port", health)
    try taken.take("metrics-port", configuration.metricsPort)
    try taken.take("admin-port", configuration.adminPort)

    configuration.picker.security =
      if secureServing == false {
        .none
      } else if let folder = certPath.given {
        .folder(folder, reloads: enableCertReload)
      } else {
        .selfSigned
      }
    configuration.picker.maxRequestBodyBytes =
      try FlagText.integer("max-request-body-bytes", maxRequestBodyBytes, in: 1...(512 << 20))
      ?? configuration.picker.maxRequestBodyBytes
    configuration.picker.sendsFallbackList = fallbackList
    configuration.picker.emitsScores = emitEndpointScores
    configuration.picker.setsModelHeaders = bbr
  }

  /// What was given without what it is for.
  var notes: [LaunchNote] {
    func note(_ flag: String, without other: String) -> LaunchNote {
      LaunchNote(level: .warning, text: "--\(flag) has no effect \(other)")
    }
    if secureServing == false, certPath.given != nil {
      return [note("cert-path", without: "with --secure-serving=false")]
    }
    if enableCertReload, certPath.given == nil { return [note("enable-cert-reload", without: "without --cert-path")] }
    return []
  }
}
