import Simulation
import Testing

@testable import Fleet

@Suite struct MetricsLineReaderTests {
  private static let wanted = WantedNames(["a", "vllm:num_requests_waiting", "vllm:num_requests_running", "eight__8"])

  private static func lines(_ pieces: [ArraySlice<UInt8>], _ wanted: WantedNames = wanted) -> [String] {
    var reader = MetricsLineReader()
    var found: [String] = []
    func take(_ index: Int, _ line: Span<UInt8>) {
      found.append("\(index) " + String(decoding: line.indices.map { line[$0] }, as: UTF8.self))
    }
    for piece in pieces { reader.read(Array(piece).span, wanted: wanted, take) }
    reader.finish(wanted: wanted, take)
    return found
  }

  private static let page = """
    a 1
    # a 2
    ab 3

    a{x="y"} 4
    a\t5
    vllm:num_requests_waiting{} 6
    vllm:num_requests_waiting_by_reason{} 7
    vllm:num_requests
    vllm:num_requests_running 8
    a
    eight__8 9
    eight__88 10
    a 11
    """
  private static let found = [
    "0 a 1", #"0 a{x="y"} 4"#, "0 a\t5", "1 vllm:num_requests_waiting{} 6", "2 vllm:num_requests_running 8",
    "3 eight__8 9",
    "0 a 11",
  ]

  @Test func wantedLines() { #expect(Self.lines([Array(Self.page.utf8)[...]]) == Self.found) }

  @Test func cutAnywhere() {
    let page = Array(Self.page.utf8)
    for first in 0...page.count {
      for second in stride(from: first, through: page.count, by: 3) {
        #expect(
          Self.lines([page[..<first], page[first..<second], page[second...]]) == Self.found, "\(first) \(second)")
      }
    }
    #expect(Self.lines(page.indices.map { page[$0...$0] }) == Self.found)
  }

  @Test func longLines() {
    let long = "a{x=\"" + String(repeating: "y", count: MetricsLineReader.maxLineBytes) + "\"} 1"
    let page = Array("a 0\n\(long)\na 2\n".utf8)
    // In one piece nothing has to be kept.
    #expect(Self.lines([page[...]]).count == 3)
    for cut in [5, 6, 4_000, page.count - 5] {
      #expect(Self.lines([page[..<cut], page[cut...]]) == ["0 a 0", "0 a 2"], "\(cut)")
    }
    let pieces = stride(from: 0, to: page.count, by: 1_000).map { page[$0..<min($0 + 1_000, page.count)] }
    #expect(Self.lines(pieces) == ["0 a 0", "0 a 2"])
  }

  @Test func anUnwantedLineWithoutEndIsNotKept() {
    let piece = Array(String(repeating: "z", count: 1 << 20).utf8)
    var pieces = Array(repeating: piece[...], count: 16)
    pieces.append(Array("\na 1".utf8)[...])
    #expect(Self.lines(pieces) == ["0 a 1"])
  }

  @Test func nothingLooksLikeALineBreakOrANothing() {
    #expect(Self.lines([]).isEmpty)
    #expect(Self.lines([Array("\n\n\r\n\u{0}\n".utf8)[...]]).isEmpty)
    // A name that could never be a metric's does no harm.
    #expect(Self.lines([Array("a\nb 1\n".utf8)[...]], WantedNames(["a\nb"])).isEmpty)
  }

  /// As a plain reader finds them, for random lines in random pieces.
  @Test func randomPages() {
    var generator = SplitMix64(seed: 11)
    let parts = ["a", "vllm:", "num_requests_", "waiting", "running", "eight__8", "{", "}", " ", "1", "\t", "#", "x"]
    for _ in 0..<300 {
      let lines = (0..<20).map { _ in
        (0..<Int.random(in: 0...6, using: &generator)).map { _ in parts.randomElement(using: &generator)! }.joined()
      }
      let names = ["a", "vllm:num_requests_waiting", "vllm:num_requests_running", "eight__8"]
      let expected = lines.flatMap { line in
        names.indices.filter { index in
          line.hasPrefix(names[index])
            && line.dropFirst(names[index].count).first.map { "{ \t".contains($0) } == true
        }.map { "\($0) \(line)" }
      }
      let page = Array(lines.joined(separator: "\n").utf8)
      var pieces: [ArraySlice<UInt8>] = []
      var place = 0
      while place < page.count {
        let end = min(place + Int.random(in: 0...40, using: &generator), page.count)
        pieces.append(page[place..<end])
        place = end
      }
      #expect(Self.lines(pieces) == expected)
    }
  }
}
