/// Pieces of text, JSON-escaped once, to be written many times.
///
/// Immutable, and a class so that passing it on costs one reference.
public final class EscapedPieces: Sendable {
  /// All escaped pieces, one after the other.
  let bytes: [UInt8]
  /// `offsets[i] ..< offsets[i + 1]` is piece `i` within `bytes`.
  let offsets: [Int32]

  /// Escapes `count` pieces; together they must stay below 2 GiB.
  public init(count: Int, _ piece: (Int) -> ArraySlice<UInt8>) {
    var bytes: [UInt8] = []
    var offsets: [Int32] = [0]
    offsets.reserveCapacity(count + 1)
    for index in 0..<count {
      bytes.appendEscaped(utf8: piece(index))
      offsets.append(Int32(bytes.count))
    }
    self.bytes = bytes
    self.offsets = offsets
  }

  /// The piece at `index`, ready to stand inside a JSON string.
  public subscript(index: Int32) -> ArraySlice<UInt8> { bytes[Int(offsets[Int(index)])..<Int(offsets[Int(index) + 1])] }

  /// The size of the pieces at `indexes`.
  func byteCount(of indexes: ArraySlice<Int32>) -> Int {
    var count = 0
    for index in indexes { count += Int(offsets[Int(index) + 1] - offsets[Int(index)]) }
    return count
  }
}
