internal import KubernetesClient
internal import Synchronization

/// Whether the Kubernetes API server tells what changes; for any thread.
final class APIServerHealth: Sendable {
  private struct State {
    var isAsked = false
    var failing: Set<String> = []
    var losses = 0
  }

  private let state = Mutex(State())

  /// Nil when there is no API server to ask.
  var health: WatchMetrics? {
    state.withLock { $0.isAsked ? WatchMetrics(failing: $0.failing.count, losses: $0.losses) : nil }
  }

  /// There is one from now on.
  func begin() { state.withLock { $0.isAsked = true } }

  /// Takes note of what a watch tells.
  func take(_ event: PoolWatchEvent) {
    switch event {
    case .lost(let what, _):
      state.withLock { if $0.failing.insert(what).inserted { $0.losses += 1 } }
    case .found(let what): state.withLock { _ = $0.failing.remove(what) }
    default: break
    }
  }
}
