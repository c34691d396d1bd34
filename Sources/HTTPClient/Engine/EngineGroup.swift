internal import HTTPServer

/// The engines of one client.
///
/// What curl does at the end of each request takes time in proportion to the connections of its handle, and finding a
/// connection, to those with the same server. So the connections are spread over several handles: those to one server
/// are in one, as long as not too many of its calls run at once.
struct EngineGroup {
  private let engines: [TransferEngine]

  private static let maxEngines = 16
  /// Calls above this many overflow into the next engine.
  private static let crowd = 64

  init(loop: EventLoop, options: HTTPClientOptions) {
    let budget = ConnectionBudget(maxIdle: options.maxIdleConnections)
    let count = min(max(options.maxIdleConnections / 16, 1), Self.maxEngines)
    engines = (0..<count).map { _ in
      TransferEngine(
        loop: loop, options: options, budget: budget, maxIdleTransfers: options.maxIdleConnections / count)
    }
  }

  /// The engine to run a request on.
  func engine(for url: String) -> TransferEngine {
    let home = Int(Self.hashOfServer(url) % UInt32(engines.count))
    var fewest = home
    for offset in engines.indices {
      let index = (home + offset) % engines.count
      if engines[index].runningCount < Self.crowd { return engines[index] }
      if engines[index].runningCount < engines[fewest].runningCount { fewest = index }
    }
    return engines[fewest]
  }

  func shutDown() { for engine in engines { engine.shutDown() } }

  /// FNV-1a, 32 bits, over scheme, host and port.
  private static func hashOfServer(_ url: String) -> UInt32 {
    var hash: UInt32 = 0x811C_9DC5
    var slashes = 0
    for byte in url.utf8 {
      if byte == UInt8(ascii: "/") { slashes += 1 }
      if slashes == 3 { break }
      hash = (hash ^ UInt32(byte)) &* 0x0100_0193
    }
    // The low bits of neighbouring ports alone would not spread well.
    return hash ^ hash >> 15
  }
}

/// The connections of all engines of a client.
final class ConnectionBudget {
  private let maxIdle: Int
  /// Connections that are open or being opened.
  var open = 0
  /// Calls under way.
  var busy = 0

  init(maxIdle: Int) { self.maxIdle = maxIdle }

  /// No connection more may be kept.
  var isSpent: Bool { open - busy >= maxIdle }
}
