import JSON
import Testing

@Suite struct PiecesTests {
  private let texts = ["plain ", "\"quoted\"", "", "back\\slash", "line\n", "naïve ", "\u{1}", "日本"]

  private var pieces: EscapedPieces { EscapedPieces(count: texts.count) { ArraySlice(Array(texts[$0].utf8)) } }

  private func escaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.appendEscaped(text)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func piecesAreEscapedOnce() {
    for (index, text) in texts.enumerated() {
      #expect(String(decoding: pieces[Int32(index)], as: UTF8.self) == escaped(text))
    }
  }

  @Test(arguments: [[], [0], [3, 3, 3], [7, 6, 5, 4, 3, 2, 1, 0], [2]]) func framesWrapEachPiece(indexes: [Int32]) {
    var bytes = Array("before".utf8)
    bytes.appendFrames(indexes[...], of: pieces, prefix: Array("<".utf8), suffix: Array(">\n".utf8))
    let expected = "before" + indexes.map { "<" + escaped(texts[Int($0)]) + ">\n" }.joined()
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
  }

  @Test func withoutFramesPiecesAreJoined() {
    var bytes: [UInt8] = []
    bytes.append([0, 1, 5], of: pieces)
    #expect(String(decoding: bytes, as: UTF8.self) == escaped(texts[0] + texts[1] + texts[5]))
  }

  @Test func aSliceOfIndexesIsEnough() {
    let indexes: [Int32] = [0, 1, 2, 3, 4, 5]
    var bytes: [UInt8] = []
    bytes.append(indexes[3..<5], of: pieces)
    #expect(String(decoding: bytes, as: UTF8.self) == escaped(texts[3] + texts[4]))
  }
}
