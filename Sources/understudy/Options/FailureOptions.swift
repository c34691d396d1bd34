import ArgumentParser

/// Failures on purpose.
struct FailureOptions: ParsableArguments {
  @Option(help: "Percentage of requests that fail, 0 to 100. Default: 0.")
  var failureInjectionRate: Int?

  @Option(
    help: """
      How they fail: rate_limit, invalid_api_key, context_length, server_error, invalid_request, model_not_found. \
      Default: any of them. Takes several words.
      """)
  var failureTypes: WordList?
}
