import EndpointPicking
import OpenAIAPI

@testable import ExternalProcessor

/// A stream with a director that answers at once, and all that came of it.
struct StreamFixture {
  typealias Decision = Result<Direction, InferenceError>

  var stream: ProcessorStream
  var decide: (DirectedRequest) -> Decision
  private(set) var replies: [ProcessorReply] = []
  private(set) var requests: [DirectedRequest] = []
  private(set) var routed: [Int] = []
  private(set) var responded: [(status: Int?, servedBy: String?)] = []
  private(set) var finished: [RequestOutcome] = []
  private(set) var refusals: [Refusal] = []
  private(set) var isClosed = false
  private var now: Int64 = 1000

  /// Sends everything to `destination`, under `target` if that is given.
  init(
    _ options: ProcessorOptions = ProcessorOptions(), destination: String = "10.0.0.1:8000", target: String? = nil,
    decide: ((DirectedRequest) -> Decision)? = nil
  ) {
    stream = ProcessorStream(options)
    self.decide =
      decide ?? { request in
        let model = request.model ?? ""
        return .success(
          Direction(destination: destination, incomingModel: model, targetModel: target ?? model, token: request.id))
      }
  }

  /// Hands over a message; gives the replies to it.
  @discardableResult
  mutating func send(
    _ event: GatewayEvent?, modes: BodyModes? = nil, subset: SubsetHint? = nil, served: ServedEndpoint = .unsaid,
    isObserved: Bool = false
  ) throws -> [ProcessorReply] {
    var message = GatewayMessage(event)
    message.modes = modes
    message.subset = subset
    message.served = served
    message.isObserved = isObserved
    now += 1
    let before = replies.count
    carryOut(try stream.receive(message, at: now))
    return Array(replies[before...])
  }

  mutating func end() {
    now += 1
    carryOut(stream.end(at: now))
  }

  private mutating func carryOut(_ effects: [ProcessorEffect]) {
    for effect in effects {
      switch effect {
      case .reply(let reply): replies.append(reply)
      case .direct(let request):
        requests.append(request)
        now += 1
        carryOut(stream.resolve(decide(request), at: now))
      case .routed(_, let bytes): routed.append(bytes)
      case .responded(_, let status, let servedBy): responded.append((status, servedBy))
      case .finished(_, let outcome): finished.append(outcome)
      case .refused(let refusal): refusals.append(refusal)
      case .close: isClosed = true
      }
    }
  }
}

extension GatewayEvent {
  static func request(_ headers: [(String, String)] = [], isLast: Bool = false) -> GatewayEvent {
    .requestHeaders(ProxyHeaders(headers.map { ProxyHeader($0.0, $0.1) }), isLast: isLast)
  }

  static func response(_ headers: [(String, String)] = [], isLast: Bool = false) -> GatewayEvent {
    .responseHeaders(ProxyHeaders(headers.map { ProxyHeader($0.0, $0.1) }), isLast: isLast)
  }

  static func body(_ text: String, isLast: Bool = false) -> GatewayEvent {
    .requestBody(Array(text.utf8), isLast: isLast)
  }

  static func answer(_ text: String, isLast: Bool = false) -> GatewayEvent {
    .responseBody(Array(text.utf8), isLast: isLast)
  }
}

extension ProcessorReply {
  /// The kind's name in the protocol.
  var name: String {
    switch kind {
    case .requestHeaders: "request_headers"
    case .requestBody: "request_body"
    case .requestTrailers: "request_trailers"
    case .responseHeaders: "response_headers"
    case .responseBody: "response_body"
    case .responseTrailers: "response_trailers"
    case .immediate: "immediate_response"
    }
  }

  var common: CommonReply? {
    switch kind {
    case .requestHeaders(let common), .requestBody(let common), .responseHeaders(let common), .responseBody(let common):
      common
    case .requestTrailers, .responseTrailers, .immediate: nil
    }
  }

  /// The headers that are set, by name.
  var headers: [String: String] {
    Dictionary(
      (common?.headers.set ?? []).map { ($0.name, String(decoding: $0.value, as: UTF8.self)) },
      uniquingKeysWith: { "\($0) AND \($1)" })
  }

  var chunk: (bytes: [UInt8], isLast: Bool)? {
    if case .chunk(let bytes, let isLast)? = common?.body { (Array(bytes), isLast) } else { nil }
  }

  var immediate: (status: Int, text: String)? {
    if case .immediate(let reply) = kind { (reply.status, String(decoding: reply.body, as: UTF8.self)) } else { nil }
  }
}

extension [ProcessorReply] {
  /// What goes on as a body.
  var text: String { String(decoding: flatMap { $0.chunk?.bytes ?? [] }, as: UTF8.self) }
  var names: [String] { map(\.name) }
}

let fullDuplex = BodyModes()
let buffered = BodyModes(request: .buffered, response: .buffered)
