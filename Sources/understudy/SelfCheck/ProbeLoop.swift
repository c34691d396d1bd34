import HTTPServer
import Simulation

/// The connections of one load, and what they have counted; belongs to its loop's thread.
final class ProbeLoop: Application {
  let loop: EventLoop
  /// Answers or tokens.
  var count = 0
  /// Of tokens that were due since `beginMeasuring`.
  private(set) var lateness: [Int64] = []
  /// What went wrong first.
  private(set) var failure: String?
  private var connections: [ProbeConnection] = []
  private var measuredFrom: MonotonicTime?
  private var opener: LoopTimer?

  init(_ loop: EventLoop) { self.loop = loop }

  // Nothing is listened to.
  func handle(_ exchange: Exchange) {}
  func completed(_ exchange: Exchange) {}

  func start(_ load: Load, port: Int) {
    count = 0
    lateness = []
    failure = nil
    measuredFrom = nil
    connections.reserveCapacity(load.connections)
    let request = load.request(port: port)
    let started = Clock.monotonic
    let timer = loop.makeTimer { [unowned self] in
      let elapsed = Clock.monotonic - started
      let due =
        load.opening.count > 0
        ? min(load.connections, Int(Int64(load.connections) * elapsed / load.opening.count) + 1) : load.connections
      while connections.count < due, failure == nil { open(load, request, port) }
      if let opener, failure == nil, connections.count < load.connections {
        loop.set(opener, to: Clock.monotonic + 1_000_000)
      }
    }
    opener = timer
    loop.set(timer, to: started)
  }

  private func open(_ load: Load, _ request: [UInt8], _ port: Int) {
    let connection = ProbeConnection(load, request, self)
    connections.append(connection)
    connection.open(port: port)
  }

  func beginMeasuring() {
    lateness = []
    measuredFrom = Clock.monotonic
  }

  /// A token has come at `now` that was due at `due`.
  func token(due: MonotonicTime, at now: MonotonicTime) {
    if let measuredFrom, due >= measuredFrom { lateness.append(now - due) }
  }

  func failed(_ reason: String) { failure = failure ?? reason }

  func end() {
    if let opener { loop.set(opener, to: nil) }
    opener = nil
    for connection in connections { connection.close() }
    connections = []
  }
}
