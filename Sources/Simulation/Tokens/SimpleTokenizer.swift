/// Splits text as llm-d-inference-sim's simple tokenizer does, but loses nothing.
///
/// A token is one special character, or a run of `[0-9A-Za-z_]` (a leading `_` stands alone), with the white space
/// (`[\t\n\f\r ]`) that follows. Its id is the 32-bit FNV-1a hash of its bytes. Where the simulator drops what its
/// expression does not match, here a run of such bytes (non-ASCII letters, back-quotes, control characters) is a token
/// too, and so is white space at the very start. The pieces of the result, joined, are always the input, whatever its
/// bytes.
public struct SimpleTokenizer: Sendable {
  /// A tokenizer; all are alike.
  public init() {}

  /// The tokens of `bytes`, at most 2^31 - 1 of them, usually UTF-8.
  public func tokenize(_ bytes: [UInt8]) -> TokenSequence {
    precondition(bytes.count <= Int(Int32.max), "offsets are 32 bits wide")
    var ids: [UInt32] = []
    var offsets: [Int32] = []
    // English has some five bytes per token.
    ids.reserveCapacity(bytes.count / 4 + 1)
    offsets.reserveCapacity(bytes.count / 4 + 2)
    bytes.withUnsafeBufferPointer { bytes in
      ByteClass.table.withUnsafeBufferPointer { classes in
        var scanner = TokenScanner(bytes: bytes, classes: classes)
        while let id = scanner.next() {
          ids.append(id)
          offsets.append(Int32(truncatingIfNeeded: scanner.start))
        }
      }
    }
    offsets.append(Int32(truncatingIfNeeded: bytes.count))
    let indexes = [Int32](unsafeUninitializedCapacity: ids.count) { buffer, count in
      for index in 0..<ids.count { buffer[index] = Int32(truncatingIfNeeded: index) }
      count = ids.count
    }
    return TokenSequence(table: TokenTable(ids: ids, bytes: bytes, offsets: offsets), indexes: indexes)
  }

  /// How many tokens `bytes` are; costs a fraction of making them.
  public func count(_ bytes: [UInt8]) -> Int {
    var count = 0
    bytes.withUnsafeBufferPointer { bytes in
      ByteClass.table.withUnsafeBufferPointer { classes in
        var scanner = TokenScanner(bytes: bytes, classes: classes)
        while scanner.next() != nil { count += 1 }
      }
    }
    return count
  }

  /// The tokens of `bytes`, at most 2^31 - 1 of them.
  public func tokenize(_ bytes: some Sequence<UInt8>) -> TokenSequence { tokenize(Array(bytes)) }

  /// The tokens of the UTF-8 form of `text`.
  public func tokenize(_ text: String) -> TokenSequence { tokenize(Array(text.utf8)) }
}

/// Finds one token after the other.
private struct TokenScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  let classes: UnsafeBufferPointer<ByteClass>
  /// Where the token last found begins.
  private(set) var start = 0
  private var end = 0

  init(bytes: UnsafeBufferPointer<UInt8>, classes: UnsafeBufferPointer<ByteClass>) {
    self.bytes = bytes
    self.classes = classes
  }

  /// The next token's id; nil at the end.
  mutating func next() -> UInt32? {
    guard end < bytes.count else { return nil }
    start = end
    var hash = FNV1a()
    switch take(&hash) {
    case .word: takeRun(&hash) { $0 == .word || $0 == .underscore }
    case .other: takeRun(&hash) { $0 == .other }
    case .special, .underscore, .space: break
    }
    takeRun(&hash) { $0 == .space }
    return hash.value
  }

  private mutating func take(_ hash: inout FNV1a) -> ByteClass {
    let byte = bytes[end]
    hash.add(byte)
    end += 1
    return classes[Int(byte)]
  }

  @inline(__always)
  private mutating func takeRun(_ hash: inout FNV1a, while belongs: (ByteClass) -> Bool) {
    while end < bytes.count, belongs(classes[Int(bytes[end])]) {
      hash.add(bytes[end])
      end += 1
    }
  }
}
