internal import JSON

/// `stream_options` of a request.
public struct StreamOptions: Equatable, Sendable {
  /// Usage is sent in a frame of its own at the end.
  public var includeUsage = false
  /// Usage so far is sent in every frame.
  public var continuousUsageStats = false

  /// Neither.
  public init() {}

  init(_ value: JSONValue) throws(APIError) {
    try value.checkObject("stream_options")
    for (key, value) in value.members {
      switch key {
      case "include_usage": includeUsage = try value.optionalBool("stream_options.include_usage") ?? false
      case "continuous_usage_stats":
        continuousUsageStats = try value.optionalBool("stream_options.continuous_usage_stats") ?? false
      default: break
      }
    }
  }
}
