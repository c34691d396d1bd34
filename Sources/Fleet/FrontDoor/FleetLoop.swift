internal import HTTPClient
internal import HTTPServer
internal import JSON
internal import Logging
internal import ModelServer
internal import OpenAIAPI

/// One event loop's share of the fleet: the front door, the replicas' shares, the admin API and the picker's metrics.
///
/// Belongs to its loop's thread. Everything that loops share is in `FleetState`, or in the topology, which is replaced.
final class FleetLoop: Application {
  let loop: EventLoop
  let state: FleetState
  let resources: LoopResources
  let jsonParser = JSONParser()
  let remote: RemoteForwarder
  /// Reads the loads of this loop's share of the servers elsewhere.
  let scraper: EndpointScraper
  /// What the objects say now.
  private(set) var topology = Topology()
  /// This loop's share of each replica, retired ones included, by the replica's number.
  private(set) var hosted: [Int: HostedLoop] = [:]
  /// Those of the topology that is about to come, or has come last.
  private var newRemotes: [Int: RemoteServer] = [:]
  var metrics = PickerMetricsShare()
  /// Requests of the front door that no replica answered.
  var others = AnswerCount()
  /// The splits of the topology with that version; on the first loop.
  var liveSplits: (version: Int, splits: [LiveSplit]) = (-1, [])
  var generator = SystemRandomNumberGenerator()
  /// What is done from time to time.
  var timers: [LoopTimer] = []
  private let requestLog: RequestLog?
  /// Watches a Kubernetes API server; on the first loop, if at all.
  var feed: KubernetesFeed?

  init(_ loop: EventLoop, state: FleetState) {
    self.loop = loop
    self.state = state
    resources = LoopResources(loop)
    requestLog = RequestLog(state.logger)
    remote = RemoteForwarder(client: HTTPClient(loop: loop))
    scraper = EndpointScraper(
      loop: loop, settings: state.configuration.scraping, counters: state.scrapes, logger: state.logger)
  }

  /// Gets the servers that a change brings; the topology that leads to them follows.
  func prepare(starting started: [Replica], remotes: [Int: RemoteServer]) {
    for replica in started { hosted[replica.id] = replica.server.attach(resources) }
    newRemotes = remotes
  }

  /// Takes over what a change has made of the fleet.
  func adopt(_ topology: Topology) {
    self.topology = topology
    // Each server elsewhere is read by one of the loops.
    let loopCount = max(state.loopCount, 1)
    if state.configuration.scraping.isOn {
      scraper.setEndpoints(topology.remotes.values.filter { abs($0.token) % loopCount == loop.index }.map(\.load))
    }
    // New servers elsewhere say at once which models they have.
    if loop.index == 0 { askForModels() }
  }

  /// Forgets replicas that have answered their last request.
  func forget(_ finished: [Replica]) { for replica in finished { hosted[replica.id] = nil } }

  /// What a picked endpoint's token leads to.
  enum Server {
    /// A replica, through its share of this loop.
    case hosted(HostedLoop)
    /// A server elsewhere.
    case remote(RemoteServer)
  }

  /// The server behind `token`; nil when it has gone for good. A replica can be reached until its last request has been
  /// answered, whatever the topology says by then.
  func server(_ token: Int, _ topology: Topology) -> Server? {
    if token >= FleetListener.firstReplica { return hosted[token].map { .hosted($0) } }
    return (newRemotes[token] ?? topology.remotes[token]).map { .remote($0) }
  }

  // MARK: - Requests

  func handle(_ exchange: Exchange) {
    exchange.route = -1
    switch exchange.listener {
    case FleetListener.frontDoor: handleFrontDoor(exchange)
    case FleetListener.admin: handleAdmin(exchange)
    case FleetListener.metrics: handleMetrics(exchange)
    default:
      // A replica that is gone leaves open connections behind.
      guard let server = hosted[exchange.listener] else { return refuse(exchange, .shuttingDown) }
      server.handle(exchange)
    }
  }

  func completed(_ exchange: Exchange) {
    switch exchange.listener {
    case FleetListener.frontDoor:
      let request = exchange.attachment as? FrontDoorRequest
      if let requestLog {
        requestLog.completed(exchange, requestID: request?.requestID ?? "", request?.logMetadata ?? [:])
      }
      request?.completed()
    case FleetListener.admin:
      // What changes objects is worth a line; what a page or a person polls is not.
      if exchange.method == .post { requestLog?.completed(exchange, requestID: "") }
    case FleetListener.metrics: break
    default: hosted[exchange.listener]?.completed(exchange)
    }
    exchange.attachment = nil
  }

  // MARK: - Answers of the fleet's own

  func reply(_ exchange: Exchange, status: Int = 200, json body: [UInt8], _ extra: [HTTPHeader] = []) {
    exchange.respond(
      HTTPResponse(status: status, headers: [HTTPHeader("Content-Type", "application/json")] + extra, body: body))
  }

  func reply(_ exchange: Exchange, status: Int = 200, text: String) {
    exchange.respond(
      HTTPResponse(
        status: status, headers: [HTTPHeader("Content-Type", "text/plain; charset=utf-8")], body: Array(text.utf8)))
  }

  func refuse(_ exchange: Exchange, _ error: APIError, _ extra: [HTTPHeader] = []) {
    reply(exchange, status: error.status, json: error.body, extra)
  }
}
