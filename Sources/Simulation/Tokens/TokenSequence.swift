/// A run of tokens: indexes into a table of pieces.
///
/// Two kinds of table exist: the process-wide one of the sentence pool, whose JSON-escaped forms a server renders once,
/// and small ones made per text.
public struct TokenSequence: Sendable {
  /// The pieces that `indexes` refers to.
  public var table: TokenTable
  /// Places in `table`, in the order of the text.
  public var indexes: [Int32]

  /// The tokens at `indexes` of `table`; all must be within it.
  public init(table: TokenTable, indexes: [Int32]) {
    self.table = table
    self.indexes = indexes
  }

  /// The number of tokens.
  public var count: Int { indexes.count }

  /// The token id at `position`.
  public func id(at position: Int) -> UInt32 { table.ids[Int(indexes[position])] }

  /// The token's UTF-8 text at `position`; may be empty, and may be part of a character.
  public func piece(at position: Int) -> ArraySlice<UInt8> { table.piece(Int(indexes[position])) }

  /// All token ids, in order.
  public var ids: [UInt32] { indexes.map { table.ids[Int($0)] } }

  /// All text, in order.
  public var bytes: [UInt8] {
    var result: [UInt8] = []
    for index in indexes { result.append(contentsOf: table.piece(Int(index))) }
    return result
  }
}

/// An immutable list of token ids with their UTF-8 text.
public final class TokenTable: Sendable {
  /// The token ids.
  public let ids: [UInt32]
  /// All pieces, one after the other.
  public let bytes: [UInt8]
  /// `offsets[i] ..< offsets[i + 1]` is piece `i` within `bytes`.
  public let offsets: [Int32]

  /// A table of pieces; there is one offset more than there are ids.
  public init(ids: [UInt32], bytes: [UInt8], offsets: [Int32]) {
    precondition(offsets.count == ids.count + 1, "one offset per token and one for the end")
    self.ids = ids
    self.bytes = bytes
    self.offsets = offsets
  }

  /// The number of entries.
  public var count: Int { ids.count }

  /// The UTF-8 text of the entry at `index`.
  public func piece(_ index: Int) -> ArraySlice<UInt8> { bytes[Int(offsets[index])..<Int(offsets[index + 1])] }
}
