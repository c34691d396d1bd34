internal import JSON
internal import Simulation

/// The JSON-escaped forms of a token table's pieces, rendered once so that writing a token is a copy.
final class EscapedPieces: Sendable {
  private let bytes: [UInt8]
  private let offsets: [Int32]

  init(_ table: TokenTable) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(table.bytes.count + table.bytes.count / 8)
    var offsets: [Int32] = [0]
    offsets.reserveCapacity(table.count + 1)
    for index in 0..<table.count {
      table.piece(index).withUnsafeBytes { bytes.appendEscaped(utf8: $0) }
      offsets.append(Int32(bytes.count))
    }
    self.bytes = bytes
    self.offsets = offsets
  }

  /// The piece at `index` of the table, ready to stand inside a JSON string.
  @inline(__always)
  subscript(index: Int32) -> ArraySlice<UInt8> { bytes[Int(offsets[Int(index)])..<Int(offsets[Int(index) + 1])] }
}
