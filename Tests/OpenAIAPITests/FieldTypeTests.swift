import JSON
import OpenAIAPI
import Testing

/// Every known field refuses every other type and names itself.
@Suite struct FieldTypeTests {
  /// JSON values of each kind, with the words that a refusal uses for them.
  static let samples: [(kind: String, json: String, words: String)] = [
    ("boolean", "true", "a boolean"), ("integer", "7", "7"), ("fraction", "1.5", "1.5"),
    ("string", #""s""#, "a string"),
    ("array", "[{}]", "an array"), ("object", #"{"\u0001":[]}"#, "an object"),
    ("huge", "1e400", "a number out of range"),
  ]

  static let common: [(String, Set<String>)] = [
    ("model", ["string"]), ("stream", ["boolean"]), ("temperature", ["integer", "fraction"]),
    ("max_tokens", ["integer"]),
    ("n", ["integer"]), ("stop", ["string"]), ("ignore_eos", ["boolean"]), ("min_tokens", ["integer"]),
    ("seed", ["integer"]), ("top_p", ["integer", "fraction"]), ("stream_options", ["object"]), ("user", ["string"]),
    ("stop_token_ids", []), ("include_stop_str_in_output", ["boolean"]), ("stream_interval", ["integer"]),
    ("return_token_ids", ["boolean"]), ("return_tokens_as_token_ids", ["boolean"]),
    ("return_prompt_text", ["boolean"]), ("priority", ["integer"]), ("request_id", ["string"]),
    ("session_id", ["string"]), ("cache_salt", ["string"]), ("top_k", ["integer"]),
    ("min_p", ["integer", "fraction"]), ("presence_penalty", ["integer", "fraction"]),
    ("frequency_penalty", ["integer", "fraction"]), ("repetition_penalty", ["integer", "fraction"]),
    ("length_penalty", ["integer", "fraction"]), ("logit_bias", ["object"]), ("thinking_token_budget", ["integer"]),
    ("allowed_token_ids", []), ("logprob_token_ids", []), ("bad_words", []), ("skip_special_tokens", ["boolean"]),
    ("spaces_between_special_tokens", ["boolean"]), ("add_special_tokens", ["boolean"]),
    ("parallel_tool_calls", ["boolean"]), ("include_reasoning", ["boolean"]), ("return_weight_versions", ["boolean"]),
    ("return_mm_kwargs", ["boolean"]), ("return_token_offsets", ["boolean"]), ("reasoning_effort", ["string"]),
    ("truncation_side", ["string"]), ("chat_template", ["string"]), ("documents", ["array"]),
    ("vllm_xargs", ["object"]), ("chat_template_kwargs", ["object"]), ("media_io_kwargs", ["object"]),
    ("mm_processor_kwargs", ["object"]), ("ec_transfer_params", ["object"]), ("repetition_detection", ["object"]),
    ("prompt_logprobs", ["integer"]), ("use_beam_search", ["boolean"]), ("truncate_prompt_tokens", ["integer"]),
    ("cache_hit_threshold", ["integer", "fraction"]), ("response_format", ["object"]),
    ("structured_outputs", ["object"]), ("kv_transfer_params", ["object"]), ("echo", ["boolean"]),
  ]

  static let onlyCompletion: [(String, Set<String>)] = [
    ("prompt", ["string"]), ("logprobs", ["integer"]), ("suffix", ["string"]),
  ]

  static let onlyChat: [(String, Set<String>)] = [
    ("messages", []), ("logprobs", ["boolean"]), ("top_logprobs", ["integer"]),
    ("max_completion_tokens", ["integer"]), ("add_generation_prompt", ["boolean"]),
    ("continue_final_message", ["boolean"]), ("tools", []), ("tool_choice", ["string", "object"]),
  ]

  @Test(arguments: common + onlyCompletion)
  func completionFields(_ field: String, _ allowed: Set<String>) {
    check(field, allowed) { json throws(APIError) in
      _ = try completion(field == "prompt" ? "{\(json)}" : #"{"prompt":"x",\#(json)}"#)
    }
  }

  @Test(arguments: common + onlyChat)
  func chatFields(_ field: String, _ allowed: Set<String>) {
    check(field, allowed) { json throws(APIError) in
      _ = try chat(field == "messages" ? "{\(json)}" : "{\(ValidationTests.messages),\(json)}")
    }
  }

  private func check(_ field: String, _ allowed: Set<String>, _ decode: (String) throws(APIError) -> Void) {
    for sample in Self.samples {
      let error = refusal { () throws(APIError) in try decode("\"\(field)\":\(sample.json)") }
      // A wrong array may be blamed on its element; an object's members are another test.
      let blamed = error?.param == field || (sample.kind == "array" && error?.param?.hasPrefix(field + ".") == true)
      let isTypeError =
        blamed && error?.type == "Bad Request" && error?.status == 400
        && error?.message.hasPrefix("1 validation error:\n  \(field)") == true
      #expect(isTypeError == !allowed.contains(sample.kind), "\(sample.kind): \(String(describing: error))")
      if isTypeError, error?.param == field {
        #expect(error?.message.hasSuffix("got \(sample.words)") == true, "\(String(describing: error?.message))")
      }
    }
  }

  @Test(arguments: common + onlyCompletion)
  func nullIsAbsentInCompletions(_ field: String, _ allowed: Set<String>) throws {
    guard field != "prompt" else { return }
    let plain = try completion(#"{"prompt":"x"}"#)
    #expect(try completion(#"{"prompt":"x","\#(field)":null}"#) == plain)
  }

  @Test(arguments: common + onlyChat)
  func nullIsAbsentInChats(_ field: String, _ allowed: Set<String>) throws {
    guard field != "messages" else { return }
    let plain = try chat("{\(ValidationTests.messages)}")
    #expect(try chat("{\(ValidationTests.messages),\"\(field)\":null}") == plain)
  }

  @Test(arguments: [
    (#"{"prompt":["a",1]}"#, "prompt.1", "a string"),
    (#"{"prompt":[1,"a"]}"#, "prompt.1", "a token id from 0 to 4294967295"),
    (#"{"prompt":[[1],2]}"#, "prompt.1", "an array of token ids"),
    (#"{"prompt":[[-1]]}"#, "prompt.0.0", "a token id from 0 to 4294967295"),
    (#"{"prompt":[4294967296]}"#, "prompt.0", "a token id from 0 to 4294967295"),
    (#"{"prompt":[1.5]}"#, "prompt.0", "a token id from 0 to 4294967295"),
    (#"{"prompt":"x","stop":["a",1]}"#, "stop.1", "a string"),
    (#"{"prompt":"x","bad_words":[1]}"#, "bad_words.0", "a string"),
    (#"{"prompt":"x","logit_bias":{"1":"a"}}"#, "logit_bias.1", "a finite number"),
    (
      #"{"prompt":"x","stream":true,"stream_options":{"include_usage":1}}"#, "stream_options.include_usage", "a boolean"
    ),
    (
      #"{"prompt":"x","kv_transfer_params":{"do_remote_decode":1}}"#, "kv_transfer_params.do_remote_decode", "a boolean"
    ),
    (#"{"prompt":"x","max_tokens":9999999999}"#, "max_tokens", "an integer from -2147483648 to 2147483647"),
    (#"{"prompt":"x","max_tokens":99999999999999999999}"#, "max_tokens", "an integer"),
    (#"[]"#, "body", "an object"), ("7", "body", "an object"),
  ])
  func nestedFieldsOfCompletions(_ body: String, _ param: String, _ expected: String) {
    let error = refusal { () throws(APIError) in try completion(body) }
    #expect(error?.param == param)
    #expect(error?.message.hasPrefix("1 validation error:\n  \(param): expected \(expected), got ") == true)
  }

  @Test(arguments: [
    (#"{"messages":["x"]}"#, "messages.0"), (#"{"messages":[{"role":1}]}"#, "messages.0.role"),
    (#"{"messages":[{"content":"x"}]}"#, "messages.0.role"), (#"{"model":"m"}"#, "messages"),
    (#"{"messages":[{"role":"user","content":5}]}"#, "messages.0.content"),
    (#"{"messages":[{"role":"user","content":[5]}]}"#, "messages.0.content.0"),
    (#"{"messages":[{"role":"user","content":[{"text":"x"}]}]}"#, "messages.0.content.0.type"),
    (#"{"messages":[{"role":"user","content":[{"type":"text"}]}]}"#, "messages.0.content.0.text"),
    (#"{"messages":[{"role":"user","content":[{"type":"text","text":1}]}]}"#, "messages.0.content.0.text"),
    (#"{"messages":[{"role":"a","tool_calls":[{}]}]}"#, "messages.0.tool_calls.0.function"),
    (#"{"messages":[{"role":"a","tool_calls":[{"function":{"name":1}}]}]}"#, "messages.0.tool_calls.0.function.name"),
    (#"{"messages":[{"role":"a","tool_call_id":1}]}"#, "messages.0.tool_call_id"),
    (#"{"messages":[{"role":"a","name":[]}]}"#, "messages.0.name"),
    (#"{"messages":[{"role":"a"}],"tools":[{"type":"function"}]}"#, "tools.0.function"),
    (#"{"messages":[{"role":"a"}],"response_format":{}}"#, "response_format.type"),
  ])
  func nestedFieldsOfChats(_ body: String, _ param: String) {
    let error = refusal { () throws(APIError) in try chat(body) }
    #expect(error?.param == param)
    #expect(error?.type == "Bad Request")
  }
}
