/// What servers see instead of the URL that the client asked for (Gateway API v1.4, HTTPURLRewriteFilter).
struct URLRewrite: Hashable, Sendable {
  /// The name that servers elsewhere get as the host; nil: their own.
  var hostname: String?
  /// nil: the path as it came.
  var path: PathChange?

  /// What this says, and where it says nothing what `other` does.
  func over(_ other: URLRewrite?) -> URLRewrite {
    URLRewrite(hostname: hostname ?? other?.hostname, path: path ?? other?.path)
  }
}
