/// The pieces in which a body goes on in full duplex.
struct BodyChunks: Sequence, IteratorProtocol {
  /// Envoy takes 64 KiB with the message around it; this is the reference's limit.
  static let maxBytes = 62_000

  private var rest: ArraySlice<UInt8>
  private let isLast: Bool
  private var isDone = false

  /// The pieces of `bytes`, of which there is at least one; the last one ends the body if `isLast`.
  init(_ bytes: [UInt8], isLast: Bool) {
    rest = bytes[...]
    self.isLast = isLast
  }

  mutating func next() -> BodyChange? {
    if isDone { return nil }
    let piece = rest.prefix(Self.maxBytes)
    rest = rest.dropFirst(Self.maxBytes)
    isDone = rest.isEmpty
    return .chunk(piece, isLast: isLast && isDone)
  }
}
