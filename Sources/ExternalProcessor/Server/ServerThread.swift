internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// One thread of a server: its event loop, and the connections of its socket.
final class ServerThread: Sendable {
  private struct Running {
    let server: GRPCServer<HTTP2ServerTransport.Posix>
    let serving: Task<Void, any Error>
  }

  private let loops: MultiThreadedEventLoopGroup
  /// Nil once it has been stopped.
  private let running: Mutex<Running?>

  /// Takes over `socket` and serves.
  ///
  /// - Throws: when the transport does not take the socket or the certificate, both of which have been tried.
  init(
    _ socket: ListeningSocket, security: HTTP2ServerTransport.Posix.TransportSecurity, maxMessageBytes: Int,
    services: (EventLoopExecutor) -> [any RegistrableRPCService]
  ) async throws(ExternalProcessorError) {
    loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let executor = EventLoopExecutor(loops.any())
    let transport = HTTP2ServerTransport.Posix(
      listeningSocketDescriptor: Int(socket.descriptor),
      transportSecurity: security,
      config: .forGateways(maxMessageBytes: maxMessageBytes), eventLoopGroup: loops)
    let server = GRPCServer(transport: transport, services: services(executor))
    let serving = Task(executorPreference: executor) { try await server.serve() }
    running = Mutex(Running(server: server, serving: serving))
    do {
      _ = try await transport.listeningAddress
    } catch {
      var reason: any Error = error
      do { try await serving.value } catch let failure { reason = (failure as? RuntimeError)?.cause ?? failure }
      try? await loops.shutdownGracefully()
      throw .listening("cannot serve on port \(socket.port): \(reason)")
    }
  }

  /// Ends as `ExternalProcessorServer.stop` says.
  func stop(grace: Duration) async {
    guard await endServing(grace: grace) else { return }
    // The loop has nothing left to do; an error would change nothing.
    try? await loops.shutdownGracefully()
  }

  /// Ends the server and lets go of it, since even its last reference needs the loop; false when it has ended before.
  private func endServing(grace: Duration) async -> Bool {
    guard let running = running.withLock({ $0.take() }) else { return false }
    running.server.beginGracefulShutdown()
    let cut = Task { [serving = running.serving] in
      try await Task.sleep(for: grace)
      serving.cancel()
    }
    _ = await running.serving.result
    cut.cancel()
    _ = await cut.result
    return true
  }
}

extension HTTP2ServerTransport.Posix.Config {
  /// Many streams on few connections, which gateways keep alive as they like.
  fileprivate static func forGateways(maxMessageBytes: Int) -> Self {
    .defaults { config in
      config.rpc.maxRequestPayloadSize = maxMessageBytes
      // Room for large bodies without a round trip for every 64 KiB.
      config.http2.targetWindowSize = 1 << 20
      config.http2.maxConcurrentStreams = 16_384
      // A gateway that is gone without a word is noticed, and what it held is freed.
      config.connection.keepalive.time = .seconds(60)
      config.connection.keepalive.timeout = .seconds(20)
      config.connection.keepalive.clientBehavior.allowWithoutCalls = true
      config.connection.keepalive.clientBehavior.minPingIntervalWithoutCalls = .seconds(1)
      config.channelDebuggingCallbacks = .closingResetStreams
    }
  }
}

extension HTTP2ServerTransport.Posix.TransportSecurity {
  /// What the transport is told; a certificate that cannot be used is found out here.
  init(_ security: ServerSecurity) throws(ExternalProcessorError) {
    switch security {
    case .plaintext: self = .plaintext
    case .tls(let certificate, let key):
      _ = try CertificatePair(certificate: certificate, key: key)
      self = .tls(
        certificateChain: [.bytes(Array(certificate.utf8), format: .pem)],
        privateKey: .bytes(Array(key.utf8), format: .pem))
    case .files(let certificate, let key, let reloads):
      let files = try ReloadingCertificate(certificate: certificate, key: key)
      do {
        self = try .tls(certificateReloader: files) { if !reloads { $0.certificateReloader = nil } }
      } catch {
        throw .certificate("cannot use \(certificate) and \(key): \(error)")
      }
    }
  }
}
