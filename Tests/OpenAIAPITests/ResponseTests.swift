import OpenAIAPI
import Testing

@Suite struct ResponseTests {
  static let tokens = [
    GeneratedToken(id: 7, text: [UInt8]("Hé".utf8)[...]), GeneratedToken(id: 8, text: [UInt8](" \"".utf8)[...]),
    GeneratedToken(id: 9, text: [UInt8]("\n".utf8)[...]),
  ]
  static let usage = Usage(promptTokens: 12, completionTokens: 3, cachedTokens: 4)
  static let usageJSON =
    #""usage":{"prompt_tokens":12,"total_tokens":15,"completion_tokens":3,"prompt_tokens_details":"#
    + #"{"cached_tokens":4},"completion_tokens_details":null}"#

  private func text(_ encode: (inout [UInt8]) -> Void) -> String {
    var buffer: [UInt8] = []
    encode(&buffer)
    return String(decoding: buffer, as: UTF8.self)
  }

  @Test func chat() {
    let identity = ResponseIdentity.chat(requestID: "r", created: 17, model: "m")
    let choice = ChatChoice(index: 0, escapedContent: [UInt8](#"a\n"#.utf8), finishReason: .stop)
    let response = ChatCompletionResponse(identity: identity, choices: [choice], usage: Self.usage)
    #expect(
      text { response.encode(into: &$0) }
        == #"{"id":"chatcmpl-r","object":"chat.completion","created":17,"model":"m","choices":[{"index":0,"#
        + #""message":{"role":"assistant","content":"a\n","refusal":null,"annotations":null,"audio":null,"#
        + #""function_call":null,"reasoning":null},"logprobs":null,"finish_reason":"stop","stop_reason":null,"#
        + #""token_ids":null,"routed_experts":null,"weight_versions":null}],"service_tier":null,"#
        + #""system_fingerprint":null,\#(Self.usageJSON),"prompt_logprobs":null,"prompt_token_ids":null,"#
        + #""prompt_text":null,"kv_transfer_params":null,"ec_transfer_params":null,"metrics":null}"#)
  }

  @Test func chatWithEverything() {
    let identity = ResponseIdentity.chat(requestID: "r", created: 17, model: "m", systemFingerprint: "fp")
    var choice = ChatChoice(index: 1, escapedContent: [], finishReason: .stopString("\n"))
    choice.logprobs = ChatLogprobs(tokens: Self.tokens[0..<1], topCount: 2)
    choice.tokenIDs = [7]
    var response = ChatCompletionResponse(identity: identity, choices: [choice, choice], usage: Self.usage)
    response.promptTokenIDs = [1, 2]
    response.promptText = [UInt8]("p\"".utf8)
    let json = text { response.encode(into: &$0) }
    let logprobs =
      #""logprobs":{"content":[{"token":"Hé","logprob":-1.0,"bytes":[72,195,169],"top_logprobs":["#
      + #"{"token":"Hé","logprob":-1.0,"bytes":[72,195,169]},"#
      + #"{"token":"Hé_1","logprob":-1.5,"bytes":[72,195,169,95,49]}]}]}"#
    #expect(json.contains(#"\#(logprobs),"finish_reason":"stop","stop_reason":"\n","token_ids":[7],"#))
    #expect(json.contains(#"},{"index":1,"message":"#))
    #expect(json.contains(#""system_fingerprint":"fp","#))
    #expect(json.contains(#""prompt_token_ids":[1,2],"prompt_text":"p\"","#))
  }

  @Test func completion() {
    let identity = ResponseIdentity.completion(requestID: "r", created: 17, model: "m")
    var choice = CompletionChoice(index: 0, escapedText: [UInt8]("ab".utf8), finishReason: .length)
    choice.logprobs = CompletionLogprobs(tokens: Self.tokens[...], count: 2)
    var other = CompletionChoice(index: 1, escapedText: [], finishReason: .stopToken(5))
    (other.tokenIDs, other.promptTokenIDs) = ([], [3])
    let response = CompletionResponse(identity: identity, choices: [choice, other], usage: Self.usage)
    let tail = #""routed_experts":null,"weight_versions":null}"#
    #expect(
      text { response.encode(into: &$0) }
        == #"{"id":"cmpl-r","object":"text_completion","created":17,"model":"m","choices":[{"index":0,"text":"ab","#
        + #""logprobs":{"text_offset":[0,2,4],"token_logprobs":[-1.0,-1.1,-1.2],"tokens":["Hé"," \"","\n"],"#
        + #""top_logprobs":[{"Hé":-1.0,"Hé_1":-1.5},{" \"":-1.1," \"_1":-1.6},{"\n":-1.2,"\n_1":-1.7}]},"#
        + #""finish_reason":"length","stop_reason":null,"token_ids":null,"prompt_logprobs":null,"#
        + #""prompt_token_ids":null,\#(tail),{"index":1,"text":"","logprobs":null,"finish_reason":"stop","#
        + #""stop_reason":5,"token_ids":[],"prompt_logprobs":null,"prompt_token_ids":[3],\#(tail)],"#
        + #""service_tier":null,"system_fingerprint":null,\#(Self.usageJSON),"kv_transfer_params":null,"#
        + #""ec_transfer_params":null,"metrics":null}"#)
  }

  @Test func echoedLogprobsBeginWithNull() {
    let logprobs = CompletionLogprobs(tokens: Self.tokens[0..<2], count: 0, asTokenIDs: true, firstIsNull: true)
    var choice = CompletionChoice(index: 0, escapedText: [], finishReason: .abort)
    choice.logprobs = logprobs
    let identity = ResponseIdentity.completion(requestID: "r", created: 17, model: "m")
    let json = text { CompletionResponse(identity: identity, choices: [choice], usage: Self.usage).encode(into: &$0) }
    #expect(
      json.contains(
        #""logprobs":{"text_offset":[0,2],"token_logprobs":[null,-1.1],"tokens":["token_id:7","token_id:8"],"#
          + #""top_logprobs":[null,{"token_id:8":-1.1}]},"finish_reason":"abort","#))
    #expect(logprobs.endOffset == 4)
  }

  @Test func models() {
    let cards = [
      ModelCard.model("m", created: 17, maxModelLen: 1024), .adapter("l", path: nil, base: "m", created: 17),
      .adapter("k", path: "/p", base: "m", created: 17),
    ]
    let json = text { ModelCard.encodeList(cards, into: &$0) }
    let permission =
      #""object":"model_permission","created":17,"allow_create_engine":false,"allow_sampling":true,"#
      + #""allow_logprobs":true,"allow_search_indices":false,"allow_view":true,"allow_fine_tuning":false,"#
      + #""organization":"*","group":null,"is_blocking":false}]}"#
    // FNV-1a of "m".
    #expect(
      json.hasPrefix(
        #"{"object":"list","data":[{"id":"m","object":"model","created":17,"owned_by":"vllm","root":"m","parent":null,"#
          + #""max_model_len":1024,"permission":[{"id":"modelperm-af63e04c8601f358",\#(permission),"#))
    #expect(json.contains(#"{"id":"l","object":"model","created":17,"owned_by":"vllm","root":"l","parent":"m","#))
    #expect(json.contains(#""root":"/p","parent":"m","max_model_len":null,"#))
  }

  @Test func operations() {
    #expect(text { OperationsResponse.encodeVersion("0.33.0", into: &$0) } == #"{"version":"0.33.0"}"#)
    #expect(text { OperationsResponse.encodeLoad(3, into: &$0) } == #"{"server_load":3}"#)
    #expect(
      text { OperationsResponse.encodeTokenize(tokens: [1, 2], texts: nil, maxModelLen: 9, into: &$0) }
        == #"{"count":2,"max_model_len":9,"tokens":[1,2],"token_strs":null}"#)
    #expect(
      text {
        OperationsResponse.encodeTokenize(
          tokens: [7], texts: [Self.tokens[0].text], maxModelLen: 9, into: &$0)
      } == #"{"count":1,"max_model_len":9,"tokens":[7],"token_strs":["Hé"]}"#)
    #expect(
      text { OperationsResponse.encodeDetokenize(prompt: [0x61, 0xFF], into: &$0) } == "{\"prompt\":\"a\u{FFFD}\"}")
    #expect(
      String(decoding: OperationsResponse.loraLoaded("x"), as: UTF8.self)
        == "Success: LoRA adapter 'x' added successfully.")
    #expect(
      String(decoding: OperationsResponse.loraUnloaded("x"), as: UTF8.self)
        == "Success: LoRA adapter 'x' removed successfully.")
  }
}
