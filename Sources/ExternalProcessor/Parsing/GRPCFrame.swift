/// The framing of a message in a gRPC body: a flag for compression, four bytes of length, the message (gRPC over HTTP/2,
/// Length-Prefixed-Message).
enum GRPCFrame {
  /// The bytes before the message.
  static let headerSize = 5

  /// `body` is one message and nothing else.
  static func isWhole(_ body: [UInt8]) -> Bool {
    guard body.count >= headerSize, body[0] <= 1 else { return false }
    return messageSize(body[1..<headerSize]) == body.count - headerSize
  }

  /// A length in network order.
  static func messageSize(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}
