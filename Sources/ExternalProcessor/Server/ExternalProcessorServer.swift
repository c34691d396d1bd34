internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix

/// A gRPC server for gateways: Envoy's external processing with health checks, or health checks alone.
///
/// Runs until it is stopped.
public final class ExternalProcessorServer: Sendable {
  /// The port that it listens on.
  public let port: Int
  private let threads: [ServerThread]

  /// Starts a server for external processing, which answers health checks too if it is given a board.
  ///
  /// The director is called on the threads of the server, and should not keep them for long.
  ///
  /// - Throws: when it cannot listen, or its certificate cannot be used.
  public static func start(
    _ listener: ListenerOptions, director: any RequestDirector, options: ProcessorOptions = ProcessorOptions(),
    health: HealthBoard? = nil
  ) async throws(ExternalProcessorError) -> ExternalProcessorServer {
    // A message over the limit ends the stream with an error: there is room for one that is answered with 413.
    try await ExternalProcessorServer(listener, maxMessageBytes: options.maxRequestBytes * 2 + (1 << 20)) { executor in
      let processor = ProcessorService(options: options, director: director, executor: executor)
      return if let health { [processor, HealthService(board: health)] } else { [processor] }
    }
  }

  /// Starts a server for health checks alone.
  ///
  /// - Throws: when it cannot listen, or its certificate cannot be used.
  public static func startHealth(
    _ listener: ListenerOptions, health: HealthBoard
  ) async throws(ExternalProcessorError) -> ExternalProcessorServer {
    try await ExternalProcessorServer(listener, maxMessageBytes: 64 << 10) { _ in [HealthService(board: health)] }
  }

  private init(
    _ listener: ListenerOptions, maxMessageBytes: Int,
    services: (EventLoopExecutor) -> [any RegistrableRPCService]
  ) async throws(ExternalProcessorError) {
    let security = try HTTP2ServerTransport.Posix.TransportSecurity(listener.security)
    let count = max(listener.threads, 1)
    var port = listener.port
    var threads: [ServerThread] = []
    do {
      for _ in 0..<count {
        let socket = try ListeningSocket(host: listener.host, port: port, isShared: count > 1)
        port = socket.port
        threads.append(
          try await ServerThread(
            socket, security: security, maxMessageBytes: maxMessageBytes, services: services))
      }
    } catch {
      for thread in threads { await thread.stop(grace: .zero) }
      throw error
    }
    self.port = port
    self.threads = threads
  }

  /// Takes no new connection or stream, and waits until those that run have ended, `grace` at most: what then is left is
  /// cut. Requests that wait for their direction are cancelled.
  public func stop(grace: Duration) async {
    await withDiscardingTaskGroup { group in
      for thread in threads {
        group.addTask { await thread.stop(grace: grace) }
      }
    }
  }
}
