/// What is to be done to headers. Values are written as `raw_value`, the only field that every gateway honours.
struct HeaderChanges: Equatable, Sendable {
  /// Each takes the place of whatever there is of that name.
  var set: [ReplyHeader] = []
  /// Taken off before others are set.
  var removed: [String] = []

  mutating func append(_ name: String, _ value: String) { set.append(ReplyHeader(name, Array(value.utf8))) }
}

/// A header to be set.
struct ReplyHeader: Equatable, Sendable {
  var name: String
  var value: [UInt8]

  init(_ name: String, _ value: [UInt8]) {
    self.name = name
    self.value = value
  }
}

/// What becomes of a body.
enum BodyChange: Equatable, Sendable {
  /// It stays as it is.
  case none
  /// This takes its place.
  case replaced([UInt8])
  /// Full duplex: this goes on instead of what came.
  case chunk(ArraySlice<UInt8>, isLast: Bool)
}

/// The answer to headers or to a body: `CommonResponse`.
struct CommonReply: Equatable, Sendable {
  var headers = HeaderChanges()
  var body = BodyChange.none
  /// The route is chosen again, with the changed headers.
  var clearsRouteCache = false
}

/// An answer in the server's stead: `ImmediateResponse`.
struct ImmediateReply: Equatable, Sendable {
  /// 200 or higher.
  var status: Int
  var headers = HeaderChanges()
  var body: [UInt8]
}

/// One message to a gateway (Envoy's external processing protocol, `ProcessingResponse`).
struct ProcessorReply: Equatable, Sendable {
  /// What it answers.
  enum Kind: Equatable, Sendable {
    case requestHeaders(CommonReply)
    case requestBody(CommonReply)
    case requestTrailers
    case responseHeaders(CommonReply)
    case responseBody(CommonReply)
    case responseTrailers
    case immediate(ImmediateReply)
  }

  var kind: Kind
  /// Goes to the gateway's metadata under `envoy.lb`.
  var destination: RoutedDestination?

  init(_ kind: Kind, destination: RoutedDestination? = nil) {
    self.kind = kind
    self.destination = destination
  }
}

/// Where a request goes, for gateways that look into metadata.
struct RoutedDestination: Equatable, Sendable {
  /// The same text as in the header.
  var value: String
  /// Scores by `ip:port`; empty unless asked for.
  var scores: [String: Double] = [:]
}
