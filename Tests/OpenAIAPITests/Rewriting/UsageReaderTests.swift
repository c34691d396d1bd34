import JSON
import OpenAIAPI
import Simulation
import Testing

@Suite struct UsageReaderTests {
  private static let json = "application/json"
  private static let events = "text/event-stream; charset=utf-8"

  static let cases: [(type: String, answer: String, usage: ReportedUsage?)] = [
    (
      json,
      #"{"choices":[{"usage":{"prompt_tokens":9}}],"usage":{"prompt_tokens":3,"total_tokens":8,"completion_tokens":5,"#
        + #""prompt_tokens_details":{"cached_tokens":2}}}"#,
      ReportedUsage(promptTokens: 3, completionTokens: 5, cachedTokens: 2)
    ),
    (
      json, #"{ "us\u0061ge" : { "prompt_tokens" : 3 , "completion_tokens":5,"prompt_tokens_details":null} }"#,
      ReportedUsage(promptTokens: 3, completionTokens: 5)
    ),
    (
      json, #"{"type":"message","usage":{"input_tokens":7,"output_tokens":2}}"#,
      ReportedUsage(promptTokens: 7, completionTokens: 2)
    ),
    (
      json, #"{"usage":{"input_tokens":7,"input_tokens_details":{"cached_tokens":4},"output_tokens":2}}"#,
      ReportedUsage(promptTokens: 7, completionTokens: 2, cachedTokens: 4)
    ),
    (json, #"{"usage":{"prompt_tokens":3},"usage":{"prompt_tokens":4}}"#, ReportedUsage(promptTokens: 4)),
    (json, #"{"usage":{"prompt_tokens":3},"usage":null}"#, nil),
    (json, #"{"usage":{"prompt_tokens":3.0,"completion_tokens":-1}}"#, ReportedUsage(promptTokens: 3)),
    (json, #"{"usage":{"prompt_tokens":"3","completion_tokens":1e400}}"#, nil),
    (json, #"{"usage":"prompt_tokens"}"#, nil),
    (json, #"{"text":"\"usage\":{\"prompt_tokens\":3}"}"#, nil),
    (json, #"{"usage":{"prompt_tokens":3}"#, nil),
    (json, #"{"usage":{"prompt_tokens":3]}"#, nil),
    ("text/plain", #"{"usage":{"prompt_tokens":3}}"#, nil),
    (
      events,
      "data: {\"choices\":[],\"usage\":null}\n\n"
        + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5}}\n\ndata: [DONE]\n\n",
      ReportedUsage(promptTokens: 3, completionTokens: 5)
    ),
    (
      events,
      "data: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}\r\n\r\n"
        + "data: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\r\n\r\ndata: {\"usage\":null}\r\n\r\n",
      ReportedUsage(promptTokens: 3, completionTokens: 2)
    ),
    (
      events,
      "data: {}\ndata: {\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":10}}\ndata: [DONE]",
      ReportedUsage(promptTokens: 7, completionTokens: 10)
    ),
    (
      events,
      "data: {\"usage\":\ndata: {\"prompt_tokens\":7}}\n\n",
      ReportedUsage(promptTokens: 7)
    ),
    (
      events,
      "event: message_start\ndata: {\"type\":\"message_start\","
        + "\"message\":{\"usage\":{\"input_tokens\":25,\"output_tokens\":1}}}\n\n"
        + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{},\"usage\":{\"output_tokens\":15}}\n\n",
      ReportedUsage(promptTokens: 25, completionTokens: 15)
    ),
    (
      events,
      "data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"input_tokens\":5,"
        + "\"output_tokens\":6,\"input_tokens_details\":{\"cached_tokens\":1}}}}\n\n",
      ReportedUsage(promptTokens: 5, completionTokens: 6, cachedTokens: 1)
    ),
    (events, "data: {\"usage\":\ndata: {\"prompt_tokens\":3}}\n\n", ReportedUsage(promptTokens: 3)),
    (events, "data: {\"usage\":{\"prompt_tokens\":3}\n\ndata: {}\n\n", nil),
    (events, "data: {\"usage\":{\"prompt_tokens\":3}}", ReportedUsage(promptTokens: 3)),
    (events, ": {\"usage\":{\"prompt_tokens\":3}}\n\n", nil),
  ]

  @Test(arguments: cases)
  func readsTheCountsHoweverTheAnswerIsCut(_ type: String, _ answer: String, _ usage: ReportedUsage?) {
    let bytes = Array(answer.utf8)
    var random = SplitMix64(seed: 1)
    for places in cuts(of: bytes.count, using: &random) {
      #expect(read(bytes.cut(at: places), type).usage == usage, "cut at \(places)")
    }
  }

  @Test(arguments: [
    (#"{"choices":[{"delta":{"role":"assistant","content":""}}]}"#, false),
    (#"{"choices":[{"delta":{"content":"a"}}]}"#, true),
    (#"{"choices":[{"delta":{}},{"delta":{"content":"a"}}]}"#, true),
    (#"{"choices":[{"delta":{"reasoning_content":"a"}}]}"#, true),
    (#"{"choices":[{"delta":{"reasoning":"a","content":null}}]}"#, true),
    (#"{"choices":[{"delta":{"tool_calls":[{"index":0}]}}]}"#, true),
    (#"{"choices":[{"delta":{"tool_calls":[]}}]}"#, false),
    (#"{"choices":[{"text":"a"}]}"#, true),
    (#"{"choices":[{"text":"","finish_reason":"stop"}]}"#, false),
    (#"{"choices":[]}"#, false),
    (#"{"type":"content_block_delta","delta":{"type":"text_delta","text":"a"}}"#, true),
    (#"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#, false),
    (#"{"type":"response.output_text.delta","delta":"a"}"#, true),
    (#"{"type":"response.created","response":{"text":"a"}}"#, false),
    (#"{"content":"a"}"#, false),
  ])
  func knowsTheFirstContent(_ event: String, _ isContent: Bool) {
    let reader = read(
      [Array("data: {\"choices\":[]}\n\n".utf8), Array("data: \(event)\n\n".utf8), Array("data: [DONE]\n\n".utf8)],
      Self.events)
    #expect(reader.firstContentAt == (isContent ? 1 : nil))
    #expect(reader.eventCount == 2)
  }

  @Test func theTimeIsThatOfTheChunkThatEndsTheEvent() {
    let chunks = ["data: {\"choices\":[{\"text\":\"a\"}", "]}\n", "\n", "data: {\"choices\":[{\"text\":\"b\"}]}\n\n"]
    let reader = read(chunks.map { Array($0.utf8) }, Self.events)
    #expect(reader.firstContentAt == 2)
    #expect(reader.eventCount == 2)
  }

  @Test func anEventAboveTheLimitIsGivenUpAndTheNextOneIsNot() {
    let long = String(repeating: "x", count: UsageReader.maxKeptBytes)
    let answer = [
      "data: {\"choices\":[{\"text\":\"\(long)\"}],\"usage\":{\"prompt_tokens\":1,\"pad\":\"\(long)\"}}\n\n",
      "data: {\"choices\":[{\"text\":\"a\"}]}\n\n", "data: {\"pad\":\"\(long)\",\"usage\":{\"prompt_tokens\":4}}\n\n",
    ]
    let first = read([Array(answer[0].utf8)], Self.events)
    #expect(first.usage == nil && first.firstContentAt == nil && first.eventCount == 1)
    let all = read(answer.map { Array($0.utf8) }, Self.events)
    #expect(all.usage == ReportedUsage(promptTokens: 4))
    #expect(all.firstContentAt == 1)
    #expect(all.eventCount == 3)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func randomEventStreamsReadTheSameHoweverTheyAreCut(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<5 {
      let stream = randomUsageStream(using: &random)
      let bytes = Array(stream.text.utf8)
      for places in cuts(of: bytes.count, using: &random) {
        let reader = read(bytes.cut(at: places), Self.events)
        try #require(reader.usage == stream.usage, "\(stream.text) cut at \(places)")
        try #require(reader.eventCount == stream.events)
        try #require((reader.firstContentAt != nil) == stream.hasContent)
      }
    }
  }

  private func read(_ chunks: [[UInt8]], _ type: String) -> UsageReader {
    var reader = UsageReader(contentType: type, parser: JSONParser())
    for (index, chunk) in chunks.enumerated() {
      reader.read(chunk, at: Int64(index), isLast: index == chunks.count - 1)
    }
    return reader
  }

  private struct UsageStream {
    var text = ""
    var usage: ReportedUsage?
    var events = 0
    var hasContent = false
  }

  private func randomUsageStream(using random: inout SplitMix64) -> UsageStream {
    var stream = UsageStream()
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      var members: [String] = []
      if random.chance(50) {
        let content = random.chance(40) ? "\"usage\":{} \\ é\u{1}" : ""
        members.append("\"choices\":[{\"index\":0,\"delta\":{\"content\":\(quoted(content))}}]")
        if !content.isEmpty { stream.hasContent = true }
      }
      if random.chance(30) { members.append("\"nested\":{\"usage\":{\"prompt_tokens\":99}}") }
      if random.chance(70) {
        if random.chance(50) {
          members.append("\"usage\":null")
        } else {
          let (prompt, completion) = (Int.random(in: 0...999, using: &random), Int.random(in: 0...999, using: &random))
          let cached = random.chance(50) ? Int.random(in: 0...9, using: &random) : nil
          members.append(
            "\(spelled("usage", &random)): {\"prompt_tokens\":\(prompt), \"completion_tokens\" :\(completion)"
              + (cached.map { ",\"prompt_tokens_details\":{\"cached_tokens\":\($0)}" } ?? "") + "}")
          stream.usage = ReportedUsage(
            promptTokens: prompt, completionTokens: completion, cachedTokens: cached ?? stream.usage?.cachedTokens)
        }
      }
      let end = ["\n", "\r\n", "\r"].randomElement(using: &random)!
      if random.chance(20) { stream.text += ": ping\(end)\(end)" }
      stream.text +=
        "data: {" + members.shuffled(using: &random).joined(separator: random.chance(20) ? ",\(end)data: " : ",")
      stream.text += "}\(end)\(end)"
      stream.events += 1
    }
    if random.chance(50) { stream.text += "data: [DONE]\n\n" }
    return stream
  }
}
