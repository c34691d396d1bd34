internal import HTTPServer
internal import KubernetesClient

/// What is done from time to time; on the first loop only.
extension FleetLoop {
  /// How often replicas that have finished are let go.
  private static let houseInterval: MonotonicTime = 200_000_000
  /// How often servers elsewhere are asked for their models.
  private static let modelsInterval: MonotonicTime = 5_000_000_000

  /// Begins to look after the fleet, and to watch a Kubernetes API server if there is one.
  func start(kubernetes source: KubernetesSource?, _ cluster: ClusterConfiguration?) {
    startHousekeeping()
    guard let source, let cluster else { return }
    let feed = KubernetesFeed(state, loop: loop, source: source, configuration: cluster)
    self.feed = feed
    feed.start()
  }

  private func startHousekeeping() {
    repeatEvery(Self.houseInterval) { [state] in
      // On a thread of its own, since it waits for every loop.
      guard let controller = state.controller, controller.hasHousework else { return }
      Thread { controller.keepHouse() }.detach()
    }
    repeatEvery(Self.modelsInterval) { [unowned self] in askForModels() }
    askForModels()
    if state.configuration.hasFrontDoor {
      takeLiveSample()
      repeatEvery(Self.sampleInterval) { [unowned self] in takeLiveSample() }
    }
    if let staleness = state.configuration.staleness {
      repeatEvery(staleness) { [unowned self] in
        let now = Clock.monotonic
        for pool in topology.pools.values { pool.picker.refresh(at: now) }
      }
    }
    if state.configuration.scheduler.flowControl.isEnabled {
      repeatEvery(Admitter.pumpInterval) { [unowned self] in
        let now = Clock.monotonic
        for pool in topology.pools.values where pool.admitter.nextDeadline != nil { pool.admitter.pump(at: now) }
      }
    }
  }

  /// Servers elsewhere say which models they have; done again when the topology brings new ones.
  func askForModels() {
    // A picker for gateways of others leaves model servers alone but for their metrics.
    guard state.configuration.hasFrontDoor else { return }
    for server in topology.remotes.values { remote.askForModels(of: server.models) }
  }

  private func repeatEvery(_ interval: MonotonicTime, _ action: @escaping () -> Void) {
    let box = TimerBox()
    let timer = loop.makeTimer { [loop] in
      action()
      if let timer = box.timer { loop.set(timer, to: Clock.monotonic + interval) }
    }
    box.timer = timer
    timers.append(timer)
    loop.set(timer, to: Clock.monotonic + interval)
  }
}

/// Lets a timer's action name the timer.
private final class TimerBox {
  weak var timer: LoopTimer?
}
