internal import JSON

/// The fields that chat and completions share, as they are met in the body; `finish` checks them against each other.
struct CommonFields {
  var model: String?
  var sampling = SamplingOptions()
  var options = RequestOptions()
  var maxTokensField = "max_tokens"
  private var hasStreamOptions = false
  private var promptLogprobs: Int?
  private var remoteDecode = false
  private var unavailable: (field: String, what: String?)?

  /// Remembers that `field` asks for something that comes later; said only when nothing else is wrong.
  mutating func markUnavailable(_ field: String, _ what: String? = nil) {
    if unavailable == nil { unavailable = (field, what) }
  }

  /// Reads one member; unknown ones are ignored, as vLLM does.
  mutating func read(_ key: JSONKey, _ value: JSONValue) throws(APIError) {
    switch key {
    case "model": model = try value.optionalString("model")
    case "stream": options.stream = try value.optionalBool("stream") ?? false
    case "temperature": sampling.temperature = try value.optionalNumber("temperature")
    case "max_tokens": sampling.maxTokens = try value.optionalCount("max_tokens")
    case "n": sampling.n = try value.optionalCount("n") ?? 1
    case "stop": sampling.stop = try Self.stopStrings(value)
    case "ignore_eos": sampling.ignoreEOS = try value.optionalBool("ignore_eos") ?? false
    case "min_tokens": sampling.minTokens = try value.optionalCount("min_tokens") ?? 0
    case "seed": sampling.seed = try value.optionalInteger("seed")
    case "top_p": sampling.topP = try value.optionalNumber("top_p")
    case "stream_options":
      options.streamOptions = try StreamOptions(value)
      // An empty object is "not set", as in vLLM.
      hasStreamOptions = value.count > 0
    case "user": options.user = try value.optionalString("user")
    case "stop_token_ids": sampling.stopTokenIDs = value.isNull ? [] : try value.tokenIDs("stop_token_ids")
    case "include_stop_str_in_output":
      sampling.includeStopStrInOutput = try value.optionalBool("include_stop_str_in_output") ?? false
    default:
      if try readOption(key, value) { return }
      if try readSampler(key, value) { return }
      try readUnavailable(key, value)
    }
  }

  private mutating func readOption(_ key: JSONKey, _ value: JSONValue) throws(APIError) -> Bool {
    switch key {
    case "stream_interval":
      options.streamInterval = try value.optionalCount("stream_interval")
      if let interval = options.streamInterval, interval < 1 {
        throw .badRequest("stream_interval must be at least 1, got \(interval).", param: "stream_interval")
      }
    case "return_token_ids": options.returnTokenIDs = try value.optionalBool("return_token_ids") ?? false
    case "return_tokens_as_token_ids":
      options.returnTokensAsTokenIDs = try value.optionalBool("return_tokens_as_token_ids")
    case "return_prompt_text": options.returnPromptText = try value.optionalBool("return_prompt_text") ?? false
    case "routed_experts_prompt_start": _ = try value.optionalCount("routed_experts_prompt_start")
    case "priority": options.priority = try value.optionalCount("priority") ?? 0
    case "request_id": options.requestID = try value.optionalString("request_id")
    case "session_id": options.sessionID = try value.optionalString("session_id")
    case "cache_salt":
      options.cacheSalt = try value.optionalString("cache_salt")
      if let salt = options.cacheSalt {
        if salt.isEmpty {
          throw .badRequest("Parameter 'cache_salt' must be a non-empty string if provided.", param: "cache_salt")
        }
        let length = salt.unicodeScalars.count
        if length > 128 {
          throw .invalidField(
            "cache_salt", expected: "a string of at most 128 characters", got: "\(length) characters")
        }
      }
    default: return false
    }
    return true
  }

  /// Fields of vLLM's sampler: they cannot change made-up text, so they are checked and left alone.
  private func readSampler(_ key: JSONKey, _ value: JSONValue) throws(APIError) -> Bool {
    switch key {
    case "top_k":
      if let k = try value.optionalInteger("top_k"), k < -1 {
        throw .badRequest("top_k must be 0 (disable), or at least 1, got \(k).", param: "top_k")
      }
    case "min_p":
      if let p = try value.optionalNumber("min_p"), !(0...1).contains(p) {
        throw .badRequest("min_p must be in [0, 1], got \(p).", param: "min_p")
      }
    case "presence_penalty":
      if let p = try value.optionalNumber("presence_penalty"), !(-2...2).contains(p) {
        throw .badRequest("presence_penalty must be in [-2, 2], got \(p).", param: "presence_penalty")
      }
    case "frequency_penalty":
      if let p = try value.optionalNumber("frequency_penalty"), !(-2...2).contains(p) {
        throw .badRequest("frequency_penalty must be in [-2, 2], got \(p).", param: "frequency_penalty")
      }
    case "repetition_penalty":
      if let p = try value.optionalNumber("repetition_penalty"), p <= 0 {
        throw .badRequest("repetition_penalty must be greater than zero, got \(p).", param: "repetition_penalty")
      }
    case "length_penalty": _ = try value.optionalNumber("length_penalty")
    case "logit_bias": try Self.checkLogitBias(value)
    case "thinking_token_budget": _ = try value.optionalInteger("thinking_token_budget")
    case "allowed_token_ids", "logprob_token_ids":
      if !value.isNull { _ = try value.tokenIDs(key.string) }
    case "bad_words":
      try value.checkArray("bad_words") { (word, index) throws(APIError) in
        _ = try word.requiredString("bad_words.\(index)")
      }
    case "skip_special_tokens", "spaces_between_special_tokens", "add_special_tokens", "parallel_tool_calls",
      "include_reasoning", "return_weight_versions", "return_mm_kwargs":
      _ = try value.optionalBool(key.string)
    case "reasoning_effort", "truncation_side", "chat_template": _ = try value.optionalString(key.string)
    case "documents": try value.checkArray("documents")
    case "vllm_xargs", "chat_template_kwargs", "media_io_kwargs", "mm_processor_kwargs", "ec_transfer_params",
      "repetition_detection":
      try value.checkObject(key.string)
    default: return false
    }
    return true
  }

  /// Fields whose features come later.
  private mutating func readUnavailable(_ key: JSONKey, _ value: JSONValue) throws(APIError) {
    switch key {
    case "prompt_logprobs": promptLogprobs = try value.optionalCount("prompt_logprobs")
    case "use_beam_search":
      if try value.optionalBool("use_beam_search") == true { markUnavailable("use_beam_search") }
    case "return_token_offsets":
      if try value.optionalBool("return_token_offsets") == true { markUnavailable("return_token_offsets") }
    case "truncate_prompt_tokens":
      if try value.optionalInteger("truncate_prompt_tokens") != nil { markUnavailable("truncate_prompt_tokens") }
    case "cache_hit_threshold":
      if let threshold = try value.optionalNumber("cache_hit_threshold"), threshold > 0 {
        markUnavailable("cache_hit_threshold")
      }
    case "guided_json", "guided_regex", "guided_choice", "guided_grammar":
      if !value.isNull { markUnavailable(key.string) }
    case "response_format": try readResponseFormat(value)
    case "structured_outputs": try readStructuredOutputs(value)
    case "kv_transfer_params": try readKVTransfer(value)
    default: break
    }
  }

  private mutating func readResponseFormat(_ value: JSONValue) throws(APIError) {
    try value.checkObject("response_format")
    if value.isNull { return }
    guard let type = value.member("type") else { throw .missingField("response_format.type") }
    switch try type.requiredString("response_format.type") {
    case "text": break
    case "json_schema":
      let schema = value.member("json_schema")
      try schema?.checkObject("response_format.json_schema")
      if schema?.isNull ?? true {
        throw .badRequest(
          "When response_format type is 'json_schema', the 'json_schema' field must be provided.",
          param: "response_format")
      }
      markUnavailable("response_format")
    default: markUnavailable("response_format")
    }
  }

  private mutating func readStructuredOutputs(_ value: JSONValue) throws(APIError) {
    try value.checkObject("structured_outputs")
    var constraints = 0
    for (key, value) in value.members {
      switch key {
      case "json", "regex", "choice", "grammar", "json_object", "structural_tag":
        if !value.isNull { constraints += 1 }
      default: break
      }
    }
    if constraints > 1 {
      throw .badRequest(
        "You can only use one kind of constraints for structured outputs ('json', 'regex' or 'choice').",
        param: "structured_outputs")
    }
    if constraints == 1 { markUnavailable("structured_outputs") }
  }

  private mutating func readKVTransfer(_ value: JSONValue) throws(APIError) {
    try value.checkObject("kv_transfer_params")
    for (key, value) in value.members {
      switch key {
      case "do_remote_decode":
        if try value.optionalBool("kv_transfer_params.do_remote_decode") == true {
          remoteDecode = true
          markUnavailable("kv_transfer_params.do_remote_decode")
        }
      case "do_remote_prefill":
        if try value.optionalBool("kv_transfer_params.do_remote_prefill") == true {
          markUnavailable("kv_transfer_params.do_remote_prefill")
        }
      default: break
      }
    }
  }

  private static func stopStrings(_ value: JSONValue) throws(APIError) -> [String] {
    switch value.kind {
    case .null: return []
    case .string: return [try value.requiredString("stop")]
    case .array:
      var strings: [String] = []
      strings.reserveCapacity(Swift.min(value.count, 64))
      for element in value.elements { strings.append(try element.requiredString("stop.\(strings.count)")) }
      return strings
    default: throw value.mismatch("stop", expected: "a string or an array of strings")
    }
  }

  private static func checkLogitBias(_ value: JSONValue) throws(APIError) {
    try value.checkObject("logit_bias")
    var strangers: [String] = []
    for (key, value) in value.members {
      let name = key.string
      if Int64(name) == nil { strangers.append(name) }
      if try value.optionalNumber("logit_bias.\(name)") == nil {
        throw value.mismatch("logit_bias.\(name)", expected: "a finite number")
      }
    }
    if !strangers.isEmpty {
      throw .badRequest(
        "logit_bias contains key(s) that cannot be converted to integer token IDs: "
          + strangers.prefix(8).joined(separator: ", "),
        param: "logit_bias")
    }
  }

  /// Checks the fields against each other and against `limits`. `allowZeroMax`: `echo` asks for the prompt only.
  func finish(_ limits: DecodingLimits, allowZeroMax: Bool = false) throws(APIError) {
    try checkCounts(limits, allowZeroMax: allowZeroMax)
    try checkSampling(limits)
    if hasStreamOptions, !options.stream {
      throw .badRequest("Stream options can only be defined when `stream=True`.", param: "stream_options")
    }
    if let promptLogprobs {
      if options.stream, promptLogprobs > 0 || promptLogprobs == -1 {
        throw .badRequest("`prompt_logprobs` are not available when `stream=True`.", param: "prompt_logprobs")
      }
      throw .notAvailableYet("prompt_logprobs")
    }
    if remoteDecode, options.stream {
      throw .badRequest("Prefill does not support streaming", param: "kv_transfer_params")
    }
    if let unavailable { throw .notAvailableYet(unavailable.field, unavailable.what) }
  }

  private func checkCounts(_ limits: DecodingLimits, allowZeroMax: Bool) throws(APIError) {
    let n = sampling.n
    if n < 1 { throw .badRequest("n must be at least 1, got \(n).", param: "n") }
    if n > limits.maxChoices { throw .badRequest("n must be at most \(limits.maxChoices), got \(n).", param: "n") }
    if sampling.minTokens < 0 {
      throw .badRequest(
        "min_tokens must be greater than or equal to 0, got \(sampling.minTokens).", param: "min_tokens")
    }
    guard let most = sampling.maxTokens else { return }
    if most < (allowZeroMax ? 0 : 1) {
      throw .badRequest("\(maxTokensField) must be at least 1, got \(most).", param: maxTokensField)
    }
    if sampling.minTokens > most {
      throw .badRequest(
        "min_tokens must be less than or equal to max_tokens=\(most), got \(sampling.minTokens).", param: "min_tokens")
    }
  }

  private func checkSampling(_ limits: DecodingLimits) throws(APIError) {
    if let t = sampling.temperature {
      if t < 0 { throw .badRequest("temperature must be non-negative, got \(t).", param: "temperature") }
      if t > 2 { throw .badRequest("temperature must be in [0, 2], got \(t).", param: "temperature") }
      if t == 0, sampling.n > 1 {
        throw .badRequest("n must be 1 when using greedy sampling, got \(sampling.n).", param: "n")
      }
    }
    if let p = sampling.topP, !(p > 0 && p <= 1) {
      throw .badRequest("top_p must be in (0, 1], got \(p).", param: "top_p")
    }
    if sampling.stop.count > limits.maxStopStrings {
      throw .badRequest(
        "stop must have at most \(limits.maxStopStrings) strings, got \(sampling.stop.count).", param: "stop")
    }
    if sampling.stop.contains(where: \.isEmpty) {
      throw .badRequest("stop cannot contain an empty string.", param: "stop")
    }
  }
}
