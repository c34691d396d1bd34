internal import JSON

/// The bodies of the small endpoints (vLLM 0.33, operations endpoints, embeddings and pooling).
public enum OperationsResponse {
  /// `/version`.
  public static func encodeVersion(_ version: String, into buffer: inout [UInt8]) {
    buffer.appendRaw(#"{"version":"#)
    buffer.appendJSON(version)
    buffer.appendRaw("}")
  }

  /// `/load`; requests in progress.
  public static func encodeLoad(_ requests: Int, into buffer: inout [UInt8]) {
    buffer.appendRaw(#"{"server_load":"#)
    buffer.appendJSON(requests)
    buffer.appendRaw("}")
  }

  /// `/tokenize`; `texts` are the tokens' UTF-8, with `return_token_strs`.
  public static func encodeTokenize(
    tokens: [UInt32], texts: [ArraySlice<UInt8>]?, maxModelLen: Int, into buffer: inout [UInt8]
  ) {
    buffer.appendRaw(#"{"count":"#)
    buffer.appendJSON(tokens.count)
    buffer.appendRaw(#","max_model_len":"#)
    buffer.appendJSON(maxModelLen)
    buffer.appendRaw(#","tokens":"#)
    buffer.appendTokenIDs(tokens[...])
    buffer.appendRaw(#","token_strs":"#)
    guard let texts else {
      buffer.appendRaw("null}")
      return
    }
    buffer.append(UInt8(ascii: "["))
    var isFirst = true
    for text in texts {
      if !isFirst { buffer.append(UInt8(ascii: ",")) }
      isFirst = false
      buffer.appendJSON(utf8: text)
    }
    buffer.appendRaw("]}")
  }

  /// `/detokenize`; `prompt` is UTF-8.
  public static func encodeDetokenize(prompt: [UInt8], into buffer: inout [UInt8]) {
    buffer.appendRaw(#"{"prompt":"#)
    buffer.appendJSON(utf8: prompt[...])
    buffer.appendRaw("}")
  }

  /// The plain text that answers a successful load.
  public static func loraLoaded(_ name: String) -> [UInt8] {
    [UInt8]("Success: LoRA adapter '\(name)' added successfully.".utf8)
  }

  /// The plain text that answers a successful unload.
  public static func loraUnloaded(_ name: String) -> [UInt8] {
    [UInt8]("Success: LoRA adapter '\(name)' removed successfully.".utf8)
  }
}
