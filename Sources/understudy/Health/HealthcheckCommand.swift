import ArgumentParser
import HTTPClient

/// `understudy healthcheck [--port N | --url URL]`: for a container's health check, where there is no curl.
///
/// One line and status 0 when the server answers 200; one line on standard error and status 1 otherwise. Docker reserves
/// the other statuses.
struct HealthcheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "healthcheck",
    abstract: "Ask a server whether it is healthy; the exit status is 0 or 1.",
    discussion: """
      Without flags it asks the `serve`, `up` or `epp` that runs in the same container, whose port it reads from that \
      process's command line, or else port 8000.
      """)

  /// For the whole call, in nanoseconds.
  private static let timeout: Int64 = 5_000_000_000

  @Option(parsing: .unconditional, help: "Ask /health at this port of this machine.")
  var port: String?

  @Option(help: ArgumentHelp("Ask this URL.", valueName: "http://host:port/path"))
  var url: String?

  func run() throws {
    do {
      let target = try target()
      let text = try Self.verdict(on: target) { request throws(ClientError) in
        try BlockingHTTPClient().send(request)
      }
      StandardStream.output.write(text + "\n")
    } catch {
      throw LaunchError(error.message, status: LaunchError.runtime)
    }
  }

  /// Whom to ask.
  func target() throws(LaunchError) -> HealthTarget {
    let port = try FlagText.integer("port", port, in: 1...65535)
    guard let url else {
      if let port { return HealthTarget(port: port) }
      return try NeighbouringServer.target() ?? HealthTarget(port: 8000)
    }
    guard port == nil else { throw LaunchError("--url: cannot stand beside --port") }
    return HealthTarget(url: url)
  }

  /// The line about a healthy server; what is wrong with another one is thrown.
  static func verdict(
    on target: HealthTarget, send: (ClientRequest) throws(ClientError) -> ClientResponse
  ) throws(LaunchError) -> String {
    // It is this machine's own server, often with a certificate that it made itself.
    let request = ClientRequest(url: target.url, timeout: timeout, acceptsAnyCertificate: true)
    let response: ClientResponse
    do {
      response = try send(request)
    } catch {
      throw LaunchError("unhealthy: \(target.url): \(error)", status: LaunchError.runtime)
    }
    guard response.status == 200 else {
      throw LaunchError("unhealthy: \(target.url): status \(response.status)", status: LaunchError.runtime)
    }
    return "healthy: \(target.url)"
  }
}
