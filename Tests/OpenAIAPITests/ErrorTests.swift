import OpenAIAPI
import Testing

@Suite struct ErrorTests {
  /// An error and its body, which is given in parts to keep lines short.
  struct Row: CustomTestStringConvertible, Sendable {
    let error: APIError
    let body: String

    init(_ error: APIError, _ parts: String...) {
      self.error = error
      body = parts.joined()
    }

    var testDescription: String { error.message }
  }

  static let rows: [Row] = [
    Row(
      .modelNotFound("a\"b"),
      #"{"error":{"message":"The model `a\"b` does not exist.","type":"NotFoundError","param":"model","code":404}}"#),
    Row(
      .unauthorized,
      #"{"error":"Unauthorized"}"#),
    Row(
      .notFound,
      #"{"error":{"message":"Not Found","type":"Not Found","param":null,"code":404}}"#),
    Row(
      .methodNotAllowed,
      #"{"error":{"message":"Method Not Allowed","type":"Method Not Allowed","param":null,"code":405}}"#),
    Row(
      .contextExceeded(maxModelLen: 1024, promptTokens: 2, maxTokens: 5000),
      #"{"error":{"message":"This model's maximum context length is 1024 tokens. However, you requested 5002 tokens "#,
      #"(2 in the messages, 5000 in the completion). Please reduce the length of the messages or completion","#,
      #""type":"BadRequestError","param":null,"code":400}}"#),
    Row(
      .promptTooLong(maxModelLen: 10, promptTokens: 12),
      #"{"error":{"message":"This model's maximum context length is 10 tokens. However, your prompt contains 12 "#,
      #"input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input "#,
      #"prompt. (parameter=input_tokens, value=12)","type":"BadRequestError","param":"input_tokens","code":400}}"#),
    Row(
      .queueFull(status: 429),
      #"{"error":{"message":"Failed to enqueue request, waiting requests queue is full","type":"RateLimitError","#,
      #""param":null,"code":429}}"#),
    Row(
      .queueFull(status: 503),
      #"{"error":{"message":"The engine is currently busy and cannot accept new requests. Please try again later or "#,
      #"on a different instance.","type":"Service Unavailable","param":null,"code":503}}"#),
    Row(
      .loraNotFound("x"),
      #"{"error":{"message":"The lora adapter 'x' cannot be found.","type":"NotFoundError","param":null,"code":404}}"#),
    Row(
      .loraAlreadyLoaded("x"),
      #"{"error":{"message":"The lora adapter 'x' has already been loaded. If you want to load the adapter in place, "#,
      #"set 'load_inplace' to True.","type":"InvalidUserInput","param":null,"code":400}}"#),
    Row(
      .injectedRateLimit(model: "m"),
      #"{"error":{"message":"Rate limit reached for m in organization org-xxx on requests per min (RPM): Limit 3, "#,
      #"Used 3, Requested 1.","type":"RateLimitError","param":null,"code":429}}"#),
    Row(
      .injectedInvalidAPIKey,
      #"{"error":{"message":"Incorrect API key provided.","type":"AuthenticationError","param":null,"code":401}}"#),
    Row(
      .injectedContextLength,
      #"{"error":{"message":"This model's maximum context length is 4096 tokens. However, your messages resulted in "#,
      #"4500 tokens.","type":"BadRequestError","param":"messages","code":400}}"#),
    Row(
      .injectedServerError,
      #"{"error":{"message":"The server is overloaded or not ready yet.","type":"InternalServerError","param":null,"#,
      #""code":503}}"#),
    Row(
      .injectedInvalidRequest,
      #"{"error":{"message":"Invalid request: missing required parameter 'model'.","type":"BadRequestError","#,
      #""param":"model","code":400}}"#),
    Row(
      .injectedModelNotFound(model: "m"),
      #"{"error":{"message":"The model 'm-nonexistent' does not exist","type":"NotFoundError","param":"model","#,
      #""code":404}}"#),
  ]

  @Test(arguments: rows)
  func bodies(_ row: Row) {
    #expect(String(decoding: row.error.body, as: UTF8.self) == row.body)
  }

  @Test(arguments: [
    ("429", 429, "Simulated error triggered by X-Return-Error header (code 429)", "RateLimitError"),
    ("500", 500, "Simulated error triggered by X-Return-Error header (code 500)", "InternalServerError"),
    ("418", 418, "Simulated error triggered by X-Return-Error header (code 418)", "APIConnectionError"),
    ("abc", 400, "Invalid X-Return-Error header value \"abc\": must be an integer", "BadRequestError"),
    ("", 400, "Invalid X-Return-Error header value \"\": must be an integer", "BadRequestError"),
    ("99999", 400, "Invalid X-Return-Error header value \"99999\": must be from 200 to 599", "BadRequestError"),
    ("101", 400, "Invalid X-Return-Error header value \"101\": must be from 200 to 599", "BadRequestError"),
  ])
  func returnErrorHeader(_ value: String, _ status: Int, _ message: String, _ type: String) {
    #expect(APIError.requested(byHeader: value) == APIError(status: status, message: message, type: type))
  }

  @Test func sumsDoNotOverflow() {
    let error = APIError.contextExceeded(maxModelLen: 1, promptTokens: .max, maxTokens: .max)
    #expect(error.message.contains("you requested \(Int.max) tokens"))
  }
}
