internal import HTTPServer
internal import Logging
internal import Simulation
internal import Synchronization

/// What the loops of one server share: settings, names, and a few counters.
final class ServerState: Sendable {
  /// A loop's application, for other loops to send messages to.
  struct Address: Sendable {
    let loop: EventLoop
    let bound: LoopBound<LoopApplication>
  }

  let configuration: ServerConfiguration
  let catalog: ModelCatalog
  let requestIDs: RequestIDGenerator
  let logger: Logger
  let loopCount: Int
  /// The loop of the first model's engine.
  private let firstLoop: Int
  /// Where each engine publishes its load for readers on other threads; nil when nobody reads.
  let publishedLoads: [PublishedLoad]?
  /// When the process began to serve.
  let startedAt: MonotonicTime
  /// The port that answers name; the real one when a free port was asked for.
  let port: Int
  let metricsPage: MetricsPage
  /// Tokens that clients have seen, for `/detokenize`.
  let seenTokens = Mutex(TokenMemory(capacity: 65_536))

  /// Delays and failures in force, which can be changed while the server runs.
  let behavior: Mutex<ServerBehavior>

  /// Inference requests that are being answered.
  let openRequests = Atomic<Int>(0)
  private let draining = Atomic<Bool>(false)
  private let applications = Mutex<[Int: Address]>([:])

  init(
    configuration: ServerConfiguration, loopCount: Int, firstLoop: Int = 0, port: Int, publishesLoad: Bool = false,
    logger: Logger
  ) {
    self.configuration = configuration
    behavior = Mutex(ServerBehavior(configuration))
    self.loopCount = loopCount
    self.firstLoop = firstLoop
    publishedLoads = publishesLoad ? configuration.models.map { PublishedLoad($0) } : nil
    self.logger = logger
    self.port = port
    catalog = ModelCatalog(configuration.models)
    requestIDs = RequestIDGenerator(seed: configuration.models[0].engine.seed, port: port)
    startedAt = Clock.monotonic
    metricsPage = MetricsPage(
      engines: configuration.api.logStats ? configuration.models.map { EngineDescriptor($0) } : [],
      handlers: Route.handlers)
  }

  /// The server takes no new work.
  var isDraining: Bool { draining.load(ordering: .relaxed) }

  func beginDraining() { draining.store(true, ordering: .relaxed) }

  /// The configured start-up time is over.
  var isStarted: Bool { Clock.monotonic - startedAt >= configuration.startupDuration.count }

  /// The loop on which the engine of `model` lives.
  func home(of model: Int) -> Int { (firstLoop + model) % loopCount }

  func register(_ application: LoopApplication, on loop: EventLoop) {
    let address = Address(loop: loop, bound: LoopBound(application, on: loop))
    applications.withLock { $0[loop.index] = address }
  }

  /// Forgets the applications, which nothing is sent to any more.
  func unregisterAll() { applications.withLock { $0 = [:] } }

  /// The applications of all loops.
  var allApplications: [Address] { applications.withLock { Array($0.values) } }

  func application(on loop: Int) -> Address? { applications.withLock { $0[loop] } }
}
