import HTTPClient
import HTTPServer
import Synchronization

/// A client on a loop of its own.
final class ClientFixture: Sendable {
  private let server: HTTPServer
  private let client: Mutex<LoopBound<HTTPClient>?>

  init(_ adjust: @Sendable (inout HTTPClientOptions) -> Void = { _ in }) async throws {
    server = try HTTPServer(loopCount: 1) { _ in Idle() }
    client = Mutex(nil)
    var options = HTTPClientOptions()
    adjust(&options)
    let loop = server.loops[0]
    let made = await withCheckedContinuation { continuation in
      loop.execute { [options] in
        continuation.resume(returning: LoopBound(HTTPClient(loop: loop, options: options), on: loop))
      }
    }
    client.withLock { $0 = made }
  }

  deinit {
    // On the loop, where the client belongs.
    let last = client.withLock { $0.take() }
    server.loops[0].execute { last?.value.shutDown() }
    server.stop()
  }

  /// Runs `body` on the client's loop.
  func run<Result: Sendable>(_ body: @escaping @Sendable (HTTPClient) -> Result) async -> Result {
    let bound = client.withLock { $0! }
    return await withCheckedContinuation { continuation in
      server.loops[0].execute { continuation.resume(returning: body(bound.value)) }
    }
  }

  /// Begins a call.
  func send(_ request: ClientRequest, to recorder: Recorder = Recorder()) async -> Recorder {
    let loop = server.loops[0]
    await run { client in
      let call = LoopBound(client.send(request, to: recorder), on: loop)
      recorder.began(call)
    }
    return recorder
  }

  /// A call from its beginning to its end.
  func answer(to request: ClientRequest) async -> Answer {
    let recorder = await send(request)
    _ = await recorder.hasEnded()
    return recorder.answer
  }

  /// Does something with a recorder's call, on the loop.
  func with(_ recorder: Recorder, _ body: @escaping @Sendable (ClientCall) -> Void) async {
    await run { _ in if let call = recorder.call { body(call.value) } }
  }
}

private final class Idle: Application {
  func handle(_ exchange: Exchange) {}
  func completed(_ exchange: Exchange) {}
}

/// What a handler was told.
struct Answer: Sendable {
  var heads: [Int] = []
  var headers: [HTTPHeader] = []
  var body: [UInt8] = []
  var pieces: [String] = []
  var ends: [ClientEnd] = []
  var bodyBytes = 0

  var text: String { String(decoding: body, as: UTF8.self) }
  var status: Int? { heads.count == 1 ? heads[0] : nil }
  func header(_ name: String) -> [String] { headers.filter { $0.name == name }.map(\.value) }

  /// Ended once, and well.
  var isComplete: Bool { ends == [.complete] }

  /// The error of its only end.
  var error: ClientError? {
    if ends.count == 1, case .failed(let error) = ends[0] { error } else { nil }
  }
}

extension ClientError {
  var kind: String {
    switch self {
    case .invalidRequest: "invalidRequest"
    case .cannotConnect: "cannotConnect"
    case .timedOut: "timedOut"
    case .brokenOff: "brokenOff"
    }
  }
}

/// A handler that writes down what it is told, and may do something each time.
final class Recorder: ResponseHandler, Sendable {
  private struct State {
    var answer = Answer()
    var call: LoopBound<ClientCall>?
  }

  private let state = Mutex(State())
  private let keepsBody: Bool
  private let onHead: @Sendable (ClientCall) -> Void
  private let onBody: @Sendable (ClientCall) -> Void
  private let onEnd: @Sendable (ClientCall) -> Void

  init(
    keepsBody: Bool = true, onHead: @escaping @Sendable (ClientCall) -> Void = { _ in },
    onBody: @escaping @Sendable (ClientCall) -> Void = { _ in },
    onEnd: @escaping @Sendable (ClientCall) -> Void = { _ in }
  ) {
    self.keepsBody = keepsBody
    self.onHead = onHead
    self.onBody = onBody
    self.onEnd = onEnd
  }

  var answer: Answer { state.withLock { $0.answer } }
  var call: LoopBound<ClientCall>? { state.withLock { $0.call } }
  func began(_ call: LoopBound<ClientCall>) { state.withLock { $0.call = call } }
  func hasEnded() async -> Bool { await eventually { !self.answer.ends.isEmpty } }

  func callDidReceiveHead(_ call: ClientCall, status: Int, headers: [HTTPHeader]) {
    state.withLock {
      $0.answer.heads.append(status)
      $0.answer.headers = headers
    }
    onHead(call)
  }

  func callDidReceiveBody(_ call: ClientCall, _ bytes: Span<UInt8>) {
    var piece: [UInt8] = []
    if keepsBody { piece.append(copying: bytes) }
    let (copy, count) = (piece, bytes.count)
    state.withLock {
      $0.answer.bodyBytes += count
      $0.answer.body += copy
      if copy.count < 100 { $0.answer.pieces.append(String(decoding: copy, as: UTF8.self)) }
    }
    onBody(call)
  }

  func callDidEnd(_ call: ClientCall, _ end: ClientEnd) {
    state.withLock { $0.answer.ends.append(end) }
    onEnd(call)
  }
}
