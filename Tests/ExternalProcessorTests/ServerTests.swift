import EndpointPicking
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf
import HTTPServer
import Synchronization
import Testing

@testable import ExternalProcessor

@Suite(.serialized, .timeLimit(.minutes(2))) struct ServerTests {
  private static let completion = Array(#"{"model":"m","prompt":"p"}"#.utf8)

  private func withServer(
    _ director: RecordingDirector, security: ServerSecurity = .plaintext,
    options: ProcessorOptions = ProcessorOptions(),
    health: HealthBoard = HealthBoard(), _ body: (ExternalProcessorServer) async throws -> Void
  ) async throws {
    let server = try await ExternalProcessorServer.start(
      ListenerOptions(host: "127.0.0.1", port: 0, security: security), director: director, options: options,
      health: health)
    do {
      try await body(server)
    } catch {
      await server.stop(grace: .zero)
      throw error
    }
    await server.stop(grace: .seconds(5))
  }

  @Test func aWholeTransaction() async throws {
    let director = RecordingDirector()
    try await withServer(director) { server in
      try await GatewayClient.with(port: server.port) { gateway in
        try await gateway.transaction { sender, replies in
          var replies = replies.makeAsyncIterator()
          sender.headers([":path": "/v1/completions"])
          sender.body(Self.completion, isLast: true)
          let routed = try #require(try await replies.next())
          #expect(routed.requestHeaders.response.clearRouteCache_p)
          #expect(
            routed.dynamicMetadata.fields["envoy.lb"]?.structValue.fields["x-gateway-destination-endpoint"]?.stringValue
              == "10.0.0.1:8000")
          let body = try #require(try await replies.next()?.requestBody.response.bodyMutation.streamedResponse)
          #expect(body.body == .init(#"{"model":"target","prompt":"p"}"#.utf8))
          #expect(body.endOfStream)
          #expect(director.record.withLock { $0.routed } == [body.body.count])

          sender.responseHeaders([":status": "200", "content-type": "text/event-stream"])
          let headers = try #require(try await replies.next())
          #expect(headers.responseHeaders.response.headerMutation.setHeaders.count == 2)
          sender.responseBody(#"data: {"model":"tar"#.utf8)
          #expect(try await replies.next()?.responseBody.response.bodyMutation.streamedResponse.body.count == 15)
          sender.responseBody("get\"}\n\n".utf8, isLast: true)
          let last = try #require(try await replies.next()?.responseBody.response.bodyMutation.streamedResponse)
          #expect(last.body == .init("\"m\"}\n\n".utf8))
          #expect(last.endOfStream)
          // The end is known before the stream is closed.
          #expect(director.record.withLock { $0.finished.map(\.isComplete) } == [true])
          sender.finish()
          #expect(try await replies.next() == nil)
        }
      }
    }
    #expect(director.record.withLock { $0.finished.count } == 1)
  }

  @Test func anImmediateAnswerEndsTheStream() async throws {
    var options = ProcessorOptions()
    options.maxRequestBytes = 1000
    let director = RecordingDirector()
    try await withServer(director, options: options) { server in
      try await GatewayClient.with(port: server.port) { gateway in
        try await gateway.transaction { sender, replies in
          var replies = replies.makeAsyncIterator()
          sender.headers()
          sender.body(Array(repeating: 0x20, count: 1001))
          let refusal = try await replies.next()
          #expect(refusal?.immediateResponse.status.code == 413)
          let end = try await replies.next()
          #expect(end == nil)
        }
      }
    }
    #expect(director.record.withLock { $0.refusals.map(\.status) } == [413])
  }

  @Test func tenMegabytesPassUnchanged() async throws {
    let prompt = String(repeating: "0123456789", count: 1_000_000)
    let body = Array(#"{"model":"target","prompt":"\#(prompt)"}"#.utf8)
    try await withServer(RecordingDirector()) { server in
      try await GatewayClient.with(port: server.port) { gateway in
        try await gateway.transaction { sender, replies in
          sender.headers()
          for start in stride(from: 0, to: body.count, by: 65_000) {
            let end = min(start + 65_000, body.count)
            sender.body(body[start..<end], isLast: end == body.count)
          }
          var back: [UInt8] = []
          for try await reply in replies {
            let chunk = reply.requestBody.response.bodyMutation.streamedResponse
            #expect(chunk.body.count <= 62_000)
            back.append(contentsOf: chunk.body)
            if chunk.endOfStream { break }
          }
          #expect(back == body)
        }
      }
    }
  }

  @Test func disorderEndsTheStreamAndNothingElse() async throws {
    let director = RecordingDirector()
    try await withServer(director) { server in
      try await GatewayClient.with(port: server.port) { gateway in
        let error = await #expect(throws: RPCError.self) {
          try await gateway.transaction { sender, replies in
            sender.body(Self.completion, isLast: true)
            for try await _ in replies {}
          }
        }
        #expect(error?.code == .invalidArgument)
        try await gateway.transaction { sender, replies in
          sender.headers(isLast: true)
          for try await _ in replies { break }
        }
      }
    }
    #expect(director.record.withLock { $0.requests.count } == 1)
  }

  @Test func garbageEndsTheStreamAndNothingElse() async throws {
    try await withServer(RecordingDirector()) { server in
      try await GatewayClient.with(port: server.port) { gateway in
        let error = await #expect(throws: RPCError.self) {
          try await gateway.client.bidirectionalStreaming(
            request: StreamingClientRequest<[UInt8]> { try await $0.write([0x12, 0xFF, 0xFF]) },
            descriptor: MethodDescriptor(
              fullyQualifiedService: "envoy.service.ext_proc.v3.ExternalProcessor", method: "Process"),
            serializer: Verbatim(), deserializer: Verbatim(), options: .defaults
          ) { response in
            for try await _ in response.messages {}
          }
        }
        #expect(error?.code == .invalidArgument)
      }
    }
  }

  @Test func aGatewayThatVanishesIsNoticed() async throws {
    let director = RecordingDirector()
    try await withServer(director) { server in
      try await GatewayClient.with(port: server.port) { gateway in
        let transaction = Task {
          try await gateway.transaction { sender, replies in
            var replies = replies.makeAsyncIterator()
            sender.headers(isLast: true)
            _ = try await replies.next()
            sender.responseHeaders([":status": "200"])
            _ = try await replies.next()
            _ = try await replies.next()
          }
        }
        #expect(await director.eventually { $0.responded.count == 1 })
        transaction.cancel()
        #expect(await director.eventually { $0.finished.map(\.isComplete) == [false] })
      }
    }
  }

  @Test func aGatewayThatVanishesCancelsTheWait() async throws {
    let director = RecordingDirector(waits: true)
    try await withServer(director) { server in
      try await GatewayClient.with(port: server.port) { gateway in
        let transaction = Task {
          try await gateway.transaction { sender, replies in
            sender.headers(isLast: true)
            for try await _ in replies {}
          }
        }
        #expect(await director.eventually { $0.requests.count == 1 })
        transaction.cancel()
        #expect(await director.eventually { $0.cancelled == 1 && $0.finished.count == 1 })
      }
    }
  }

  @Test func aThousandStreamsAtOnce() async throws {
    let director = RecordingDirector()
    try await withServer(director) { server in
      try await GatewayClient.with(port: server.port) { gateway in
        let arrived = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<1000 {
            group.addTask {
              try await gateway.transaction { sender, replies in
                var replies = replies.makeAsyncIterator()
                sender.headers()
                sender.body(Self.completion, isLast: true)
                #expect(try await replies.next() != nil)
                #expect(try await replies.next() != nil)
                // All are open before any ends.
                arrived.add()
                while arrived.value < 1000 { try await Task.sleep(for: .milliseconds(20)) }
                sender.responseHeaders([":status": "200"], isLast: true)
                #expect(try await replies.next() != nil)
              }
            }
          }
          try await group.waitForAll()
        }
      }
    }
    #expect(director.record.withLock { $0.finished.filter(\.isComplete).count } == 1000)
  }

  @Test func healthIsShownOnBothPorts() async throws {
    let board = HealthBoard()
    board.set(.notServing, for: HealthBoard.pickerServices)
    try await withServer(RecordingDirector(), health: board) { server in
      let probes = try await ExternalProcessorServer.startHealth(
        ListenerOptions(host: "127.0.0.1", port: 0, security: .plaintext), health: board)
      for port in [server.port, probes.port] {
        board.set(.notServing, for: ["inference-extension"])
        try await GatewayClient.with(port: port) { gateway in
          let before = try await gateway.health("inference-extension")
          board.set(.serving, for: ["inference-extension"])
          let after = try await gateway.health("inference-extension")
          #expect([before, after] == [.notServing, .serving])
          let error = await #expect(throws: RPCError.self) { _ = try await gateway.health("other") }
          #expect(error?.code == .notFound)
        }
      }
      // A watcher does not hold up the end.
      try await GatewayClient.with(port: probes.port) { gateway in
        let watch = Task {
          try await gateway.client.serverStreaming(
            request: ClientRequest(message: GRPCHealthHealthCheckRequest()),
            descriptor: MethodDescriptor(fullyQualifiedService: "grpc.health.v1.Health", method: "Watch"),
            serializer: ProtobufSerializer<GRPCHealthHealthCheckRequest>(),
            deserializer: ProtobufDeserializer<GRPCHealthHealthCheckResponse>(), options: .defaults
          ) { response in
            var seen: [GRPCHealthHealthCheckResponse.ServingStatus] = []
            for try await message in response.messages {
              seen.append(message.status)
              if seen.count == 1 { board.set(.serving, for: [""]) } else { break }
            }
            return seen
          }
        }
        let seen = try await watch.value
        #expect(seen == [.notServing, .serving])
      }
      await probes.stop(grace: .seconds(5))
    }
  }

  @Test func stoppingWaitsForStreamsAWhile() async throws {
    let director = RecordingDirector()
    let server = try await ExternalProcessorServer.start(
      ListenerOptions(host: "127.0.0.1", port: 0, security: .plaintext), director: director, health: HealthBoard())
    try? await GatewayClient.with(port: server.port) { gateway in
      let transaction = Task {
        try await gateway.transaction { sender, replies in
          sender.headers(isLast: true)
          for try await _ in replies {}
        }
      }
      #expect(await director.eventually { $0.requests.count == 1 })
      let clock = ContinuousClock()
      let took = await clock.measure { await server.stop(grace: .milliseconds(300)) }
      #expect(took >= .milliseconds(250))
      #expect(await director.eventually { $0.finished.count == 1 })
      transaction.cancel()
    }
  }

  @Test func severalThreadsShareAPort() async throws {
    let director = RecordingDirector()
    let server = try await ExternalProcessorServer.start(
      ListenerOptions(host: "127.0.0.1", port: 0, security: .plaintext, threads: 3), director: director,
      health: HealthBoard())
    for _ in 0..<20 {
      try await GatewayClient.with(port: server.port) { gateway in
        try await gateway.transaction { sender, replies in
          sender.headers(isLast: true)
          for try await _ in replies { break }
        }
      }
    }
    await server.stop(grace: .seconds(5))
    #expect(director.record.withLock { $0.finished.count } == 20)
  }

  @Test(arguments: ["not an address", "300.1.1.1", ""])
  func whatIsNoAddressIsReported(host: String) async throws {
    await #expect(throws: ExternalProcessorError.self) {
      _ = try await ExternalProcessorServer.startHealth(
        ListenerOptions(host: host, port: 0, security: .plaintext), health: HealthBoard())
    }
    await #expect(throws: ExternalProcessorError.self) {
      _ = try await ExternalProcessorServer.startHealth(
        ListenerOptions(host: "127.0.0.1", port: 70_000, security: .plaintext), health: HealthBoard())
    }
  }

  @Test func ipv6() async throws {
    let server = try await ExternalProcessorServer.startHealth(
      ListenerOptions(host: "::1", port: 0, security: .plaintext), health: HealthBoard())
    #expect(server.port > 0)
    await server.stop(grace: .zero)
  }

  @Test func anAddressInUseIsReported() async throws {
    try await withServer(RecordingDirector()) { server in
      let listener = ListenerOptions(host: "127.0.0.1", port: server.port, security: .plaintext)
      await #expect(throws: ExternalProcessorError.self) {
        _ = try await ExternalProcessorServer.startHealth(listener, health: HealthBoard())
      }
    }
  }

  @Test func tlsWithASelfSignedCertificate() async throws {
    let identity = try TLSIdentity.selfSigned(hostName: nil)
    let director = RecordingDirector()
    try await withServer(director, security: .tls(certificate: identity.certificate, key: identity.key)) { server in
      let trusted = HTTP2ClientTransport.Posix.TransportSecurity.tls {
        $0.trustRoots = .certificates([.bytes(Array(identity.certificate.utf8), format: .pem)])
        $0.serverCertificateVerification = .noHostnameVerification
      }
      try await GatewayClient.with(port: server.port, security: trusted) { gateway in
        try await gateway.transaction { sender, replies in
          sender.headers(isLast: true)
          for try await _ in replies { break }
        }
      }
    }
    #expect(director.record.withLock { $0.requests.count } == 1)
    await #expect(throws: ExternalProcessorError.self) {
      try await withServer(director, security: .tls(certificate: "x", key: "y")) { _ in }
    }
  }
}

private final class Counter: Sendable {
  private let count = Mutex(0)

  var value: Int { count.withLock { $0 } }

  func add() { count.withLock { $0 += 1 } }
}

/// Bytes as they are.
private struct Verbatim: MessageSerializer, MessageDeserializer {
  func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Bytes { Bytes(message) }

  func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> [UInt8] {
    bytes.withUnsafeBytes { Array($0) }
  }
}
