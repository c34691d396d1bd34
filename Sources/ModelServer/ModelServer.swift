public import HTTPServer
public import Logging
internal import Simulation
internal import Synchronization

/// One simulated vLLM server: its listener, its loops, and the engines that live on them.
public final class ModelServer: Sendable {
  private let state: ServerState
  private let http: HTTPServer
  /// Where the server listens; a port of 0 has become the real one.
  public let address: ListenAddress

  /// Starts serving; when this returns, connections are accepted.
  ///
  /// Throws `ServerError` when the address is taken or the TLS files can't be used.
  public init(_ configuration: ServerConfiguration, logger: Logger) throws(ServerError) {
    precondition(!configuration.models.isEmpty, "a server has at least one model")
    let listener = configuration.listener
    let socket = try ListeningSocket(
      listener.unixSocket.map { .unix(path: $0) } ?? .tcp(host: listener.host, port: listener.port))
    address = socket.address
    let port = if case .tcp(_, let port) = socket.address { port } else { listener.port }
    let loopCount = max(1, listener.eventLoops ?? HTTPServer.defaultLoopCount)
    let state = ServerState(configuration: configuration, loopCount: loopCount, port: port, logger: logger)
    self.state = state

    var options = ServerOptions()
    options.maxBodyBytes = listener.maxRequestBodyBytes
    // One engine's requests cross no threads until one loop has its hands full. Who asks for loops gets them all.
    options.firstLoopConnections = configuration.models.count == 1 && listener.eventLoops == nil ? 4096 : 0
    http = try HTTPServer(
      socket: socket, loopCount: loopCount, tls: try Self.identity(configuration), options: options
    ) { loop in
      let application = LoopApplication(LoopResources(loop), state: state)
      state.register(application, on: loop)
      return application
    }
  }

  private static func identity(_ configuration: ServerConfiguration) throws(ServerError) -> TLSIdentity? {
    switch configuration.listener.tls {
    case .none: nil
    case .selfSigned: try .selfSigned(hostName: configuration.pod.name)
    case .files(let certificate, let key): try .files(certificate: certificate, key: key)
    }
  }

  /// The server's URL on this machine, for a person or a test to call.
  public var url: String {
    let scheme = state.configuration.listener.tls == .none ? "http" : "https"
    switch address {
    case .unix(let path): return "unix:\(path)"
    case .tcp(let host, let port):
      let name = host.flatMap { $0 == "0.0.0.0" || $0 == "::" || $0.isEmpty ? nil : $0 } ?? "localhost"
      return "\(scheme)://\(name.contains(":") ? "[\(name)]" : name):\(port)"
    }
  }

  /// Refuses new work with 503 from now on and reports not ready; what runs goes on.
  public func beginDraining() { state.beginDraining() }

  /// The number of inference requests that are still being answered.
  public var openRequests: Int { state.openRequests.load(ordering: .relaxed) }

  /// Ends the loops; what is still open is cut off.
  public func stop() { http.stop() }
}
