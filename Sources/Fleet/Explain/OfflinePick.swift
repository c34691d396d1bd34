internal import EndpointPicking
internal import HTTPServer
internal import JSON
internal import Kubernetes
public import Logging
internal import ModelServer
internal import OpenAIAPI

/// One pick without a fleet: what the objects of some sources would make of a request, with all replicas idle.
struct OfflinePick: RouteRequest {
  let host: String?
  let method = "POST"
  let path: String
  private let headers: [String: String]
  private let query: [String: String]
  /// As it came, encoded.
  private let rawQuery: String

  init(path: String, headers: [(String, String)]) {
    let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    self.path = PercentEncoding.decode(String(parts.first ?? "/"))
    rawQuery = parts.count > 1 ? String(parts[1]) : ""
    self.headers = Dictionary(headers.map { ($0.0.lowercased(), $0.1) }, uniquingKeysWith: { first, _ in first })
    host = self.headers["host"]
    var query: [String: String] = [:]
    for argument in rawQuery.split(separator: "&") {
      let sides = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      query[String(sides[0])] = sides.count > 1 ? String(sides[1]) : ""
    }
    self.query = query
  }

  func header(_ name: String) -> String? { headers[name] }
  func queryArgument(_ name: String) -> String? { query[name] }

  /// The explanation of the pick for a parsed body, or why there is none.
  func explain(
    _ root: JSONValue, bodyBytes: Int, in topology: Topology, rewrites: inout RewriteStore,
    configuration: FleetConfiguration
  ) throws(FleetError) -> PickExplanation {
    var request = self
    let model = root.member("model")?.string
    request.add(model: model, base: model.map { topology.models.baseModel(of: $0) ?? "" })
    var generator = SystemRandomNumberGenerator()
    let destination = try request.destination(model, topology, configuration, using: &generator)
    guard let picker = topology.pools[destination.pool]?.picker else { throw FleetError("404: the pool is not there") }
    let inputs = PickInputs(
      id: headers["x-request-id"] ?? "offline", model: model, path: destination.path, bodyBytes: bodyBytes,
      header: { request.headers[$0] }, headers: { request.headers })
    do throws(InferenceError) {
      let resolution = try inputs.resolution(
        for: picker.pool, in: &rewrites, hasBody: true, genericModelFallback: configuration.genericModelFallback,
        using: &generator)
      let pickRequest = inputs.pickRequest(
        resolution, for: picker, objectives: topology.objectives, root: root, withHeaders: true)
      let outcome = picker.pick(
        pickRequest, subset: headers["x-gateway-destination-endpoint-subset"].map { SubsetHint(header: $0) },
        at: Clock.monotonic, explain: true)
      _ = try outcome.result.get()
      if let explanation = outcome.explanation { return explanation }
      throw InferenceError(.internalError, "the pick was not explained")
    } catch {
      throw FleetError("\(error.httpStatus): \(error)")
    }
  }

  private mutating func add(model: String?, base: String?) {
    var headers = headers
    headers["x-gateway-model-name"] = model
    headers["x-gateway-base-model-name"] = base
    self = OfflinePick(host: host, path: path, headers: headers, query: query, rawQuery: rawQuery)
  }

  private init(host: String?, path: String, headers: [String: String], query: [String: String], rawQuery: String) {
    self.host = host
    self.path = path
    self.headers = headers
    self.query = query
    self.rawQuery = rawQuery
  }

  /// The pool, and the path as the route leaves it.
  private func destination(
    _ model: String?, _ topology: Topology, _ configuration: FleetConfiguration,
    using generator: inout some RandomNumberGenerator
  ) throws(FleetError) -> (pool: PoolID, path: String) {
    if !configuration.hasFrontDoor {
      // The gateway has chosen the pool already.
      let pool = configuration.picker.listeners.first?.pool
      guard let entrance = topology.entrance(pool) else {
        throw FleetError(
          pool.map { "there is no InferencePool \($0)" }
            ?? "there are \(topology.pools.count) pools: name one with --pool-name")
      }
      return (entrance.pool, path)
    }
    if topology.routes.isEmpty {
      if let model {
        guard let pool = topology.models.pool(for: model) else {
          throw FleetError("404: no pool serves or rewrites the model '\(model)'")
        }
        return (pool, path)
      }
      guard configuration.genericModelFallback, let pool = topology.models.genericPools.first else {
        throw FleetError("400: \(InferenceError.modelMissing)")
      }
      return (pool, path)
    }
    guard let match = topology.routes.match(self) else { throw FleetError("404: no route matches the request") }
    if let redirect = match.rule.redirect {
      let location = redirect.location(host: host ?? "localhost", path: path, query: rawQuery)
      throw FleetError("\(redirect.status): the route \(match.rule.id.route) redirects to \(location)")
    }
    var splits = RouteSplits(mode: configuration.split)
    splits.adopt(topology.routes)
    let choice = splits.choose(match, using: &generator)
    switch choice.target {
    case .pool(let pool): return (pool, choice.rewrite?.path?.applied(to: path) ?? path)
    case .service(let name, _):
      throw FleetError("the route \(match.rule.id.route) leads to the Service \(name), where nothing is picked")
    case .invalid(let reason): throw FleetError("500: the route \(match.rule.id.route): \(reason)")
    }
  }
}

extension Fleet {
  /// The pick that a fleet of `configuration`'s sources would make for a request body, as one line of JSON; all
  /// replicas are idle.
  ///
  /// Throws one line when a source is wrong, or when the request would be refused, then beginning with the status.
  public static func explain(
    _ configuration: FleetConfiguration, request body: [UInt8], path: String, headers: [(String, String)],
    logger: Logger, serverConfiguration: @escaping ReplicaConfigurator
  ) throws(FleetError) -> String {
    let (store, report) = try ClusterStore.read(
      configuration.sources, check: ContainerCheck(serverConfiguration).problem)
    for warning in report.warnings { logger.warning("\(warning)") }
    let plan = try offlinePlan(store, configuration, logger, serverConfiguration)
    plan.release(at: Clock.monotonic)
    let topology = plan.topology
    var rewrites = RewriteStore(mode: configuration.split)
    for pool in topology.pools.keys { rewrites.addPool(pool) }
    for rewrite in store.objects.rewrites { rewrites.set(rewrite) }
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONParser().parse(body)
    } catch {
      throw FleetError("400: the request is not JSON: \(error)")
    }
    let pick = OfflinePick(path: path, headers: headers)
    let explanation = try document.withRoot { root throws(FleetError) in
      try pick.explain(root, bodyBytes: body.count, in: topology, rewrites: &rewrites, configuration: configuration)
    }
    return String(decoding: explanation.json, as: UTF8.self)
  }

  static func offlinePlan(
    _ store: ClusterStore, _ configuration: FleetConfiguration, _ logger: Logger,
    _ serverConfiguration: ReplicaConfigurator
  ) throws(FleetError) -> TopologyBuilder.Plan {
    var wanted: [(ReplicaSpecification, ServerConfiguration)] = []
    for specification in ReplicaPlanner(store.objects, simulates: configuration.simulatesPods).replicas {
      do throws(ReplicaConfigurationError) {
        wanted.append((specification, try serverConfiguration(specification.command)))
      } catch {
        throw FleetError("\(specification.position): \(specification.name): \(error.reason)")
      }
    }
    var replicas = ReplicaSet(basePort: configuration.replicaBasePort, loopCount: 1, logger: logger)
    _ = replicas.reconcile(wanted, at: 0)
    var remotes: [RemoteAddress: RemoteServer] = [:]
    var seed: UInt64 = 0
    return TopologyBuilder(
      objects: store.objects, replicas: replicas.current, endpoints: configuration.endpoints,
      scraping: configuration.scraping, simulatesPods: configuration.simulatesPods,
      discoveryPool: configuration.picker.discoveryPool
    ).build(remotes: &remotes) { pool in
      seed += 1
      return PoolEntrance(PoolPicker(pool: pool, configuration: configuration.scheduler, seed: seed))
    }
  }
}
