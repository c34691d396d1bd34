import HTTPServer
import Simulation
import Synchronization

/// What a client is to do.
struct Load: Sendable {
  /// How answers come.
  enum Shape: Sendable { case whole, stream }

  var shape: Shape
  /// Each asks again as soon as its answer is complete.
  var connections: Int
  /// Per request.
  var tokens: Int
  /// The connections are opened one after the other, spread over this span.
  var opening = Nanoseconds.zero
  /// Between tokens, and before the first; zero when nothing is to be on time.
  var pace = Nanoseconds.zero

  init(_ shape: Shape, connections: Int, tokens: Int) {
    self.shape = shape
    self.connections = connections
    self.tokens = tokens
  }

  /// The request, byte for byte.
  func request(port: Int) -> [UInt8] {
    let body =
      #"{"model":"self-check","prompt":"Hello","max_tokens":\#(tokens),"ignore_eos":true,"stream":\#(shape == .stream)}"#
    return Array(
      ("POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Type: application/json\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)").utf8)
  }
}

/// A client on a thread of its own; called from the thread that measures.
final class ProbeClient: Sendable {
  /// Carries a value from the loop's thread to the caller's.
  private final class Holder<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
  }

  private let http: HTTPServer
  private let share: LoopBound<ProbeLoop>

  init() throws(LaunchError) {
    let holder = Holder<LoopBound<ProbeLoop>>()
    do {
      // An event loop that listens nowhere.
      http = try HTTPServer(loopCount: 1) { loop in
        let probe = ProbeLoop(loop)
        holder.value.withLock { $0 = LoopBound(probe, on: loop) }
        return probe
      }
    } catch {
      throw LaunchError("self-check: \(error)", status: LaunchError.runtime)
    }
    guard let share = holder.value.withLock({ $0 }) else {
      throw LaunchError("self-check: the client did not start", status: LaunchError.runtime)
    }
    self.share = share
  }

  /// Begins to open the connections of `load`.
  func start(_ load: Load, port: Int) { onLoop { $0.start(load, port: port) } }

  /// Keeps the lateness of tokens that are due from now on.
  func beginMeasuring() { onLoop { $0.beginMeasuring() } }

  /// Answers or tokens that have come so far.
  var count: Int { read { $0.count } }

  /// Nanoseconds by which each measured token came after it was due, in no order.
  var lateness: [Int64] { read { $0.lateness } }

  /// Closes all connections; throws what went wrong with one of them.
  func end() throws(LaunchError) {
    let failure = read { probe -> String? in
      probe.end()
      return probe.failure
    }
    if let failure { throw LaunchError("self-check: \(failure)", status: LaunchError.runtime) }
  }

  /// Ends the thread.
  func stop() { http.stop() }

  private func onLoop(_ work: @escaping @Sendable (ProbeLoop) -> Void) {
    http.onEveryLoop { [share] _ in work(share.value) }
  }

  private func read<Value: Sendable>(_ value: @escaping @Sendable (ProbeLoop) -> Value) -> Value {
    let holder = Holder<Value>()
    onLoop { probe in
      let found = value(probe)
      holder.value.withLock { $0 = found }
    }
    // `onLoop` returns after the work is done.
    return holder.value.withLock { $0 }!
  }
}
