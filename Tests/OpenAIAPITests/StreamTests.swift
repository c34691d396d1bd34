import OpenAIAPI
import Testing

@Suite struct StreamTests {
  private func text(_ encode: (inout [UInt8]) -> Void) -> String {
    var buffer: [UInt8] = []
    encode(&buffer)
    return String(decoding: buffer, as: UTF8.self)
  }

  private let hi = [UInt8](#"h\"i"#.utf8)[...]
  private let usage = Usage(promptTokens: 2, completionTokens: 1)
  private let usageJSON =
    #","usage":{"prompt_tokens":2,"total_tokens":3,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":0}}"#
  private let chatHead =
    #"data: {"id":"chatcmpl-r","object":"chat.completion.chunk","created":17,"model":"m","choices":["#
  private let textHead = #"data: {"id":"cmpl-r","object":"text_completion","created":17,"model":"m","choices":["#

  @Test func chat() {
    let encoder = ChatChunkEncoder(identity: .chat(requestID: "r", created: 17, model: "m"), index: 1)
    #expect(
      text { encoder.appendRole(into: &$0) }
        == chatHead + #"{"index":1,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}"#
        + "\n\n")
    #expect(
      text { encoder.appendRole(promptTokenIDs: [5], usage: usage, into: &$0) }
        == chatHead + #"{"index":1,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]"#
        + usageJSON + #","prompt_token_ids":[5]}"# + "\n\n")
    let plain =
      chatHead + #"{"index":1,"delta":{"content":"h\"i"},"logprobs":null,"finish_reason":null,"token_ids":null}]}"#
      + "\n\n"
    #expect(text { encoder.appendDelta(hi, into: &$0) } == plain)
    #expect(text { encoder.appendDelta(hi, extras: .init(), into: &$0) } == plain)
    #expect(
      text {
        encoder.beginDelta(into: &$0)
        $0.append(contentsOf: hi)
        encoder.endDelta(into: &$0)
      } == plain)
    #expect(plain.utf8.count == encoder.deltaOverhead + hi.count)
    #expect(
      text { encoder.appendLastDelta(hi, finishReason: .length, into: &$0) }
        == chatHead + #"{"index":1,"delta":{"content":"h\"i"},"logprobs":null,"finish_reason":"length","#
        + #""stop_reason":null,"token_ids":null}]}"# + "\n\n")
    #expect(text { encoder.appendUsage(usage, into: &$0) } == chatHead + "]" + usageJSON + "}\n\n")
  }

  @Test func chatWithExtras() {
    let identity = ResponseIdentity.chat(requestID: "r", created: 17, model: "m", systemFingerprint: "fp")
    let encoder = ChatChunkEncoder(identity: identity, index: 0)
    let logprobs = ChatLogprobs(
      tokens: [GeneratedToken(id: 9, text: [0x61])], firstPosition: 4, topCount: 2, asTokenIDs: true)
    let extras = ChatChunkEncoder.Extras(logprobs: logprobs, tokenIDs: [9], usage: usage)
    let content =
      #"{"index":0,"delta":{"content":"h\"i"},"logprobs":{"content":[{"token":"token_id:9","logprob":-1.1,"#
      + #""bytes":[97],"top_logprobs":[{"token":"token_id:9","logprob":-1.1,"bytes":[97]},"#
      + #"{"token":"token_id:10","logprob":-1.6,"bytes":[116,111,107,101,110,95,105,100,58,49,48]}]}]},"#
    #expect(
      text { encoder.appendDelta(hi, extras: extras, into: &$0) }
        == chatHead + content + #""finish_reason":null,"token_ids":[9]}]"# + usageJSON + "}\n\n")
    #expect(
      text { encoder.appendLastDelta(hi, finishReason: .stopString("x"), extras: extras, into: &$0) }
        == chatHead + content + #""finish_reason":"stop","stop_reason":"x","token_ids":[9]}],"system_fingerprint":"fp""#
        + usageJSON + "}\n\n")
  }

  @Test func completion() {
    let encoder = CompletionChunkEncoder(identity: .completion(requestID: "r", created: 17, model: "m"), index: 2)
    let plain =
      textHead + #"{"index":2,"text":"h\"i","logprobs":null,"finish_reason":null,"stop_reason":null,"#
      + #""prompt_token_ids":null,"token_ids":null}]}"# + "\n\n"
    #expect(text { encoder.appendDelta(hi, into: &$0) } == plain)
    #expect(text { encoder.appendDelta(hi, extras: .init(), into: &$0) } == plain)
    #expect(text { encoder.appendDelta([], into: &$0) }.utf8.count == encoder.deltaOverhead)
    let extras = CompletionChunkEncoder.Extras(
      logprobs: CompletionLogprobs(tokens: [GeneratedToken(id: 9, text: [0x61])], firstPosition: 2, firstOffset: 30),
      tokenIDs: [9], promptTokenIDs: [1, 2], usage: usage)
    #expect(
      text { encoder.appendLastDelta([], finishReason: .stopToken(9), extras: extras, into: &$0) }
        == textHead + #"{"index":2,"text":"","logprobs":{"text_offset":[30],"token_logprobs":[-1.2],"tokens":["a"],"#
        + #""top_logprobs":[{"a":-1.2}]},"finish_reason":"stop","stop_reason":9,"prompt_token_ids":[1,2],"#
        + #""token_ids":[9]}]"# + usageJSON + "}\n\n")
    #expect(text { encoder.appendUsage(usage, into: &$0) } == textHead + "]" + usageJSON + "}\n\n")
  }

  @Test func namesAreEscapedInTemplates() {
    let encoder = ChatChunkEncoder(
      identity: .chat(requestID: "\"\n", created: 17, model: "a\\b"), index: 0, role: "r\"")
    #expect(text { encoder.appendDelta(hi, into: &$0) }.hasPrefix(#"data: {"id":"chatcmpl-\"\n","#))
    #expect(
      text { encoder.appendRole(into: &$0) }.contains(#""model":"a\\b","choices":[{"index":0,"delta":{"role":"r\"","#))
  }

  @Test func framesOfTheirOwn() {
    #expect(text { ServerSentEvents.appendDone(to: &$0) } == "data: [DONE]\n\n")
    #expect(text { ServerSentEvents.appendKeepAlive(to: &$0) } == ": keep-alive\n\n")
    #expect(
      text { ServerSentEvents.appendError(.internalError("x"), to: &$0) }
        == #"data: {"error":{"message":"x","type":"InternalServerError","param":null,"code":500}}"# + "\n\n")
  }
}
