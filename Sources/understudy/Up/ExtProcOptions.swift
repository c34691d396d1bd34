import ArgumentParser
import Fleet

/// The endpoint picker of `up` for a gateway of others.
struct ExtProcOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "Pick for an Envoy too, by external processing on this port, on all addresses; 0 picks a free one.")
  var extProcPort: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The pool that it picks for, if there are several.", valueName: "[namespace/]name"))
  var extProcPool: String?

  @Flag(help: "Speak TLS on that port, with a certificate made at the start.")
  var extProcSecure = false

  /// Enters the choices into `configuration`, whose other ports and body limit are known.
  func fill(_ configuration: inout FleetConfiguration) throws(LaunchError) {
    guard let port = try FlagText.integer("ext-proc-port", extProcPort, in: 0...65535) else {
      if let extProcPool { throw FlagText.refusal("ext-proc-pool", "needs --ext-proc-port", extProcPool) }
      if extProcSecure { throw LaunchError("--ext-proc-secure: needs --ext-proc-port") }
      return
    }
    var taken = DistinctPorts()
    try taken.take("port", configuration.port)
    try taken.take("admin-port", configuration.adminPort)
    try taken.take("metrics-port", configuration.metricsPort)
    try taken.take("ext-proc-port", port)
    var listener = PickerListener(pool: nil, port: port)
    if let extProcPool {
      guard let pool = PoolText.pool(extProcPool) else {
        throw FlagText.refusal("ext-proc-pool", "must be a pool as NAME or NAMESPACE/NAME", extProcPool)
      }
      listener.pool = pool
    }
    configuration.picker.listeners = [listener]
    configuration.picker.security = extProcSecure ? .selfSigned : .none
    configuration.picker.hasHealthOnMainPort = true
    configuration.picker.maxRequestBodyBytes = configuration.maxRequestBodyBytes
  }

  /// What is likely not meant.
  func notes(on configuration: FleetConfiguration) -> [LaunchNote] {
    guard !configuration.picker.listeners.isEmpty, configuration.replicaBasePort == nil else { return [] }
    let text = "--ext-proc-port without --replica-base-port: gateways reach no replica, only servers elsewhere"
    return [LaunchNote(level: .warning, text: text)]
  }
}
