import ArgumentParser

/// Who may call, and under which paths.
struct AccessOptions: ParsableArguments {
  @Option(help: "Accepted bearer tokens. Default: VLLM_API_KEY, else none is needed. Takes several words.")
  var apiKey: WordList?

  @Option(help: "CORS origins, as words or a JSON list. Default: no CORS headers.")
  var allowedOrigins: WordList?

  @Option(help: "CORS methods, as words or a JSON list. Default: *.")
  var allowedMethods: WordList?

  @Option(help: "CORS headers, as words or a JSON list. Default: *.")
  var allowedHeaders: WordList?

  @Flag(inversion: .prefixedNo, help: "Allow CORS requests with credentials.")
  var allowCredentials: Bool?

  @Option(help: "Path prefix in front of every route, for example /vllm.")
  var rootPath: String?
}
