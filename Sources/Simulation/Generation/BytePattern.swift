/// Finds a string in a text in linear time (Knuth, Morris, Pratt), whatever a client chose for either.
struct BytePattern {
  private let pattern: [UInt8]
  /// For each prefix, the length of its longest proper border.
  private let borders: [Int]

  /// `pattern` has at least one byte.
  init(_ pattern: [UInt8]) {
    var borders = [0]
    var matched = 0
    for index in pattern.indices.dropFirst() {
      while matched > 0, pattern[index] != pattern[matched] { matched = borders[matched - 1] }
      if pattern[index] == pattern[matched] { matched += 1 }
      borders.append(matched)
    }
    self.pattern = pattern
    self.borders = borders
  }

  /// The first occurrence in `text`, which starts at index 0, that ends after `offset`.
  func firstMatch(in text: ArraySlice<UInt8>, endingAfter offset: Int) -> Range<Int>? {
    var matched = 0
    for index in max(0, offset + 1 - pattern.count)..<max(text.endIndex, offset + 1 - pattern.count, 0) {
      while matched > 0, text[index] != pattern[matched] { matched = borders[matched - 1] }
      if text[index] == pattern[matched] { matched += 1 }
      if matched == pattern.count { return (index + 1 - matched)..<(index + 1) }
    }
    return nil
  }
}
