import ArgumentParser
import Fleet
import ModelServer

/// The URL that says whether a server is healthy.
struct HealthTarget: Equatable {
  let url: String

  init(url: String) { self.url = url }

  /// A server without TLS on this machine.
  init(port: Int) { self.init(url: "http://127.0.0.1:\(port)/health") }

  /// The server that was started with `words`, those behind the program's name; nil when they start none.
  ///
  /// Throws when it cannot be asked, as behind a Unix socket or at a port that only it knows.
  ///
  /// - Parameters:
  ///   - environment: variables by name, as the server has them.
  ///   - readFile: gives the text of `--config`'s file.
  init?(
    startedWith words: [String], environment: [String: String],
    readFile: (String) throws(LaunchError) -> String
  ) throws(LaunchError) {
    switch try Invocation.read(words) {
    case .serve(let line):
      let plan = try LaunchPlan(words: line, environment: environment, now: 0, readFile: readFile)
      guard !plan.options.dryRun else { return nil }
      try self.init(plan.configuration.listener)
    case .picker(let invocation):
      guard invocation.command == PickerCommand.self,
        let command = try? PickerCommand.parse(invocation.line.words)
      else { return nil }
      var fleet = FleetConfiguration()
      try command.options.listeners.fill(&fleet)
      self.init(port: try Self.known(fleet.metricsPort, "metrics-port"))
    case .parser(let words):
      guard words.first == "up", let command = try? UpCommand.parse(Array(words.dropFirst())) else { return nil }
      var fleet = FleetConfiguration()
      try command.frontDoor.fill(&fleet)
      self.init(port: try Self.known(fleet.port, "port"))
    }
  }

  private init(_ listener: ListenerConfiguration) throws(LaunchError) {
    if let path = listener.unixSocket {
      throw LaunchError("the server listens on the Unix socket \(path), which cannot be asked: use --no-healthcheck")
    }
    let port = try Self.known(listener.port, "port")
    let host =
      switch listener.host {
      case nil, "", "0.0.0.0": "127.0.0.1"
      case "::": "[::1]"
      case let name?: name.contains(":") ? "[\(name)]" : name
      }
    self.init(url: "\(listener.tls == .none ? "http" : "https")://\(host):\(port)/health")
  }

  private static func known(_ port: Int, _ flag: String) throws(LaunchError) -> Int {
    guard port != 0 else {
      throw LaunchError("the server was started with --\(flag) 0 and chose a port: name it with healthcheck --port")
    }
    return port
  }
}
