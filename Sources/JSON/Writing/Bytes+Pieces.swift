extension [UInt8] {
  /// Appends the pieces at `indexes`, one after the other.
  public mutating func append(_ indexes: ArraySlice<Int32>, of pieces: EscapedPieces) {
    appendFrames(indexes, of: pieces, prefix: [], suffix: [])
  }

  /// Appends a frame for each of `indexes`: `prefix`, the piece, `suffix`. One check of the capacity serves all frames.
  public mutating func appendFrames(
    _ indexes: ArraySlice<Int32>, of pieces: EscapedPieces, prefix: [UInt8], suffix: [UInt8]
  ) {
    let total = indexes.count * (prefix.count + suffix.count) + pieces.byteCount(of: indexes)
    append(addingCapacity: total) { (output: inout OutputSpan<UInt8>) in
      output.withUnsafeMutableBufferPointer { memory, initialized in
        // Unsafe: `total` bytes are free behind `initialized`, and the copies below add up to it; all offsets were made
        // by `EscapedPieces`, and reading one outside its table traps in `byteCount`.
        guard let base = memory.baseAddress, memory.count - initialized >= total else { return }
        var target = UnsafeMutableRawPointer(base + initialized)
        prefix.withUnsafeBytes { prefix in
          suffix.withUnsafeBytes { suffix in
            pieces.bytes.withUnsafeBytes { bytes in
              pieces.offsets.withUnsafeBufferPointer { offsets in
                for index in indexes {
                  let start = Int(offsets[Int(index)])
                  let size = Int(offsets[Int(index) + 1]) - start
                  target.copy(prefix, prefix.count)
                  target.copy(UnsafeRawBufferPointer(rebasing: bytes[start..<start + size]), size)
                  target.copy(suffix, suffix.count)
                }
              }
            }
          }
        }
        initialized += total
      }
    }
  }
}

extension UnsafeMutableRawPointer {
  /// Copies `count` bytes here and moves behind them.
  @inline(__always)
  fileprivate mutating func copy(_ source: UnsafeRawBufferPointer, _ count: Int) {
    guard count > 0, let base = source.baseAddress else { return }
    copyMemory(from: base, byteCount: count)
    self += count
  }
}
