internal import EndpointPicking
internal import HTTPServer
internal import Kubernetes

/// Watches everything that endpoint pickers of some pools need of an API server (GIE v1.5): each pool by name, the
/// pods of its namespace by its selector, and the namespace's InferenceObjectives, InferenceModelRewrites and
/// InferenceModels, as far as they are served. Definitions that are missing are looked for again and again.
///
/// Whatever happens to the server, what was told stays in force until the server says otherwise. Belongs to the loop's
/// thread, on which the handler is called. Call `stop` before the client is shut down.
public final class PoolWatch {
  /// Times and sizes.
  public struct Settings: Sendable {
    /// Those of each list and watch.
    public var listWatch: ListWatchSettings
    /// How often to look for definitions that are missing; nanoseconds.
    public var discoveryInterval: Int64 = 30_000_000_000
    /// Waits by chance follow from it.
    public var seed: UInt64

    /// The defaults.
    public init(seed: UInt64 = UInt64.random(in: 0 ... .max)) {
      self.seed = seed
      listWatch = ListWatchSettings(seed: seed)
    }
  }

  /// What is listed and watched on its own.
  private enum Source: Hashable {
    case pool(PoolID)
    case pods(PoolID)
    case objects(APIResource, namespace: String)
  }

  /// Everything is known.
  public private(set) var isSynced = false

  private let client: APIClient
  private let targets: [PoolTarget]
  private let settings: Settings
  private let tell: (PoolWatchEvent) -> Void
  private var discovery: Discovery!
  private var reflectors: [Source: Reflector] = [:]
  /// What has not been listed yet.
  private var pending: Set<Source> = []
  private var pools: [PoolID: InferencePool] = [:]
  /// Pods by their pools' places among the targets.
  private var pods = Layers<NamespacedName, Pod>()
  /// Pods under an old selector, until the list under the new one is complete.
  private var stalePods: [PoolID: Set<NamespacedName>] = [:]
  /// Objects by their groups' places.
  private var objects: [String: Layers<NamespacedName, ManifestResource>] = [:]
  private var made: UInt64 = 0
  private var isStopped = false

  private static let optional =
    APIResource.inferenceObjectives + APIResource.inferenceModelRewrites + [.inferenceModels]

  /// Watches nothing yet; targets of one pool count once.
  public init(
    client: APIClient, targets: [PoolTarget], settings: Settings = Settings(),
    handler: @escaping (PoolWatchEvent) -> Void
  ) {
    self.client = client
    var ids: Set<PoolID> = []
    self.targets = targets.filter { ids.insert($0.id).inserted }
    self.settings = settings
    tell = handler
  }

  private var namespaces: [String] { Set(targets.map(\.id.namespace)).sorted() }

  /// Begins.
  public func start() {
    var wanted = Self.optional
    for namespace in namespaces { pending.formUnion(Self.optional.map { .objects($0, namespace: namespace) }) }
    for target in targets {
      switch target {
      case .named(let id):
        pending.insert(.pool(id))
        let resource = APIResource.inferencePools(group: id.group)
        if !wanted.contains(resource) { wanted.append(resource) }
      case .given(let pool): set(pool)
      }
    }
    discovery = Discovery(
      wanted, client: client, interval: settings.discoveryInterval, seed: settings.seed
    ) { [weak self] event in self?.receive(event) }
    discovery.start()
  }

  /// Ends all requests; nothing more is told, and nothing that was told is taken back.
  public func stop() {
    isStopped = true
    discovery?.stop()
    for reflector in reflectors.values { reflector.stop() }
    reflectors = [:]
  }

  private func emit(_ event: PoolWatchEvent) { if !isStopped { tell(event) } }

  // MARK: - Discovery

  private func receive(_ event: Discovery.Event) {
    switch event {
    case .found(let resource):
      emit(.served(resource))
      if Self.optional.contains(resource) {
        for namespace in namespaces {
          reflect(.objects(resource, namespace: namespace), Reflection(resource: resource, namespace: namespace))
        }
        return
      }
      for case .named(let id) in targets where APIResource.inferencePools(group: id.group) == resource {
        reflect(
          .pool(id),
          Reflection(resource: resource, namespace: id.namespace, fieldSelector: "metadata.name=\(id.name)"))
      }
    case .absent(let resource):
      emit(.notServed(resource))
      for namespace in namespaces { settle(.objects(resource, namespace: namespace)) }
    case .lost(let root, let failure): emit(.lost(what: "what \(root) has", failure))
    case .recovered(let root): emit(.found(what: "what \(root) has"))
    }
  }

  // MARK: - Reflectors

  private func reflect(_ source: Source, _ reflection: Reflection) {
    guard !isStopped else { return }
    reflectors[source]?.stop()
    made += 1
    var listWatch = settings.listWatch
    listWatch.backoff = Backoff(
      initial: listWatch.backoff.initial, cap: listWatch.backoff.cap, seed: settings.seed &+ made)
    let reflector = Reflector(reflection, client: client, settings: listWatch) { [weak self] event in
      self?.receive(event, from: source, reflection)
    }
    reflectors[source] = reflector
    reflector.start()
  }

  private func receive(_ event: ReflectorEvent, from source: Source, _ reflection: Reflection) {
    let what = "\(reflection.resource) in \(reflection.namespace)"
    switch event {
    case .set(let name, let object): set(name, object, from: source)
    case .removed(let name): remove(name, from: source)
    case .synced:
      if case .pods(let id) = source { dropStalePods(of: id) }
      settle(source)
    case .problem(let problem): emit(.problem(problem))
    case .lost(let failure):
      emit(.lost(what: what, failure))
      // What may not be read is no reason to wait for it; without pools and pods there is nothing to do.
      if case .objects = source, failure.code == 403 || failure.code == 404 { settle(source) }
    case .found: emit(.found(what: what))
    }
  }

  private func settle(_ source: Source) {
    pending.remove(source)
    guard pending.isEmpty, !isSynced, !isStopped else { return }
    isSynced = true
    emit(.synced)
  }

  // MARK: - Objects

  private func set(_ name: NamespacedName, _ object: ManifestResource, from source: Source) {
    switch (source, object) {
    case (.pool, .inferencePool(let pool)): set(pool)
    case (.pods(let id), .pod(let manifest)):
      guard let place = place(of: id) else { return }
      stalePods[id]?.remove(name)
      tell(pods.set(name, manifest.pod, in: place), name)
    case (.objects(let resource, _), _):
      tell(objects[resource.kind, default: Layers()].set(name, object, in: Self.place(of: resource)), resource, name)
    default: break
    }
  }

  private func remove(_ name: NamespacedName, from source: Source) {
    switch source {
    case .pool(let id): removePool(id)
    case .pods(let id):
      stalePods[id]?.remove(name)
      removePod(name, of: id)
    case .objects(let resource, _):
      tell(objects[resource.kind, default: Layers()].remove(name, from: Self.place(of: resource)), resource, name)
    }
  }

  private static func place(of resource: APIResource) -> Int { optional.firstIndex(of: resource) ?? 0 }

  private func tell(
    _ change: Layers<NamespacedName, ManifestResource>.Change, _ resource: APIResource, _ name: NamespacedName
  ) {
    switch change {
    case .none: break
    case .set(.inferenceObjective(let objective)): emit(.objectiveSet(objective))
    case .set(.inferenceModelRewrite(let rewrite)): emit(.rewriteSet(rewrite))
    case .set(.inferenceModel(let model)): emit(.modelSet(model))
    case .set: break
    case .removed:
      switch resource.kind {
      case APIResource.inferenceObjectives[0].kind: emit(.objectiveRemoved(name))
      case APIResource.inferenceModelRewrites[0].kind: emit(.rewriteRemoved(name))
      default: emit(.modelRemoved(name))
      }
    }
  }

  // MARK: - Pools and pods

  private func place(of id: PoolID) -> Int? { targets.firstIndex { $0.id == id } }

  private func set(_ pool: InferencePool) {
    let old = pools.updateValue(pool, forKey: pool.id)
    emit(.poolSet(pool))
    if let old, old.matchLabels == pool.matchLabels { return }
    if let place = place(of: pool.id) { stalePods[pool.id] = Set(pods.names(in: place)) }
    pending.insert(.pods(pool.id))
    reflect(
      .pods(pool.id),
      Reflection(
        resource: .pods, namespace: pool.id.namespace, labelSelector: EndpointSelector.query(pool.matchLabels)))
  }

  private func removePool(_ id: PoolID) {
    guard pools.removeValue(forKey: id) != nil else { return }
    reflectors.removeValue(forKey: .pods(id))?.stop()
    stalePods[id] = nil
    if let place = place(of: id) { for name in pods.names(in: place) { removePod(name, of: id) } }
    emit(.poolRemoved(id))
    settle(.pods(id))
  }

  private func dropStalePods(of id: PoolID) {
    for name in (stalePods.removeValue(forKey: id) ?? []).sorted() { removePod(name, of: id) }
  }

  private func removePod(_ name: NamespacedName, of id: PoolID) {
    guard let place = place(of: id) else { return }
    tell(pods.remove(name, from: place), name)
  }

  private func tell(_ change: Layers<NamespacedName, Pod>.Change, _ name: NamespacedName) {
    switch change {
    case .none: break
    case .set(let pod): emit(.podSet(pod))
    case .removed: emit(.podRemoved(name))
    }
  }
}
