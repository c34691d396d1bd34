internal import EndpointPicking

/// All that a request needs to find its server, as one moment's objects say it. Replaced as a whole, on every loop.
struct Topology: Sendable {
  /// Counts the changes.
  var version = 0
  /// The pools.
  var pools: [PoolID: PoolEntrance] = [:]
  /// Servers elsewhere, by their tokens; replicas' tokens are their numbers.
  var remotes: [Int: RemoteServer] = [:]
  /// The pods behind each Service that a route names, as tokens.
  var services: [NamespacedName: [Int]] = [:]
  /// What the HTTPRoutes say.
  var routes = RouteTable()
  /// Which pool has which model.
  var models = ModelDirectory(members: [], rewrites: [], pools: [])
  /// Priorities.
  var objectives = ObjectiveStore()
  /// The replicas in service, in order of their names.
  var replicas: [Replica] = []
}
