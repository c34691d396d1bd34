internal import EndpointPicking
internal import Kubernetes

/// Puts the objects of one moment together: pools with their endpoints, services with their pods, routes and names.
struct TopologyBuilder {
  /// The pool of the servers that `--endpoint` names.
  static let endpointPool = PoolID(namespace: "default", name: "endpoints")

  let objects: [ManifestObject]
  let replicas: [NamespacedName: Replica]
  let endpoints: [RemoteAddress]
  /// Where the metrics of servers elsewhere are.
  var scraping = ScrapingSettings()
  /// Pods without an address are simulated.
  var simulatesPods = true
  /// A pool of all pods when there is no InferencePool; nil for none.
  var discoveryPool: PoolID?

  /// A topology, and the endpoints that its pools' pickers are to be told of once every loop has it.
  struct Plan: Sendable {
    var topology = Topology()
    /// By pool.
    var endpoints: [PoolID: [PickableEndpoint]] = [:]

    /// Lets the pickers choose from the new endpoints, which every loop must be able to reach, and no others.
    func release(at now: Int64) {
      for (pool, entrance) in topology.pools { entrance.picker.setEndpoints(endpoints[pool] ?? [], at: now) }
    }

    /// Lets the pickers choose from the new endpoints and from those of `former` that have gone.
    func release(beside former: [PoolID: [PickableEndpoint]], at now: Int64) {
      for (pool, entrance) in topology.pools {
        let new = endpoints[pool] ?? []
        let ids = Set(new.map(\.endpoint.id))
        entrance.picker.setEndpoints(new + (former[pool] ?? []).filter { !ids.contains($0.endpoint.id) }, at: now)
      }
    }
  }

  /// The topology. `remotes` keeps servers elsewhere from one topology to the next, and `entrance` the pools'.
  func build(
    remotes: inout [RemoteAddress: RemoteServer], entrance: (PoolID) -> PoolEntrance
  ) -> Plan {
    var plan = Plan()
    var topology = Topology()
    topology.replicas = replicas.values.sorted { $0.specification.name < $1.specification.name }
    let membership = membership()
    let filePorts = filePorts
    var known: [RemoteAddress: RemoteServer] = [:]
    var members: [ModelDirectory.Member] = []
    for pool in membership.pools {
      let entry = self.entry(of: pool, membership.endpoints(of: pool.id), filePorts, &remotes, &known, &topology)
      plan.endpoints[pool.id] = entry.endpoints
      topology.pools[pool.id] = entrance(pool.id)
      members.append(entry.member)
      topology.objectives.addPool(pool.id)
    }
    if !endpoints.isEmpty {
      let entry = elsewhere(&remotes, &known, &topology)
      plan.endpoints[Self.endpointPool] = entry.endpoints
      topology.pools[Self.endpointPool] = entrance(Self.endpointPool)
      members.append(entry.member)
    }
    remotes = known
    addObjects(to: &topology, members: members)
    plan.topology = topology
    return plan
  }

  /// Pods, simulated and elsewhere, and the pools that select them.
  private func membership() -> PoolMembership {
    var membership = PoolMembership()
    for replica in replicas.values { membership.set(replica.pod) }
    for pod in ReplicaPlanner(objects, simulates: simulatesPods).remotePods { membership.set(pod) }
    var pools: [InferencePool] = []
    for case .inferencePool(let pool) in objects.map(\.resource) { pools.append(pool) }
    if pools.isEmpty, let id = discoveryPool {
      // Entries of the file have ports of their own.
      let metadata = ObjectMetadata(name: id.name, namespace: id.namespace)
      pools = [InferencePool(metadata: metadata, matchLabels: [:], targetPorts: [8000])]
    }
    for pool in pools { membership.set(pool) }
    return membership
  }

  private typealias PoolEntry = (endpoints: [PickableEndpoint], member: ModelDirectory.Member)

  private func entry(
    of pool: InferencePool, _ endpoints: [Endpoint], _ filePorts: [NamespacedName: Int],
    _ former: inout [RemoteAddress: RemoteServer],
    _ known: inout [RemoteAddress: RemoteServer], _ topology: inout Topology
  ) -> PoolEntry {
    var entry: PoolEntry = ([], ModelDirectory.Member(pool: pool.id, replicas: [], remotes: []))
    for var endpoint in endpoints {
      let name = NamespacedName(namespace: endpoint.id.namespace, name: endpoint.id.name)
      if let replica = replicas[name] {
        if let port = replica.openPort { endpoint.port = port }
        entry.endpoints.append(
          PickableEndpoint(endpoint, load: replica.load, models: replica.load, token: replica.id))
        if entry.member.replicas.last?.id != replica.id { entry.member.replicas.append(replica) }
      } else {
        let remote = remote(
          RemoteAddress(host: endpoint.address, port: filePorts[name] ?? endpoint.port), name: name.name,
          engine: scraping.engine(in: endpoint.labels), &former, &known, &topology)
        endpoint.port = remote.address.port
        entry.endpoints.append(PickableEndpoint(endpoint, load: remote.load, models: remote, token: remote.token))
        entry.member.remotes.append(remote)
      }
    }
    return entry
  }

  private func elsewhere(
    _ former: inout [RemoteAddress: RemoteServer], _ known: inout [RemoteAddress: RemoteServer],
    _ topology: inout Topology
  ) -> PoolEntry {
    var entry: PoolEntry = ([], ModelDirectory.Member(pool: Self.endpointPool, replicas: [], remotes: []))
    for address in endpoints {
      let name = "\(address.host):\(address.port)"
      let remote = remote(address, name: name, engine: nil, &former, &known, &topology)
      entry.endpoints.append(
        PickableEndpoint(
          Endpoint(
            id: EndpointID(namespace: Self.endpointPool.namespace, name: name), address: address.host,
            port: address.port), load: remote.load, models: remote, token: remote.token))
      entry.member.remotes.append(remote)
    }
    return entry
  }

  /// The ports that entries of file-discovery files say themselves, whatever the pool's.
  private var filePorts: [NamespacedName: Int] {
    var ports: [NamespacedName: Int] = [:]
    for case .endpoint(let endpoint) in objects.lazy.map(\.resource) {
      let name = NamespacedName(namespace: endpoint.namespace, name: endpoint.name)
      if ports[name] == nil { ports[name] = endpoint.port }
    }
    return ports
  }

  private func remote(
    _ address: RemoteAddress, name: String, engine: String?, _ former: inout [RemoteAddress: RemoteServer],
    _ known: inout [RemoteAddress: RemoteServer], _ topology: inout Topology
  ) -> RemoteServer {
    // One that is labelled otherwise than before is read otherwise.
    let before = former[address].flatMap { $0.load.engine == engine ? $0 : nil }
    let server = known[address] ?? before ?? RemoteServer(address, name: name, engine: engine, scraping: scraping)
    known[address] = server
    topology.remotes[server.token] = server
    return server
  }

  private func addObjects(
    to topology: inout Topology, members: [ModelDirectory.Member]
  ) {
    var routes: [HTTPRoute] = []
    var gateways: [Gateway] = []
    var grants: [ReferenceGrant] = []
    var services: [Service] = []
    for object in objects {
      switch object.resource {
      case .inferenceObjective(let objective): topology.objectives.set(objective)
      case .inferenceModel(let model): topology.objectives.set(model)
      case .httpRoute(let route): routes.append(route)
      case .gateway(let gateway): gateways.append(gateway)
      case .referenceGrant(let grant): grants.append(grant)
      case .service(let service): services.append(service)
      default: break
      }
    }
    // The oldest first, so that of two exact rules the one that counts names the alias.
    let rewrites = objects.rewrites.sorted { $0.metadata.age < $1.metadata.age }
    topology.models = ModelDirectory(members: members, rewrites: rewrites, pools: Set(topology.pools.keys))
    topology.routes = RouteTable(
      routes: routes, gateways: gateways, grants: grants, services: services, pools: Set(topology.pools.keys))
    for service in services where !service.selector.isEmpty {
      topology.services[service.metadata.name] = tokens(behind: service, topology)
    }
  }

  private func tokens(behind service: Service, _ topology: Topology) -> [Int] {
    topology.replicas.filter { replica in
      replica.server.isReady && replica.specification.name.namespace == service.metadata.name.namespace
        && service.selector.allSatisfy { replica.specification.labels[$0.key] == $0.value }
    }.map(\.id)
  }
}
