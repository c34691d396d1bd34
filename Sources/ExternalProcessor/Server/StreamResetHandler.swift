internal import GRPCNIOTransportHTTP2Posix
internal import NIOCore
internal import NIOHTTP2
internal import NIOSSL

/// Closes streams that a gateway resets, in front of the HTTP/2 library, which takes more than 200 resets in 30 seconds
/// for an attack and closes the connection with all its streams.
///
/// Gateways reset streams as a matter of course: Envoy does so at the end of each request (1.40, unless
/// `envoy.reloadable_features.ext_proc_graceful_grpc_close` is set), and all share few connections. A reset stream ends as
/// it would otherwise: what came before is read, and the call is cancelled.
final class StreamResetHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = IOData
  typealias OutboundOut = IOData

  private var scanner = ResetScanner()
  private var streams: [Int: any Channel] = [:]
  /// The stream that is being closed.
  private var closing: Int?

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    for piece in scanner.scan(unwrapInboundIn(data)) {
      switch piece {
      case .bytes(let bytes): context.fireChannelRead(wrapInboundOut(bytes))
      // One that is not there any more has ended on this side already.
      case .reset(let stream):
        closing = stream
        streams.removeValue(forKey: stream)?.close(promise: nil)
        closing = nil
      }
    }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    // A reset is not answered with a reset (RFC 9113, 5.4.2).
    if let closing, case .byteBuffer(let bytes) = unwrapOutboundIn(data), ResetScanner.isReset(bytes, of: closing) {
      promise?.succeed()
    } else {
      context.write(data, promise: promise)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    streams = [:]
    context.fireChannelInactive()
  }

  /// A stream has begun.
  func add(_ stream: any Channel) throws {
    guard let id = try stream.syncOptions?.getOption(HTTP2StreamChannelOptions.streamID) else { return }
    let number = Int(id)
    streams[number] = stream
    stream.closeFuture.assumeIsolated().whenComplete { _ in self.streams[number] = nil }
  }
}

extension HTTP2ServerTransport.Config.ChannelDebuggingCallbacks {
  /// Puts a `StreamResetHandler` between TLS and HTTP/2 on each connection.
  static var closingResetStreams: Self {
    Self(
      onBindTCPListener: nil,
      onAcceptTCPConnection: { connection in
        connection.eventLoop.makeCompletedFuture {
          let pipeline = connection.pipeline.syncOperations
          let security = try? pipeline.handler(type: NIOSSLServerHandler.self)
          try pipeline.addHandler(StreamResetHandler(), position: security.map { .after($0) } ?? .first)
        }
      },
      onAcceptHTTP2Stream: { stream in
        stream.eventLoop.makeCompletedFuture {
          try stream.parent?.pipeline.syncOperations.handler(type: StreamResetHandler.self).add(stream)
        }
      })
  }
}
