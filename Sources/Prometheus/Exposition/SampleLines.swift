/// The constant parts of consecutive sample lines in one buffer.
struct SampleLines: Sendable {
  private var text: [UInt8] = []
  private var ends: [Int] = [0]

  var count: Int { ends.count - 1 }

  mutating func append(_ name: String, _ labels: Labels) {
    text.appendSeries(name, labels)
    ends.append(text.count)
  }

  /// Writes line `index` with `value`.
  func write(_ index: Int, _ value: Double, to bytes: inout [UInt8]) {
    // Through a pointer, because a slice of the array would count references for every line.
    text.withUnsafeBufferPointer { text in
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[ends[index]..<ends[index + 1]]))
    }
    bytes.appendNumber(value)
    bytes.append(UInt8(ascii: "\n"))
  }
}
