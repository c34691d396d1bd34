import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf
import SwiftProtobuf

@testable import ExternalProcessor

/// A gateway, as far as one stream goes: sends what it is told, when it is told.
struct GatewayClient: Sendable {
  typealias Replies = RPCAsyncSequence<ExtProcProcessingResponse, any Error>

  let client: GRPCClient<HTTP2ClientTransport.Posix>

  static func with<Result: Sendable>(
    port: Int, security: HTTP2ClientTransport.Posix.TransportSecurity = .plaintext,
    _ body: (GatewayClient) async throws -> Result
  ) async throws -> Result {
    let transport = try HTTP2ClientTransport.Posix(
      target: .ipv4(address: "127.0.0.1", port: port), transportSecurity: security)
    return try await withGRPCClient(transport: transport) { try await body(GatewayClient(client: $0)) }
  }

  /// One transaction: `talk` sends with its first argument, and reads replies from its second.
  func transaction<Result: Sendable>(
    _ talk: @Sendable @escaping (Sender, Replies) async throws -> Result
  ) async throws -> Result {
    let (messages, continuation) = AsyncStream<ExtProcProcessingRequest>.makeStream()
    let request = StreamingClientRequest<ExtProcProcessingRequest> { writer in
      for await message in messages { try await writer.write(message) }
    }
    return try await client.bidirectionalStreaming(
      request: request,
      descriptor: MethodDescriptor(
        fullyQualifiedService: "envoy.service.ext_proc.v3.ExternalProcessor", method: "Process"),
      serializer: ProtobufSerializer<ExtProcProcessingRequest>(),
      deserializer: ProtobufDeserializer<ExtProcProcessingResponse>(), options: .defaults
    ) { response in
      defer { continuation.finish() }
      return try await talk(Sender(continuation: continuation), response.messages)
    }
  }

  struct Sender: Sendable {
    let continuation: AsyncStream<ExtProcProcessingRequest>.Continuation

    func send(_ build: (inout ExtProcProcessingRequest) -> Void) { continuation.yield(.with(build)) }

    func headers(_ headers: [String: String] = [:], isLast: Bool = false) {
      send { $0.requestHeaders = .make(headers, isLast: isLast) }
    }

    func body(_ bytes: some Collection<UInt8>, isLast: Bool = false) {
      send {
        $0.requestBody = .with {
          $0.body = Data(bytes); $0.endOfStream = isLast
        }
      }
    }

    func responseHeaders(_ headers: [String: String], isLast: Bool = false) {
      send { $0.responseHeaders = .make(headers, isLast: isLast) }
    }

    func responseBody(_ bytes: some Collection<UInt8>, isLast: Bool = false) {
      send {
        $0.responseBody = .with {
          $0.body = Data(bytes); $0.endOfStream = isLast
        }
      }
    }

    /// Half-closes.
    func finish() { continuation.finish() }
  }

  /// A health check's answer.
  func health(_ service: String) async throws -> GRPCHealthHealthCheckResponse.ServingStatus {
    try await client.unary(
      request: ClientRequest(message: GRPCHealthHealthCheckRequest.with { $0.service = service }),
      descriptor: MethodDescriptor(fullyQualifiedService: "grpc.health.v1.Health", method: "Check"),
      serializer: ProtobufSerializer<GRPCHealthHealthCheckRequest>(),
      deserializer: ProtobufDeserializer<GRPCHealthHealthCheckResponse>(), options: .defaults
    ) { try $0.message.status }
  }
}

extension ExtProcHttpHeaders {
  static func make(_ headers: [String: String], isLast: Bool) -> ExtProcHttpHeaders {
    .with {
      $0.endOfStream = isLast
      $0.headers.headers = headers.map { name, value in
        .with {
          $0.key = name; $0.rawValue = Data(value.utf8)
        }
      }
    }
  }
}
