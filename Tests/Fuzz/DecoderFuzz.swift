import JSON
import OpenAIAPI

/// One parser for all inputs, as an event loop of the server has. libFuzzer calls from one thread only.
nonisolated(unsafe) private let parser = JSONParser()

/// libFuzzer's entry: every decoder reads every input. Built and run by `scripts/fuzz`; not part of the package.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let body = UnsafeRawBufferPointer(start: data, count: data == nil ? 0 : count)
  func attempt(_ decode: () throws(APIError) -> Void) {
    do throws(APIError) {
      try decode()
    } catch {
      // A refusal must itself be valid JSON with a client's status.
      precondition((400..<500).contains(error.status), "a body can only cause a 4xx")
      precondition((try? parser.parse(error.body)) != nil, "an error body must be JSON")
    }
  }
  attempt { () throws(APIError) in
    let request = try CompletionRequest.decode(body, parser: parser)
    precondition(!request.prompts.isEmpty && request.sampling.n >= 1)
  }
  attempt { () throws(APIError) in
    let request = try ChatCompletionRequest.decode(body, parser: parser)
    precondition(!request.messages.isEmpty && request.promptText.count >= request.echoText.count)
  }
  attempt { () throws(APIError) in _ = try TokenizeRequest.decode(body, parser: parser) }
  attempt { () throws(APIError) in _ = try DetokenizeRequest.decode(body, parser: parser) }
  attempt { () throws(APIError) in _ = try LoadLoRARequest.decode(body, parser: parser) }
  attempt { () throws(APIError) in _ = try UnloadLoRARequest.decode(body, parser: parser) }
  checkRoundTrip(body)
  return 0
}

/// What parses must serialize to JSON that parses and serializes to the same bytes.
private func checkRoundTrip(_ body: UnsafeRawBufferPointer) {
  guard let document = try? parser.parse(body) else { return }
  var once: [UInt8] = []
  document.withRoot { $0.serialize(into: &once) }
  guard let again = try? parser.parse(once) else { preconditionFailure("serialized JSON must parse") }
  var twice: [UInt8] = []
  again.withRoot { $0.serialize(into: &twice) }
  precondition(once == twice, "serializing is stable")
}
