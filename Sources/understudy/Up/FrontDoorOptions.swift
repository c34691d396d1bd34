import ArgumentParser
import Fleet
import Simulation

/// Where `up` listens and what its answers look like.
///
/// Numbers are read as text and take whatever word follows, so that every refusal can name the limit.
struct FrontDoorOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "The front door's port, on all addresses; 0 picks a free one. Default: 8080.")
  var port: String?

  @Option(
    parsing: .unconditional, help: "The admin API's port, on the loopback address; 0 picks a free one. Default: 8081.")
  var adminPort: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Whoever sends it as a bearer token may change delays and failures from another machine.", valueName: "token"))
  var adminToken: String?

  @Option(
    parsing: .unconditional,
    help: "The port of the picker's metrics, on all addresses; 0 picks a free one. Default: 9090.")
  var metricsPort: String?

  @Option(
    parsing: .unconditional, help: "Replica i also listens on 127.0.0.1 at this port plus i. Default: in process only.")
  var replicaBasePort: String?

  @Option(help: "Whose model name answers show: client or backend. Default: client.")
  var responseModel: String?

  @Option(
    parsing: .unconditional,
    help: "The picker sees loads that are up to this old, for example 50ms. Default: as they are.")
  var staleness: String?

  @Option(parsing: .unconditional, help: "Largest request body in bytes, 1 to 536870912. Default: 4194304.")
  var maxRequestBodyBytes: String?

  @Option(
    parsing: .unconditional, help: "Event loops, each on its own thread, 1 to 1024. Default: one per core, 8 at most.")
  var eventLoops: String?

  /// Enters the choices into `configuration`.
  func fill(_ configuration: inout FleetConfiguration) throws(LaunchError) {
    let ports = 0...65535
    configuration.port = try FlagText.integer("port", port, in: ports) ?? configuration.port
    configuration.adminPort = try FlagText.integer("admin-port", adminPort, in: ports) ?? configuration.adminPort
    configuration.adminToken = try token()
    configuration.metricsPort =
      try FlagText.integer("metrics-port", metricsPort, in: ports) ?? configuration.metricsPort
    var taken = DistinctPorts()
    try taken.take("port", configuration.port)
    try taken.take("admin-port", configuration.adminPort)
    try taken.take("metrics-port", configuration.metricsPort)
    configuration.replicaBasePort = try FlagText.integer("replica-base-port", replicaBasePort, in: 1...65535)
    configuration.responseModel =
      try FlagText.choice("response-model", responseModel, among: ResponseModel.allCases)
      ?? configuration.responseModel
    let age = try FlagText.span("staleness", staleness, plain: .milliseconds(1)) ?? .zero
    configuration.staleness = age == .zero ? nil : age.count
    configuration.maxRequestBodyBytes =
      try FlagText.integer("max-request-body-bytes", maxRequestBodyBytes, in: 1...(512 << 20))
      ?? configuration.maxRequestBodyBytes
    configuration.eventLoops = try FlagText.integer("event-loops", eventLoops, in: 1...1024)
  }

  /// What an Authorization header can carry.
  private func token() throws(LaunchError) -> String? {
    guard let adminToken else { return nil }
    guard !adminToken.isEmpty, adminToken.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      // Its value is a secret and not for the log.
      throw LaunchError(FlagError("admin-token", "needs at least one character, all of them visible ASCII"))
    }
    return adminToken
  }
}
