import Glibc
import JSON
import OpenAIAPI
import Testing

/// Bodies that nobody would send in good faith: the answer is a value or a 4xx, never a crash.
@Suite struct HostileBodyTests {
  /// Feeds every decoder; the number of decoders that accepted.
  @discardableResult
  private func decodeAll(_ body: [UInt8], _ parser: JSONParser) throws -> Int {
    var accepted = 0
    func attempt<Request>(_ decode: (UnsafeRawBufferPointer, JSONParser) throws(APIError) -> Request) throws {
      let error = refusal { () throws(APIError) in try decoded(body, parser: parser, decode) }
      guard let error else {
        accepted += 1
        return
      }
      try #require((400..<500).contains(error.status))
      _ = try parser.parse(error.body)
    }
    try attempt { (b, p) throws(APIError) in try CompletionRequest.decode(b, parser: p) }
    try attempt { (b, p) throws(APIError) in try ChatCompletionRequest.decode(b, parser: p) }
    try attempt { (b, p) throws(APIError) in try TokenizeRequest.decode(b, parser: p) }
    try attempt { (b, p) throws(APIError) in try DetokenizeRequest.decode(b, parser: p) }
    try attempt { (b, p) throws(APIError) in try LoadLoRARequest.decode(b, parser: p) }
    try attempt { (b, p) throws(APIError) in try UnloadLoRARequest.decode(b, parser: p) }
    return accepted
  }

  /// The fuzzer's corpus beside this target.
  static let corpus: [(name: String, bytes: [UInt8])] = {
    let folder =
      #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
      + "/Fuzz/corpus"
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var files: [(String, [UInt8])] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard !name.hasPrefix("."), let file = fopen("\(folder)/\(name)", "r") else { continue }
      defer { fclose(file) }
      var bytes = [UInt8](repeating: 0, count: 1 << 16)
      bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
      files.append((name, bytes))
    }
    return files.sorted { $0.0 < $1.0 }
  }()

  @Test func theCorpusReplays() throws {
    try #require(Self.corpus.count >= 25)
    let parser = JSONParser()
    for (name, bytes) in Self.corpus {
      let accepted = try decodeAll(bytes, parser)
      if name.hasPrefix("tokenize") || name == "detokenize" || name.hasSuffix("lora") {
        #expect(accepted >= 1, "\(name)")
      }
    }
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func mutatedBodiesNeverCrash(_ seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func random(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    let interesting: [UInt8] = [
      0, 0x0A, 0x1F, 0x22, 0x27, 0x2C, 0x2D, 0x2E, 0x30, 0x39, 0x5B, 0x5C, 0x5D, 0x7B, 0x7D, 0xFF,
    ]
    try #require(!Self.corpus.isEmpty)
    let parser = JSONParser()
    var refused = 0
    for _ in 0..<1000 {
      var body = Self.corpus[random(Self.corpus.count)].bytes
      for _ in 0...random(4) where !body.isEmpty {
        let spot = random(body.count)
        switch random(5) {
        case 0: body[spot] = UInt8(random(256))
        case 1: body[spot] = interesting[random(interesting.count)]
        case 2: body.insert(interesting[random(interesting.count)], at: spot)
        case 3: body.remove(at: spot)
        default: body.removeSubrange(spot...)
        }
      }
      if try decodeAll(body, parser) == 0 { refused += 1 }
    }
    #expect(refused > 0)
  }

  @Test func manyContainersAreRefusedBeforeTheyCostMemory() {
    let body = #"{"prompt":["# + String(repeating: "{},", count: 200_000) + "1]}"
    let error = refusal { () throws(APIError) in try completion(body) }
    #expect(error?.message.contains("more than 100000 arrays and objects") == true)
  }
}
