internal import HTTPServer
public import Logging
internal import Simulation
internal import Synchronization

/// One simulated vLLM server on event loops that it shares with others: a replica of `understudy up`.
///
/// Its loops are those of an `HTTPServer` of the caller's; each has a `HostedLoop`, through which requests come in.
public final class HostedServer: Sendable {
  let state: ServerState

  /// A server of `configuration`, whose first engine lives on loop `home` of `loopCount`.
  ///
  /// Its answers name `port`. Call `attach` on every loop before the first request.
  public init(_ configuration: ServerConfiguration, port: Int, home: Int, loopCount: Int, logger: Logger) {
    precondition(!configuration.models.isEmpty, "a server has at least one model")
    state = ServerState(
      configuration: configuration, loopCount: loopCount, firstLoop: home, port: port, publishesLoad: true,
      logger: logger)
  }

  /// What it was configured with.
  public var configuration: ServerConfiguration { state.configuration }

  /// The server's share of one loop; on that loop's thread, once.
  public func attach(_ resources: LoopResources) -> HostedLoop {
    let application = LoopApplication(resources, state: state)
    state.register(application, on: resources.loop)
    return HostedLoop(application)
  }

  /// Breaks its ties to the loops; when nothing is open any more.
  public func detach() { state.unregisterAll() }

  /// The loads of its engines, in the order of its models.
  public var loads: [PublishedLoad] { state.publishedLoads ?? [] }

  /// A model or adapter has this name now.
  public func serves(_ model: String) -> Bool { state.catalog.serves(model) }

  /// The models and adapters that it lists now.
  public var models: [ServedModel] {
    let catalog = state.catalog
    var list: [ServedModel] = []
    for model in catalog.models {
      for name in model.servedNames {
        list.append(ServedModel(name: name, root: model.model, parent: nil, maxModelLen: model.engine.maxModelLen))
      }
    }
    for adapter in catalog.registeredAdapters {
      list.append(
        ServedModel(
          name: adapter.name, root: adapter.path, parent: catalog.models[adapter.model].servedNames[0],
          maxModelLen: nil))
    }
    return list
  }

  /// Changes whenever `serves` and `models` may have.
  public var modelsRevision: UInt64 { state.catalog.revision }

  /// The base model of an adapter or of one of its names; nil for a name that it does not serve.
  public func baseModel(of name: String) -> String? {
    state.catalog.resolve(name).map { state.catalog.models[$0.model].servedNames[0] }
  }

  /// Refuses new work that comes by itself with 503 from now on; what runs goes on.
  public func beginDraining() { state.beginDraining() }

  /// Its configured start-up time is over.
  public var isReady: Bool { state.isStarted && !state.isDraining }

  /// The number of inference requests that are still being answered.
  public var openRequests: Int { state.openRequests.load(ordering: .relaxed) }
}

/// A name in a server's model list.
public struct ServedModel: Sendable, Hashable {
  /// What clients call it.
  public var name: String
  /// The model or the adapter's path.
  public var root: String
  /// An adapter's base model; nil for a model.
  public var parent: String?
  /// Tokens of prompt and answer together; nil for an adapter.
  public var maxModelLen: Int?
}
