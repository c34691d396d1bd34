/// What the routing of a request may depend on.
///
/// The front door's own request type conforms to it, so that a header is looked at only when a rule asks for it.
protocol RouteRequest {
  /// The Host header as sent, maybe with a port; nil when there is none.
  var host: String? { get }
  /// `GET`, `POST`, …
  var method: String { get }
  /// Percent-decoded, without the query.
  var path: String { get }
  /// The value of a header by its name in lower case.
  func header(_ name: String) -> String?
  /// The first value of a query argument, percent-decoded.
  func queryArgument(_ name: String) -> String?
}
