import OpenAIAPI
import Testing

/// One refusal: the fields added to a valid body, the message, and the field blamed.
struct Refusal: CustomTestStringConvertible, Sendable {
  let fields: String
  let message: String
  let param: String?

  init(_ fields: String, _ message: String, _ param: String?) {
    self.fields = fields
    self.message = message
    self.param = param
  }

  var testDescription: String { fields }
}

@Suite struct ValidationTests {
  static let messages = #""messages":[{"role":"user","content":"Hi"}]"#

  /// vLLM 0.33's semantic validation, the same for chat and completions.
  @Test(arguments: [
    Refusal(#""n":0"#, "n must be at least 1, got 0.", "n"),
    Refusal(#""n":-3"#, "n must be at least 1, got -3.", "n"),
    Refusal(#""n":16385"#, "n must be at most 16384, got 16385.", "n"),
    Refusal(#""n":2,"temperature":0"#, "n must be 1 when using greedy sampling, got 2.", "n"),
    Refusal(#""temperature":-0.5"#, "temperature must be non-negative, got -0.5.", "temperature"),
    Refusal(#""temperature":2.5"#, "temperature must be in [0, 2], got 2.5.", "temperature"),
    Refusal(#""top_p":0"#, "top_p must be in (0, 1], got 0.0.", "top_p"),
    Refusal(#""top_p":1.1"#, "top_p must be in (0, 1], got 1.1.", "top_p"),
    Refusal(#""top_k":-2"#, "top_k must be 0 (disable), or at least 1, got -2.", "top_k"),
    Refusal(#""min_p":-0.1"#, "min_p must be in [0, 1], got -0.1.", "min_p"),
    Refusal(#""presence_penalty":2.1"#, "presence_penalty must be in [-2, 2], got 2.1.", "presence_penalty"),
    Refusal(#""frequency_penalty":-3"#, "frequency_penalty must be in [-2, 2], got -3.0.", "frequency_penalty"),
    Refusal(
      #""repetition_penalty":0"#, "repetition_penalty must be greater than zero, got 0.0.", "repetition_penalty"),
    Refusal(#""max_tokens":0"#, "max_tokens must be at least 1, got 0.", "max_tokens"),
    Refusal(#""max_tokens":-7"#, "max_tokens must be at least 1, got -7.", "max_tokens"),
    Refusal(#""min_tokens":-1"#, "min_tokens must be greater than or equal to 0, got -1.", "min_tokens"),
    Refusal(
      #""min_tokens":9,"max_tokens":8"#, "min_tokens must be less than or equal to max_tokens=8, got 9.", "min_tokens"),
    Refusal(
      #""stream_options":{"include_usage":true}"#, "Stream options can only be defined when `stream=True`.",
      "stream_options"),
    Refusal(
      #""prompt_logprobs":1,"stream":true"#, "`prompt_logprobs` are not available when `stream=True`.",
      "prompt_logprobs"),
    Refusal(#""stop":"""#, "stop cannot contain an empty string.", "stop"),
    Refusal(#""stop":["a",""]"#, "stop cannot contain an empty string.", "stop"),
    Refusal(#""stop":["a","b","c","d","e"]"#, "stop must have at most 4 strings, got 5.", "stop"),
    Refusal(
      #""logit_bias":{"x":1,"5":2}"#,
      "logit_bias contains key(s) that cannot be converted to integer token IDs: x", "logit_bias"),
    Refusal(#""cache_salt":"""#, "Parameter 'cache_salt' must be a non-empty string if provided.", "cache_salt"),
    Refusal(#""stream_interval":0"#, "stream_interval must be at least 1, got 0.", "stream_interval"),
    Refusal(
      #""structured_outputs":{"regex":"a","choice":["b"]}"#,
      "You can only use one kind of constraints for structured outputs ('json', 'regex' or 'choice').",
      "structured_outputs"),
    Refusal(
      #""response_format":{"type":"json_schema"}"#,
      "When response_format type is 'json_schema', the 'json_schema' field must be provided.", "response_format"),
    Refusal(
      #""kv_transfer_params":{"do_remote_decode":true},"stream":true"#, "Prefill does not support streaming",
      "kv_transfer_params"),
  ])
  func common(_ refusal: Refusal) {
    let inChat = OpenAIAPITests.refusal { () throws(APIError) in
      try chat("{\(Self.messages),\(refusal.fields)}")
    }
    let inCompletion = OpenAIAPITests.refusal { () throws(APIError) in
      try completion(#"{"prompt":"Hi",\#(refusal.fields)}"#)
    }
    for error in [inChat, inCompletion] {
      #expect(error?.message == refusal.message)
      #expect(error?.param == refusal.param)
      #expect(error?.status == 400 && error?.type == "BadRequestError")
    }
  }

  /// Fields whose features come later name themselves.
  @Test(arguments: [
    (#""response_format":{"type":"json_object"}"#, "response_format"),
    (#""response_format":{"type":"json_schema","json_schema":{}}"#, "response_format"),
    (#""structured_outputs":{"regex":"a"}"#, "structured_outputs"),
    (#""guided_json":{}"#, "guided_json"), (#""guided_regex":"a""#, "guided_regex"),
    (#""guided_choice":["a"]"#, "guided_choice"), (#""guided_grammar":"a""#, "guided_grammar"),
    (#""prompt_logprobs":1"#, "prompt_logprobs"), (#""use_beam_search":true"#, "use_beam_search"),
    (#""truncate_prompt_tokens":5"#, "truncate_prompt_tokens"),
    (#""cache_hit_threshold":0.5"#, "cache_hit_threshold"),
    (#""return_token_offsets":true"#, "return_token_offsets"),
    (#""kv_transfer_params":{"do_remote_decode":true}"#, "kv_transfer_params.do_remote_decode"),
    (#""kv_transfer_params":{"do_remote_prefill":true}"#, "kv_transfer_params.do_remote_prefill"),
  ])
  func notAvailableYet(_ fields: String, _ param: String) {
    let expected = APIError(status: 400, message: "`\(param)` is not available yet", param: param)
    #expect(refusal { () throws(APIError) in try chat("{\(Self.messages),\(fields)}") } == expected)
    #expect(refusal { () throws(APIError) in try completion(#"{"prompt":"Hi",\#(fields)}"#) } == expected)
  }

  @Test(arguments: [
    Refusal(#""prompt":"""#, "Either prompt or prompt_embeds must be provided and non-empty.", "prompt"),
    Refusal(#""prompt":null"#, "Either prompt or prompt_embeds must be provided and non-empty.", "prompt"),
    Refusal(#""model":"m""#, "Either prompt or prompt_embeds must be provided and non-empty.", "prompt"),
    Refusal(#""prompt":[]"#, "prompt array must contain at least one prompt", "prompt"),
    Refusal(#""prompt":["a",""]"#, "prompt must not contain an empty string", "prompt"),
    Refusal(#""prompt":[[1],[]]"#, "prompt must not contain an empty token-id array", "prompt"),
    Refusal(#""prompt":["a","b","c"]"#, "prompt must have at most 2 prompts, got 3.", "prompt"),
    Refusal(
      #""prompt":["a","b"],"n":9"#, "n times the number of prompts must be at most 16, got 18.", "n"),
    Refusal(#""prompt":"a","logprobs":-2"#, "logprobs must be non-negative or -1, got -2.", "logprobs"),
    Refusal(
      #""prompt":"a","logprobs":21"#, "Requested sample logprobs of 21, which is greater than max allowed: 20",
      "logprobs"),
    Refusal(#""prompt":"a","suffix":"b","echo":true"#, "Echo is unsupported with suffix.", "suffix"),
    Refusal(#""prompt":"a","suffix":"b""#, "`suffix` is not available yet", "suffix"),
    Refusal(#""prompt_embeds":"b""#, "`prompt_embeds` is not available yet", "prompt_embeds"),
    Refusal(#""prompt":"a","echo":true,"max_tokens":-1"#, "max_tokens must be at least 1, got -1.", "max_tokens"),
  ])
  func completions(_ refusal: Refusal) {
    var limits = DecodingLimits()
    (limits.maxPrompts, limits.maxSequences) = (2, 16)
    let error = OpenAIAPITests.refusal { () throws(APIError) in try completion("{\(refusal.fields)}", limits) }
    #expect(error == APIError(status: 400, message: refusal.message, param: refusal.param))
  }

  @Test(arguments: [
    Refusal(#""messages":[]"#, "messages must contain at least one message.", "messages"),
    Refusal(
      "\(messages),\"max_completion_tokens\":0,\"max_tokens\":5", "max_completion_tokens must be at least 1, got 0.",
      "max_completion_tokens"),
    Refusal(
      "\(messages),\"top_logprobs\":2", "when using `top_logprobs`, `logprobs` must be set to true.", "top_logprobs"),
    Refusal(
      "\(messages),\"top_logprobs\":-2,\"logprobs\":true", "`top_logprobs` must be a positive value or -1.",
      "top_logprobs"),
    Refusal(
      "\(messages),\"top_logprobs\":21,\"logprobs\":true",
      "Requested sample logprobs of 21, which is greater than max allowed: 20", "top_logprobs"),
    Refusal(
      "\(messages),\"continue_final_message\":true,\"add_generation_prompt\":true",
      "Cannot set both `continue_final_message` and `add_generation_prompt` to True.", nil),
    Refusal(
      "\(messages),\"tools\":[]",
      "`tools` must not be an empty array. Either provide at least one tool or omit the field entirely.", "tools"),
    Refusal("\(messages),\"tool_choice\":\"auto\"", "When using `tool_choice`, `tools` must be set.", "tool_choice"),
    Refusal("\(messages),\(tools)", "`tools` is not available yet", "tools"),
    Refusal("\(messages),\(tools),\"tool_choice\":\"required\"", "`tools` is not available yet", "tools"),
    Refusal(
      "\(messages),\(tools),\"tool_choice\":\"some\"",
      "Invalid value for `tool_choice`: some! Only named tools, \"none\", \"auto\" or \"required\" are supported.",
      "tool_choice"),
    Refusal(
      "\(messages),\(tools),\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"g\"}}",
      "The tool specified in `tool_choice` does not match any of the specified `tools`", "tool_choice"),
    Refusal(
      "\(messages),\(tools),\"structured_outputs\":{\"regex\":\"a\"}",
      "You can only either use constraints for structured outputs or tools, not both.", nil),
    Refusal(
      #""messages":[{"role":"user","content":["a",{"type":"image_url","image_url":{"url":"u"}}]}]"#,
      "content of type `image_url` (`messages.0.content.1`) is not available yet", "messages.0.content.1"),
    Refusal(
      #""messages":[{"role":"user","content":[{"type":"smell"}]}]"#,
      "Unknown content part type `smell` at `messages.0.content.0`.", "messages.0.content.0"),
  ])
  func chats(_ refusal: Refusal) {
    let error = OpenAIAPITests.refusal { () throws(APIError) in try chat("{\(refusal.fields)}") }
    #expect(error == APIError(status: 400, message: refusal.message, param: refusal.param))
  }

  static let tools = #""tools":[{"type":"function","function":{"name":"f"}}]"#

  @Test func toolsAreAcceptedWhenTheyAreNotToBeUsed() throws {
    _ = try chat("{\(Self.messages),\(Self.tools),\"tool_choice\":\"none\"}")
    _ = try chat("{\(Self.messages),\"tool_choice\":\"none\"}")
  }

  @Test(arguments: [
    ("", "empty document at byte 0"), ("{", "unexpected end of the document at byte 1"),
    (#"{"prompt":"a"} x"#, "unexpected character at byte 15"),
    (#"{"prompt":"a\#0b"}"#, "NUL byte at byte 12"),
  ])
  func malformedBodies(_ body: String, _ detail: String) {
    let expected = APIError(
      status: 400, message: "Failed to read and parse request body, \(detail)", type: "Bad Request")
    #expect(refusal { () throws(APIError) in try completion(body) } == expected)
    #expect(refusal { () throws(APIError) in try chat(body) } == expected)
  }
}
