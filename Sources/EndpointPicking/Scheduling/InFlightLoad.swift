/// Requests and tokens that were sent to endpoints and have not finished (GIE v1.5, in-flight load producer).
struct InFlightLoad: Sendable {
  private var requests: [Int] = []
  private var tokens: [Int] = []

  /// Requests on the way at the endpoint with this handle.
  @inline(__always)
  func requests(_ handle: Int) -> Int { handle < requests.count ? requests[handle] : 0 }

  /// Tokens on the way there.
  @inline(__always)
  func tokens(_ handle: Int) -> Int { handle < tokens.count ? tokens[handle] : 0 }

  /// Counts one request more (`by` 1) or less (-1).
  mutating func add(_ by: Int, tokens count: Int, at handle: Int) {
    guard handle >= 0 else { return }
    while requests.count <= handle {
      requests.append(0)
      tokens.append(0)
    }
    requests[handle] = max(0, requests[handle] + by)
    tokens[handle] = max(0, tokens[handle] + by * count)
  }

  /// Forgets an endpoint.
  mutating func remove(_ handle: Int) {
    guard handle < requests.count else { return }
    requests[handle] = 0
    tokens[handle] = 0
  }

  /// The estimate for a body of `bytes`: a token per four bytes of input, and one and a half times that of output.
  static func estimatedTokens(bytes: Int) -> Int {
    let input = min(max(bytes, 0), 1 << 40) / PrefixCacheSettings.charactersPerToken
    return input + input + input / 2
  }
}
