import Files
import Fleet
import Logging

/// A pick to explain. Pure but for `run`.
struct ExplainPlan: Sendable {
  var fleet: FleetConfiguration
  var path: String
  var headers: [(String, String)]
  /// A path, or - for standard input.
  var request: String

  /// Reads the request and prints the pick as one line of JSON; `notes` are logged.
  func run(notes: [LaunchNote] = []) throws(LaunchError) {
    let logger = Logger(label: "understudy") { _ in LineLogHandler(level: .warning, format: .text) }
    for note in notes { logger.log(note) }
    let body: [UInt8]
    do {
      body = try request == "-" ? WholeFile.readStandardInput() : WholeFile.read(request)
    } catch {
      throw LaunchError("--request: cannot read '\(request)': \(error)")
    }
    let replicas = ReplicaConfigurator(logger: logger)
    do throws(FleetError) {
      let line = try Fleet.explain(
        fleet, request: body, path: path, headers: headers, logger: logger,
        serverConfiguration: replicas.serverConfiguration)
      StandardStream.output.write(line + "\n")
    } catch {
      throw LaunchError(error)
    }
  }
}
