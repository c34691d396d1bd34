import JSON
import OpenAIAPI

/// Decodes a body written as text, for tests.
func completion(_ body: String, _ limits: DecodingLimits = DecodingLimits()) throws(APIError) -> CompletionRequest {
  let bytes = [UInt8](body.utf8)
  return try decoded(bytes) { (buffer, parser) throws(APIError) in
    try CompletionRequest.decode(buffer, parser: parser, limits: limits)
  }
}

func chat(_ body: String, _ limits: DecodingLimits = DecodingLimits()) throws(APIError) -> ChatCompletionRequest {
  let bytes = [UInt8](body.utf8)
  return try decoded(bytes) { (buffer, parser) throws(APIError) in
    try ChatCompletionRequest.decode(buffer, parser: parser, limits: limits)
  }
}

func decoded<Request>(
  _ bytes: [UInt8], parser: JSONParser = JSONParser(),
  _ decode: (UnsafeRawBufferPointer, JSONParser) throws(APIError) -> Request
) throws(APIError) -> Request {
  let result: Result<Request, APIError> = bytes.withUnsafeBytes { buffer in
    do throws(APIError) { return .success(try decode(buffer, parser)) } catch { return .failure(error) }
  }
  return try result.get()
}

/// The error of a call that must fail, else nil.
func refusal<Request>(_ body: () throws(APIError) -> Request) -> APIError? {
  do throws(APIError) {
    _ = try body()
    return nil
  } catch {
    return error
  }
}
