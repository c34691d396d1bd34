import JSON
import OpenAIAPI
import Testing

@Suite struct RequestTests {
  @Test func everyFieldOfACompletionArrives() throws {
    let request = try completion(
      #"""
      {"model":"m","prompt":["a","é"],"max_tokens":9,"min_tokens":2,"n":3,"ignore_eos":true,"stop":["x","y"],
       "stop_token_ids":[1,4294967295],"include_stop_str_in_output":true,"seed":-5,"temperature":0.5,"top_p":1,
       "stream":true,"stream_options":{"include_usage":true,"continuous_usage_stats":true},"stream_interval":4,
       "return_token_ids":true,"return_tokens_as_token_ids":true,"priority":-1,"request_id":"r","session_id":"s",
       "cache_salt":"c","user":"u","logprobs":0,"echo":true,"best_of":"ignored","unknown":[1]}
      """#)
    #expect(request.model == "m")
    #expect(request.prompts == [.text([0x61]), .text([UInt8]("é".utf8))])
    var sampling = SamplingOptions()
    (sampling.maxTokens, sampling.minTokens, sampling.n, sampling.ignoreEOS) = (9, 2, 3, true)
    (sampling.stop, sampling.stopTokenIDs, sampling.includeStopStrInOutput) = (["x", "y"], [1, .max], true)
    (sampling.seed, sampling.temperature, sampling.topP) = (-5, 0.5, 1)
    #expect(request.sampling == sampling)
    var options = RequestOptions()
    (options.stream, options.streamInterval, options.returnTokenIDs) = (true, 4, true)
    (options.streamOptions.includeUsage, options.streamOptions.continuousUsageStats) = (true, true)
    (options.returnTokensAsTokenIDs, options.priority, options.requestID) = (true, -1, "r")
    (options.sessionID, options.cacheSalt, options.user) = ("s", "c", "u")
    #expect(request.options == options)
    #expect(request.logprobs == 0 && request.echo)
  }

  @Test func promptsComeInFourForms() throws {
    #expect(try completion(#"{"prompt":"a b"}"#).prompts == [.text([UInt8]("a b".utf8))])
    #expect(try completion(#"{"prompt":[1,2]}"#).prompts == [.tokenIDs([1, 2])])
    #expect(try completion(#"{"prompt":[[1],[2,3]]}"#).prompts == [.tokenIDs([1]), .tokenIDs([2, 3])])
    #expect(try completion(#"{"prompt":"a\u0000b"}"#).prompts == [.text([0x61, 0, 0x62])])
  }

  @Test func defaultsAreVLLMs() throws {
    let request = try completion(#"{"prompt":"a"}"#)
    #expect(request.model == nil && request.sampling == SamplingOptions() && request.options == RequestOptions())
    #expect(request.logprobs == nil && !request.echo)
    #expect(try completion(#"{"prompt":"a","model":""}"#).model == "")
    #expect(try completion(#"{"prompt":"a","echo":true,"max_tokens":0}"#).sampling.maxTokens == 0)
    #expect(try completion(#"{"prompt":"a","stream_options":{}}"#).options.streamOptions == StreamOptions())
  }

  @Test func unlimitedLogprobsHaveACeiling() throws {
    var limits = DecodingLimits()
    limits.maxLogprobs = -1
    #expect(try completion(#"{"prompt":"a","logprobs":-1}"#, limits).logprobs == DecodingLimits.logprobsCeiling)
    #expect(refusal { () throws(APIError) in try completion(#"{"prompt":"a","logprobs":1001}"#, limits) } != nil)
    #expect(refusal { () throws(APIError) in try completion(#"{"prompt":"a","logprobs":-1}"#) } != nil)
  }

  @Test func chatsFlattenToTheSimulatorsPrompt() throws {
    let request = try chat(
      #"""
      {"messages":[{"role":"system","content":"Be kind."},{"role":"user","content":[{"type":"text","text":"a"},"b"]},
       {"role":"assistant","content":null,"tool_calls":[{"function":{"name":"f","arguments":"{\"x\":1}"}}]},
       {"role":"tool","tool_call_id":"c1","name":"f","content":"ok"}],
       "max_completion_tokens":3,"max_tokens":9,"logprobs":true,"top_logprobs":2}
      """#)
    let expected = "### system: Be kind.\n### user: a\nb\n### assistant: [f({\"x\":1})]\n### tool(c1): ok\n"
    #expect(String(decoding: request.promptText, as: UTF8.self) == expected)
    #expect(request.echoText == [UInt8]("ok".utf8))
    #expect(request.sampling.maxTokens == 3 && request.logprobs && request.topLogprobs == 2)
    #expect(request.messages[3].name == "f" && request.messages[3].toolCallID == "c1")
    #expect(request.addGenerationPrompt && !request.continueFinalMessage)
  }

  @Test func echoNeedsTheAnswersRole() throws {
    let body = #"{"messages":[{"role":"assistant","content":"So"}],"echo":true}"#
    #expect(try chat(body).echoedContent(responseRole: "assistant") == [UInt8]("So".utf8))
    #expect(try chat(body).echoedContent(responseRole: "user") == nil)
    let continued = try chat(#"{"messages":[{"role":"assistant","content":"So"}],"continue_final_message":true}"#)
    #expect(continued.echoedContent(responseRole: "assistant") != nil && !continued.addGenerationPrompt)
  }

  @Test func smallRequests() throws {
    let tokenize = { (body: String) throws(APIError) in
      try decoded([UInt8](body.utf8)) { (b, p) throws(APIError) in try TokenizeRequest.decode(b, parser: p) }
    }
    #expect(try tokenize(#"{"prompt":"","return_token_strs":true}"#).input == .prompt([]))
    #expect(
      try tokenize(#"{"messages":[{"role":"u","content":"x"}]}"#).input
        == .messages([ChatMessage(role: "u", text: [0x78])]))
    #expect(refusal { () throws(APIError) in try tokenize("{}") }?.status == 400)
    #expect(
      refusal { () throws(APIError) in try tokenize(#"{"prompt":"a","messages":[]}"#) }?.message
        == "both prompt and messages fields in tokenize request")

    let detokenize = { (body: String) throws(APIError) in
      try decoded([UInt8](body.utf8)) { (b, p) throws(APIError) in try DetokenizeRequest.decode(b, parser: p) }
    }
    #expect(try detokenize(#"{"tokens":[1,2]}"#).tokens == [1, 2])
    #expect(refusal { () throws(APIError) in try detokenize(#"{"tokens":[-1]}"#) }?.param == "tokens.0")
    #expect(refusal { () throws(APIError) in try detokenize("{}") }?.param == "tokens")
  }

  @Test func adapterRequests() throws {
    let load = { (body: String) throws(APIError) in
      try decoded([UInt8](body.utf8)) { (b, p) throws(APIError) in try LoadLoRARequest.decode(b, parser: p) }
    }
    let unload = { (body: String) throws(APIError) in
      try decoded([UInt8](body.utf8)) { (b, p) throws(APIError) in try UnloadLoRARequest.decode(b, parser: p) }
    }
    let loaded = try load(#"{"lora_name":"a","lora_path":"/p","load_inplace":true}"#)
    #expect(loaded.name == "a" && loaded.path == "/p" && loaded.inPlace)
    #expect(refusal { () throws(APIError) in try load(#"{"lora_name":"a"}"#) } == .loraNameAndPathRequired)
    #expect(
      refusal { () throws(APIError) in try load(#"{"lora_name":"","lora_path":"/p"}"#) } == .loraNameAndPathRequired)
    #expect(refusal { () throws(APIError) in try load(#"{"lora_name":1,"lora_path":"/p"}"#) }?.param == "lora_name")
    #expect(try unload(#"{"lora_name":"a","lora_int_id":1}"#).name == "a")
    #expect(refusal { () throws(APIError) in try unload("{}") } == .loraNameRequired)
  }
}
