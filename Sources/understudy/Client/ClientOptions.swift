import ArgumentParser

/// Which running `understudy up` a client command talks to, and about which namespace.
struct ClientOptions: ParsableArguments {
  @Option(name: [.customShort("n"), .long], help: "The objects' namespace. Default: default.")
  var namespace: String?

  @Option(parsing: .unconditional, help: "The admin port of an `understudy up` on this machine. Default: 8081.")
  var adminPort: String?

  @Option(
    name: [.customShort("s"), .long],
    help: ArgumentHelp("The admin API's URL, instead of --admin-port.", valueName: "http://host:port"))
  var server: String?

  /// The client for the server that the flags name.
  func client() throws(ClientFailure) -> AdminClient {
    do throws(LaunchError) {
      return AdminClient(server: try url())
    } catch {
      throw ClientFailure(error.message)
    }
  }

  private func url() throws(LaunchError) -> String {
    let port = try FlagText.integer("admin-port", adminPort, in: 1...65535)
    guard let server else { return "http://127.0.0.1:\(port ?? 8081)" }
    guard port == nil else { throw LaunchError("--server: cannot stand beside --admin-port") }
    return try FlagText.address("server", server).url
  }
}

/// A command that sends requests to a running `understudy up`, with kubectl's arguments, texts and exit statuses.
protocol ClientCommand: ParsableCommand {
  var client: ClientOptions { get }

  /// Silent about objects that are not there.
  var ignoreNotFound: Bool { get }

  /// What is to be sent.
  func requests() throws(ClientFailure) -> [AdminRequest]
}

extension ClientCommand {
  var ignoreNotFound: Bool { false }

  /// Sends the requests; ends with status 1 when one of them failed.
  func run() throws {
    let succeeded: Bool
    do throws(ClientFailure) {
      var client = try client.client()
      client.ignoresNotFound = ignoreNotFound
      succeeded = client.perform(try requests())
    } catch {
      StandardStream.error.write("error: \(error.reason)\n")
      throw ExitCode(LaunchError.runtime)
    }
    if !succeeded { throw ExitCode(LaunchError.runtime) }
  }
}
