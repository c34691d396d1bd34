internal import HTTPServer

/// Who may call, and from which web pages (vLLM: `--api-key`, `--allowed-origins` and their like).
struct AccessControl {
  private static let guardedPrefixes = ["/v1", "/v2", "/inference", "/cohere"]

  private let api: APIConfiguration

  init(_ api: APIConfiguration) { self.api = api }

  /// True when the path is open, the method is OPTIONS, or the bearer token is one of the keys.
  ///
  /// - Parameter path: what is asked for, which routes may have changed.
  func isAllowed(_ exchange: Exchange, path: String) -> Bool {
    guard !api.apiKeys.isEmpty, exchange.method != .options else { return true }
    let path = path.dropFirst(path.hasPrefix(api.rootPath) ? api.rootPath.count : 0)
    guard Self.guardedPrefixes.contains(where: { path.hasPrefix($0) }) else { return true }
    guard let header = exchange.header("authorization") else { return false }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
    let given = Array(parts[1].utf8)
    // Every key is compared to its end, so that the time taken tells nothing about it.
    var matches = false
    for key in api.apiKeys where Self.equal(given, Array(key.utf8)) { matches = true }
    return matches
  }

  private static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count else { return false }
    var difference: UInt8 = 0
    for index in a.indices { difference |= a[index] ^ b[index] }
    return difference == 0
  }

  /// No answer ever has CORS headers.
  var sendsNoCORS: Bool { api.allowedOrigins.isEmpty }

  /// Adds what a browser needs to see, for origins that are allowed.
  func appendCORS(to headers: inout [HTTPHeader], for exchange: Exchange) {
    guard !api.allowedOrigins.isEmpty, let origin = exchange.header("origin") else { return }
    let anyOrigin = api.allowedOrigins.contains("*")
    guard anyOrigin || api.allowedOrigins.contains(origin) else { return }
    if anyOrigin, !api.allowCredentials {
      headers.append(HTTPHeader("Access-Control-Allow-Origin", "*"))
    } else {
      headers.append(HTTPHeader("Access-Control-Allow-Origin", origin))
      headers.append(HTTPHeader("Vary", "Origin"))
    }
    if api.allowCredentials { headers.append(HTTPHeader("Access-Control-Allow-Credentials", "true")) }
    guard exchange.method == .options, let wanted = exchange.header("access-control-request-method") else { return }
    let anyMethod = api.allowedMethods.contains("*")
    headers.append(
      HTTPHeader("Access-Control-Allow-Methods", anyMethod ? wanted : api.allowedMethods.joined(separator: ", ")))
    if let names = exchange.header("access-control-request-headers") {
      let anyHeader = api.allowedHeaders.contains("*")
      headers.append(
        HTTPHeader("Access-Control-Allow-Headers", anyHeader ? names : api.allowedHeaders.joined(separator: ", ")))
    }
    headers.append(HTTPHeader("Access-Control-Max-Age", "600"))
  }
}
