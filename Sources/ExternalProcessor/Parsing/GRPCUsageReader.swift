internal import OpenAIAPI

/// Reads token counts out of the answers of vLLM's gRPC service as they pass (`vllm.grpc.engine`: GenerateResponse with
/// chunk 1 or complete 2, EmbedResponse).
///
/// Keeps at most `maxKeptBytes` of a message: a longer one is not read, nor is a compressed one.
struct GRPCUsageReader {
  static let maxKeptBytes = 1 << 20

  /// The newest counts.
  private(set) var usage: ReportedUsage?
  private let method: String
  /// A frame as far as it has come; empty while one is skipped.
  private var frame: [UInt8] = []
  private var skipped = 0

  init(method: String) { self.method = method }

  /// Takes the next bytes of the body.
  mutating func read(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      if skipped > 0 {
        let count = min(skipped, rest.count)
        skipped -= count
        rest = rest.dropFirst(count)
        continue
      }
      let wanted = frame.count < GRPCFrame.headerSize ? GRPCFrame.headerSize : GRPCFrame.headerSize + messageSize
      let piece = rest.prefix(wanted - frame.count)
      frame.append(contentsOf: piece)
      rest = rest.dropFirst(piece.count)
      if frame.count >= GRPCFrame.headerSize { advance() }
    }
  }

  private var messageSize: Int { GRPCFrame.messageSize(frame[1..<GRPCFrame.headerSize]) }

  /// Skips the message, reads it, or waits for more of it.
  private mutating func advance() {
    let size = messageSize
    if size > Self.maxKeptBytes || frame[0] != 0 {
      skipped = size - (frame.count - GRPCFrame.headerSize)
      frame = []
    } else if frame.count == GRPCFrame.headerSize + size {
      readMessage(frame[GRPCFrame.headerSize...])
      frame = []
    }
  }

  private mutating func readMessage(_ message: ArraySlice<UInt8>) {
    var fields = WireFields(message)
    while let (number, value) = fields.next() {
      switch (method, number, value) {
      case ("Generate", 1, .bytes(let chunk)): readCounts(chunk, promptField: 2)
      case ("Generate", 2, .bytes(let complete)): readCounts(complete, promptField: 3)
      case ("Embed", 2, .integer(let count)): update { $0.promptTokens = count }
      default: break
      }
    }
  }

  /// Prompt, completion and cached tokens stand in three fields in a row.
  private mutating func readCounts(_ message: ArraySlice<UInt8>, promptField: Int) {
    var fields = WireFields(message)
    while let (number, value) = fields.next() {
      guard case .integer(let count) = value else { continue }
      switch number - promptField {
      case 0: update { $0.promptTokens = count }
      case 1: update { $0.completionTokens = count }
      case 2: update { $0.cachedTokens = count }
      default: break
      }
    }
  }

  private mutating func update(_ change: (inout ReportedUsage) -> Void) {
    var counts = usage ?? ReportedUsage()
    change(&counts)
    usage = counts
  }
}

/// The fields of a message in protobuf's wire format; ends early at what is malformed.
private struct WireFields: IteratorProtocol {
  enum Value {
    /// What does not fit counts as its largest.
    case integer(Int)
    case bytes(ArraySlice<UInt8>)
    case other
  }

  private var rest: ArraySlice<UInt8>

  init(_ message: ArraySlice<UInt8>) { rest = message }

  mutating func next() -> (number: Int, value: Value)? {
    guard let key = varint() else { return nil }
    let number = Int(clamping: key >> 3)
    switch key & 7 {
    case 0: return varint().map { (number, .integer(Int(clamping: $0))) }
    case 1: return skip(8) ? (number, .other) : nil
    case 5: return skip(4) ? (number, .other) : nil
    case 2:
      guard let size = varint(), size <= UInt64(rest.count) else { return nil }
      let bytes = rest.prefix(Int(size))
      rest = rest.dropFirst(Int(size))
      return (number, .bytes(bytes))
    default: return nil
    }
  }

  private mutating func skip(_ count: Int) -> Bool {
    guard rest.count >= count else { return false }
    rest = rest.dropFirst(count)
    return true
  }

  private mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}
