import Glibc
import HTTPServer
import Logging
import Synchronization

@testable import Fleet

/// Model servers of the test's own on 127.0.1.1, 127.0.1.2, …, of which only the metrics page exists.
final class ScrapedServers: Sendable {
  /// How one answers, and what it was asked.
  struct Behaviour {
    var page = ""
    var path = "/metrics"
    var status = 200
    /// Nanoseconds until it answers; nil: never.
    var delay: Int64? = 0
    fileprivate(set) var paths: [String] = []
    fileprivate(set) var times: [Int64] = []
    fileprivate(set) var open = 0
    fileprivate(set) var mostOpen = 0
    fileprivate(set) var connections: Set<Int> = []
  }

  let ports: [Int]
  private let http: HTTPServer
  private let behaviours: Mutex<[Behaviour]>

  init(_ pages: [String]) throws {
    behaviours = Mutex(pages.map { Behaviour(page: $0) })
    let box = Box()
    http = try HTTPServer(loopCount: 1) { loop in ScrapedApplication(loop, box) }
    var ports: [Int] = []
    for index in pages.indices {
      let socket = try ListeningSocket(.tcp(host: "127.0.1.\(index + 1)", port: 0))
      ports.append(socket.address.port)
      http.listen(socket, tag: index)
    }
    self.ports = ports
    box.servers.withLock { $0 = self }
  }

  /// Lets the application, which is made first, find the servers.
  final class Box: Sendable {
    let servers = Mutex<ScrapedServers?>(nil)
  }

  func stop() { http.stop() }

  /// A port of 127.0.1.1 that nobody listens on.
  static func closedPort() throws -> Int { try ListeningSocket(.tcp(host: "127.0.1.1", port: 0)).address.port }

  func address(_ index: Int) -> RemoteAddress { RemoteAddress(host: "127.0.1.\(index + 1)", port: ports[index]) }
  func behaviour(_ index: Int) -> Behaviour { behaviours.withLock { $0[index] } }
  func polls(_ index: Int) -> Int { behaviour(index).times.count }
  func change(_ index: Int, _ change: (inout Behaviour) -> Void) { behaviours.withLock { change(&$0[index]) } }

  fileprivate func arrived(_ exchange: Exchange) -> Behaviour {
    behaviours.withLock { all in
      let index = exchange.listener
      all[index].paths.append(exchange.path)
      all[index].times.append(Clock.monotonic)
      all[index].open += 1
      all[index].mostOpen = max(all[index].mostOpen, all[index].open)
      return all[index]
    }
  }

  fileprivate func completed(_ exchange: Exchange) { behaviours.withLock { $0[exchange.listener].open -= 1 } }
}

private final class ScrapedApplication: Application {
  private let loop: EventLoop
  private let box: ScrapedServers.Box

  init(_ loop: EventLoop, _ box: ScrapedServers.Box) {
    self.loop = loop
    self.box = box
  }

  func handle(_ exchange: Exchange) {
    guard let servers = box.servers.withLock({ $0 }) else { return exchange.respond(HTTPResponse(status: 503)) }
    let behaviour = servers.arrived(exchange)
    guard let delay = behaviour.delay else { return }
    let response =
      exchange.path == behaviour.path
      ? HTTPResponse(status: behaviour.status, body: Array(behaviour.page.utf8)) : HTTPResponse(status: 404)
    guard delay > 0 else { return exchange.respond(response) }
    loop.set(loop.makeTimer { exchange.respond(response) }, to: Clock.monotonic + delay)
  }

  func completed(_ exchange: Exchange) { box.servers.withLock { $0 }?.completed(exchange) }
}

/// A scraper on a loop of its own.
final class ScrapingLoop: Sendable {
  let counters = ScrapeCounters()
  let lines = LogLines()
  private let http: HTTPServer
  private let scraper = Mutex<LoopBound<EndpointScraper>?>(nil)

  init(_ settings: ScrapingSettings = ScrapingSettings()) throws {
    http = try HTTPServer(loopCount: 1) { _ in NoApplication() }
    let (counters, lines) = (counters, lines)
    http.onEveryLoop { [self] loop in
      let logger = Logger(label: "test") { _ in lines }
      let made = EndpointScraper(loop: loop, settings: settings, counters: counters, logger: logger)
      scraper.withLock { $0 = LoopBound(made, on: loop) }
    }
  }

  /// Does something with the scraper on its loop, and waits.
  func with(_ body: @escaping @Sendable (EndpointScraper) -> Void) {
    http.onEveryLoop { [self] _ in if let bound = scraper.withLock({ $0 }) { body(bound.value) } }
  }

  func stop() {
    http.onEveryLoop { [self] _ in scraper.withLock { $0 = nil } }
    http.stop()
  }
}

private final class NoApplication: Application {
  func handle(_ exchange: Exchange) { exchange.respond(HTTPResponse()) }
  func completed(_ exchange: Exchange) {}
}

/// Keeps what is logged.
final class LogLines: LogHandler, Sendable {
  private let texts = Mutex<[String]>([])
  var all: [String] { texts.withLock { $0 } }

  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }
  subscript(metadataKey _: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  func log(event: LogEvent) { texts.withLock { $0.append("\(event.level) \(event.message)") } }
}

extension ListenAddress {
  fileprivate var port: Int { if case .tcp(_, let port) = self { port } else { 0 } }
}

/// True once `condition` does, within ten seconds.
func comesTrue(_ condition: () -> Bool) -> Bool {
  for _ in 0..<2_000 {
    if condition() { return true }
    usleep(5_000)
  }
  return false
}
