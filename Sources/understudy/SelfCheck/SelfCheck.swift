import Glibc
import HTTPServer
import Logging
import ModelServer
import Simulation

/// Measures servers of its own, one after the other, from a client in the same process.
struct SelfCheck {
  private let plan: SelfCheckPlan

  init(_ plan: SelfCheckPlan) { self.plan = plan }

  /// Runs all measurements; throws when a server does not start or a connection fails.
  func run() throws(LaunchError) -> SelfCheckReport {
    ProcessLife.raiseFileLimit()
    guard plan.streams <= Self.mostStreams else { throw Self.tooFewDescriptors(plan.streams) }
    var report = SelfCheckReport(plan: plan)
    let client = try ProbeClient()
    defer { client.stop() }
    try withServer(interTokenLatency: .zero) { server, port throws(LaunchError) in
      report.requestsPerSecond = try rate(of: Load(.whole, connections: 16, tokens: 1), client, port)
      report.tokensPerSecond = try rate(of: Load(.stream, connections: 8, tokens: 512), client, port)
    }
    // What must be carried, one lighter level before it, and then twice as many until it is too much.
    var levels = plan.streams > 100 ? [100, plan.streams] : [plan.streams]
    while let last = levels.last, last * 2 <= min(plan.streams * 16, Self.mostStreams) { levels.append(last * 2) }
    for level in levels {
      let paced = try pace(level, client)
      report.levels.append(paced)
      if paced.p99 > plan.target { break }
    }
    return report
  }

  // MARK: - Measurements

  /// Units per second: answers of whole requests, tokens of streams.
  private func rate(of load: Load, _ client: ProbeClient, _ port: Int) throws(LaunchError) -> Double {
    client.start(load, port: port)
    // The first requests open connections and fill caches.
    Self.sleep(.milliseconds(100))
    let before = client.count
    let started = Clock.monotonic
    Self.sleep(plan.duration)
    let counted = client.count - before
    let elapsed = Nanoseconds(Clock.monotonic - started)
    try client.end()
    return Double(counted) / elapsed.seconds
  }

  private func pace(_ streams: Int, _ client: ProbeClient) throws(LaunchError) -> SelfCheckReport.Level {
    // As many each millisecond as a loop accepts in a tenth of it.
    let opening = Nanoseconds.milliseconds(Int64(max(50, streams / 10)))
    let itl = plan.interTokenLatency
    var load = Load(.stream, connections: streams, tokens: 0)
    load.tokens = Int((opening.count + plan.duration.count) / itl.count) + 40
    load.opening = opening
    load.pace = itl
    var level: SelfCheckReport.Level?
    try withServer(interTokenLatency: itl) { server, port throws(LaunchError) in
      let idle = try ServerPage(port: port)
      client.start(load, port: port)
      Self.sleep(Nanoseconds(opening.count + 4 * itl.count))
      let before = try ServerPage(port: port)
      client.beginMeasuring()
      Self.sleep(plan.duration)
      let lateness = client.lateness
      let after = try ServerPage(port: port)
      try client.end()
      guard !lateness.isEmpty else {
        throw LaunchError("self-check: no token of \(streams) streams came in time to be measured", status: 1)
      }
      level = SelfCheckReport.Level(
        streams: streams, lateness: lateness, reported: after.latenessBound(since: before, share: 0.99),
        bytesPerStream: max(0, after.residentBytes - idle.residentBytes) / Double(streams))
    }
    guard let level else { throw LaunchError("self-check: the measurement was not made", status: 1) }
    return level
  }

  // MARK: - Servers

  /// Lends a server on a free port that has room for every stream.
  private func withServer(
    interTokenLatency: Nanoseconds, _ body: (ModelServer, Int) throws(LaunchError) -> Void
  ) throws(LaunchError) {
    let delay = DurationText.render(interTokenLatency)
    let words = try Dialect.parse([
      "--model", "self-check", "--host", "127.0.0.1", "--port", "0", "--seed", "1", "--max-num-seqs", "16384",
      "--kv-cache-size", "1048576", "--max-model-len", "8192", "--time-to-first-token", delay, "--inter-token-latency",
      delay,
    ])
    let launch = try LaunchPlan(words: words, environment: [:], now: 1) { path throws(LaunchError) in
      try FileText.read(path)
    }
    let logger = Logger(label: "understudy") { _ in LineLogHandler(level: .error, format: .text) }
    let server: ModelServer
    do {
      server = try ModelServer(launch.configuration, logger: logger)
    } catch {
      throw LaunchError("self-check: \(error)", status: LaunchError.runtime)
    }
    defer { server.stop() }
    guard case .tcp(_, let port) = server.address else {
      throw LaunchError("self-check: the server has no port", status: LaunchError.runtime)
    }
    try body(server, port)
  }

  // MARK: - Limits

  /// A stream takes two descriptors here: the client's and the server's.
  private static var mostStreams: Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 16_384 }
    return min(16_384, max(1, (Int(clamping: limit.rlim_cur) - 128) / 2))
  }

  private static func tooFewDescriptors(_ streams: Int) -> LaunchError {
    LaunchError(
      "--streams: \(streams) need \(streams * 2 + 128) open files, and this process may have \(mostStreams * 2 + 128); "
        + "raise the limit with ulimit -n, or ask for fewer",
      status: LaunchError.runtime)
  }

  private static func sleep(_ span: Nanoseconds) {
    var wanted = timespec(tv_sec: Int(span.count / 1_000_000_000), tv_nsec: Int(span.count % 1_000_000_000))
    var left = timespec()
    while nanosleep(&wanted, &left) != 0, errno == EINTR { wanted = left }
  }
}
