extension TokenSequence {
  /// Tokens of which only the ids are known: a prompt that came as numbers. All pieces are empty.
  public init(ids: [UInt32]) {
    self.init(
      table: TokenTable(ids: ids, bytes: [], offsets: [Int32](repeating: 0, count: ids.count + 1)),
      indexes: ids.indices.map { Int32(truncatingIfNeeded: $0) })
  }
}
