import ArgumentParser
import EndpointPicking
import Fleet
import KubernetesClient

/// Which pools are picked for, and where they and their endpoints come from.
struct PickerSourceOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "The InferencePool; not needed if files have exactly one.")
  var poolName: String?

  @Option(parsing: .unconditional, help: "Its namespace. Default: the environment's NAMESPACE, default.")
  var poolNamespace: String?

  @Option(parsing: .unconditional, help: "Its API group. Default: inference.networking.k8s.io.")
  var poolGroup: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A pool with an ext_proc port of its own, instead of --pool-name and --grpc-port. May be repeated.",
      valueName: "namespace/name=port"))
  var pool: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Labels of pods, in place of an InferencePool.", valueName: "label=value,..."))
  var endpointSelector: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("The ports of those pods, 1 to 8 of them.", valueName: "port,..."))
  var endpointTargetPorts: [String] = []

  @Flag(help: "Pay no heed to the subset of endpoints that a gateway asks for.")
  var disableEndpointSubsetFilter = false

  @Option(
    name: [.customShort("f"), .long], parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      Manifests: a file, a folder of them, or - for standard input. May be repeated. With files no API server is \
      asked, without them there must be one.
      """, valueName: "file|dir|-"))
  var filename: [String] = []

  @Flag(help: "Ask the API server beside --filename.")
  var kubernetes = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How to reach the API server; asks it beside --filename too. Default: KUBECONFIG, the service account of a pod.",
      valueName: "file"))
  var kubeconfig: String?

  @Flag(help: "Serve only while leader of all replicas of this picker.")
  var haEnableLeaderElection = false

  /// Enters the choices into `configuration`, whose scheduler is known.
  ///
  /// - Parameters:
  ///   - grpcPort: the value of `--grpc-port`.
  ///   - environment: NAMESPACE and POD_NAME count.
  ///   - filesOnly: no API server is asked, whatever is said about it.
  func fill(
    _ configuration: inout FleetConfiguration, grpcPort: String?, environment: [String: String], filesOnly: Bool
  ) throws(LaunchError) {
    // The configuration may name a file of endpoints.
    let discoveryFile = configuration.scheduler.discoveryFile
    let files = filename + [discoveryFile].compactMap(\.self)
    configuration.sources = try SourceOptions.sources(files)
    configuration.picker.ignoresSubsets = disableEndpointSubsetFilter
    if let kubeconfig, kubeconfig.isEmpty { throw FlagText.refusal("kubeconfig", "needs a path", kubeconfig) }
    if filesOnly, files.isEmpty { throw LaunchError("name the manifests with --filename") }
    let asksServer = !filesOnly && (files.isEmpty || kubernetes || kubeconfig != nil)
    let namespace = try namespace(environment)
    let group = try group()
    try refuseSeveralWays(grpcPort)
    let port = try FlagText.integer("grpc-port", grpcPort, in: 0...65535) ?? 9002

    var source = KubernetesSource()
    source.namespace = namespace
    source.kubeconfig = kubeconfig
    source.electsLeader = haEnableLeaderElection
    source.environment = environment
    if let poolName = poolName.given {
      guard ObjectNameText.isSubdomain(poolName) else {
        throw FlagText.refusal("pool-name", "must be an object's name", poolName)
      }
      configuration.picker.listeners = [
        PickerListener(pool: PoolID(namespace: namespace, name: poolName, group: group), port: port)
      ]
    } else if let text = endpointSelector.given {
      guard asksServer else {
        throw FlagText.refusal("endpoint-selector", "needs an API server (--kubernetes beside --filename)", text)
      }
      source.selector = try Self.selector(text)
      source.targetPorts = try targetPorts()
      source.selectorPoolName = Self.deployment(of: environment["POD_NAME"].given) ?? source.selectorPoolName
      configuration.picker.listeners = [PickerListener(pool: nil, port: port)]
    } else if !pool.isEmpty {
      configuration.picker.listeners = try listeners(group)
    } else if files.isEmpty {
      throw LaunchError(
        "name the pool: --pool-name, --endpoint-selector with --endpoint-target-ports, --pool for several, "
          + "or --filename with manifests that have one")
    } else if asksServer {
      throw LaunchError("name the pool to ask the API server for: --pool-name, --endpoint-selector or --pool")
    } else {
      configuration.picker.listeners = [PickerListener(pool: nil, port: port)]
    }

    if discoveryFile != nil {
      configuration.picker.discoveryPool =
        configuration.picker.listeners.first?.pool ?? PoolID(namespace: namespace, name: source.selectorPoolName)
    }
    if asksServer {
      if source.selector == nil { source.pools = configuration.picker.listeners.compactMap(\.pool) }
      configuration.picker.kubernetes = source
    } else if haEnableLeaderElection, !filesOnly {
      throw LaunchError("--ha-enable-leader-election: needs an API server (--kubernetes beside --filename)")
    }
  }

  /// What was given without what it is for.
  var notes: [LaunchNote] {
    guard !endpointTargetPorts.isEmpty, endpointSelector.given == nil else { return [] }
    return [LaunchNote(level: .warning, text: "--endpoint-target-ports has no effect without --endpoint-selector")]
  }

  private func namespace(_ environment: [String: String]) throws(LaunchError) -> String {
    let limit = "must be small letters, digits and hyphens, at most 63"
    if let name = poolNamespace.given {
      guard ObjectNameText.isLabel(name) else { throw FlagText.refusal("pool-namespace", limit, name) }
      return name
    }
    guard let name = environment["NAMESPACE"].given else { return "default" }
    guard ObjectNameText.isLabel(name) else { throw LaunchError("NAMESPACE: \(limit), got '\(name)'") }
    return name
  }

  private func group() throws(LaunchError) -> String {
    guard let group = poolGroup.given else { return APIGroup.inference }
    let groups = [APIGroup.inference, APIGroup.experimental]
    guard groups.contains(group) else {
      throw FlagText.refusal("pool-group", "must be " + groups.joined(separator: " or "), group)
    }
    return group
  }

  private func refuseSeveralWays(_ grpcPort: String?) throws(LaunchError) {
    let ways = [("pool-name", poolName.given), ("endpoint-selector", endpointSelector.given), ("pool", pool.first)]
      .filter { $0.1 != nil }
    if ways.count > 1 {
      throw LaunchError("--\(ways[1].0): cannot stand beside --\(ways[0].0)")
    }
    if !pool.isEmpty, grpcPort != nil {
      throw LaunchError("--grpc-port: cannot stand beside --pool, which has a port for each pool")
    }
  }

  private func listeners(_ group: String) throws(LaunchError) -> [PickerListener] {
    var listeners: [PickerListener] = []
    for text in pool {
      guard let listener = PoolText.listener(text, group: group) else {
        throw FlagText.refusal("pool", "must be NAMESPACE/NAME=PORT with a port from 0 to 65535", text)
      }
      guard !listeners.contains(where: { $0.pool == listener.pool }) else {
        throw FlagText.refusal("pool", "each pool can be named once", text)
      }
      listeners.append(listener)
    }
    return listeners
  }

  private static func selector(_ text: String) throws(LaunchError) -> [String: String] {
    do throws(ConfigurationProblem) {
      return try EndpointSelector.parse(text)
    } catch {
      throw FlagText.refusal("endpoint-selector", "must be labels and values such as app=x,tier=y", text)
    }
  }

  private func targetPorts() throws(LaunchError) -> [Int] {
    let text = endpointTargetPorts.joined(separator: ",")
    func refusal() -> LaunchError {
      FlagText.refusal("endpoint-target-ports", "must be 1 to 8 ports from 1 to 65535 such as 8000,8001", text)
    }
    var ports: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let port = Int(part), (1...65535).contains(port) else { throw refusal() }
      if !ports.contains(port) { ports.append(port) }
    }
    guard ports.count <= 8 else { throw refusal() }
    return ports
  }

  /// The name of a pod's Deployment, which ends before the last two hyphens (GIE v1.5); other names as they are.
  private static func deployment(of pod: String?) -> String? {
    guard let pod else { return nil }
    let parts = pod.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count > 2, !parts[0].isEmpty else { return pod }
    return parts.dropLast(2).joined(separator: "-")
  }
}

extension String? {
  /// nil for the empty text, with which charts leave a flag alone.
  var given: String? { self == "" ? nil : self }
}
