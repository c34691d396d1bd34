/// Remembers which text a token id stood for, so that ids made by hashing can be turned back.
///
/// Holds a bounded number of tokens and bytes; the one that came first goes first. The first text seen for an id stays
/// until then. The tokens of the sentence pool are always known.
public struct TokenMemory: Sendable {
  /// The most tokens held beside those of the pool.
  public let capacity: Int
  /// The most bytes of text held beside the pool's.
  public let byteCapacity: Int
  private let pool: [UInt32: Int]
  private var known: [UInt32: [UInt8]] = [:]
  /// The ids held, in the order they came, from `oldest` on.
  private var order: [UInt32] = []
  private var oldest = 0
  private var byteCount = 0

  /// A memory for `capacity` tokens and `byteCapacity` bytes; numbers below zero count as zero.
  public init(capacity: Int, byteCapacity: Int = 4 << 20) {
    self.capacity = max(0, capacity)
    self.byteCapacity = max(0, byteCapacity)
    let table = SentencePool.standard.table
    pool = Dictionary(zip(table.ids, 0...), uniquingKeysWith: { first, _ in first })
  }

  /// The tokens held beside those of the pool.
  public var count: Int { known.count }

  /// The text of the token `id`; nil when it was never seen or is forgotten.
  public func text(of id: UInt32) -> [UInt8]? {
    if let index = pool[id] { return Array(SentencePool.standard.table.piece(index)) }
    return known[id]
  }

  /// The text of `ids`, joined; nil when any of them is unknown.
  public func text(of ids: some Sequence<UInt32>) -> [UInt8]? {
    var result: [UInt8] = []
    for id in ids {
      guard let piece = text(of: id) else { return nil }
      result.append(contentsOf: piece)
    }
    return result
  }

  /// Remembers every token of `tokens` that has text.
  public mutating func remember(_ tokens: TokenSequence) {
    if tokens.table === SentencePool.standard.table { return }
    for position in 0..<tokens.count {
      let piece = tokens.piece(at: position)
      if !piece.isEmpty { remember(tokens.id(at: position), piece) }
    }
  }

  private mutating func remember(_ id: UInt32, _ piece: ArraySlice<UInt8>) {
    guard capacity > 0, piece.count <= byteCapacity, pool[id] == nil, known[id] == nil else { return }
    while known.count >= capacity || byteCount + piece.count > byteCapacity { forgetOldest() }
    known[id] = Array(piece)
    byteCount += piece.count
    order.append(id)
  }

  private mutating func forgetOldest() {
    let id = order[oldest]
    byteCount -= known.removeValue(forKey: id)?.count ?? 0
    oldest += 1
    // The ids already forgotten are dropped from the list once they are half of it.
    if oldest * 2 > order.count {
      order.removeFirst(oldest)
      oldest = 0
    }
  }
}
