internal import Glibc

/// The names of metrics to look for at the beginnings of lines.
struct WantedNames: Sendable {
  /// A name's first eight bytes, and a mask of those that it has.
  private var heads: [(word: UInt64, mask: UInt64)] = []
  private let names: [[UInt8]]
  /// The number of bytes of the longest name.
  let longest: Int

  /// Names that are not empty; a match is told by the place in this list.
  init(_ names: [String]) {
    self.names = names.map { Array($0.utf8) }
    longest = self.names.reduce(0) { max($0, $1.count) }
    heads = self.names.map { name in
      let mask = name.count >= 8 ? UInt64.max : (1 << (8 * UInt64(name.count))) - 1
      return (Self.head(name), mask)
    }
  }

  /// The number of bytes of a name.
  func length(of index: Int) -> Int { names[index].count }

  /// Which name a line's `bytes` begin with, if a blank or a brace follows it.
  ///
  /// - Parameter bytes: valid for `count` bytes.
  @inline(__always)
  func match(_ bytes: UnsafeRawPointer, count: Int) -> Int? {
    // Unsafe: reads no further than `count`.
    let head = count >= 8 ? UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) : Self.short(bytes, count)
    for index in heads.indices where head & heads[index].mask == heads[index].word {
      if isNamed(index, bytes, count: count) { return index }
    }
    return nil
  }

  private func isNamed(_ index: Int, _ bytes: UnsafeRawPointer, count: Int) -> Bool {
    let name = names[index]
    guard count > name.count, memcmp(bytes, name, name.count) == 0 else { return false }
    let end = bytes.load(fromByteOffset: name.count, as: UInt8.self)
    return end == UInt8(ascii: "{") || end == UInt8(ascii: " ") || end == UInt8(ascii: "\t")
  }

  /// Bytes in the order of addresses, the first one lowest.
  private static func head(_ name: [UInt8]) -> UInt64 {
    name.prefix(8).enumerated().reduce(0) { $0 | UInt64($1.element) << (8 * UInt64($1.offset)) }
  }

  private static func short(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt64 {
    var head: UInt64 = 0
    for index in 0..<min(count, 8) {
      head |= UInt64(bytes.load(fromByteOffset: index, as: UInt8.self)) << (8 * UInt64(index))
    }
    return head
  }
}
