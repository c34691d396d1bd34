internal import EndpointPicking
internal import HTTPServer
internal import Synchronization

/// The load of a model server elsewhere, as its metrics page had it when it was last read: written by one scraper, read
/// by pickers on any thread.
final class ScrapedEndpoint: LoadSource {
  /// Where the server is, or where its metrics are if that is another port.
  let address: RemoteAddress
  /// The engine that it is labelled with; nil: found out from its page.
  let engine: String?

  private struct State {
    var metrics = EndpointMetrics()
    /// What `metrics` has the adapters of, to make sets of names only when it changes.
    var adapters = PageLoad.Adapters()
  }

  private let state = Mutex(State())
  private let published = Atomic<UInt64>(0)
  private let attempts = Atomic<UInt64>(0)
  private let failed = Atomic<UInt64>(0)

  /// A server whose page has not been read yet.
  init(_ address: RemoteAddress, engine: String? = nil) {
    self.address = address
    self.engine = engine
  }

  var revision: UInt64 { published.load(ordering: .acquiring) }
  var isScraped: Bool { true }

  /// As of `updatedAt`, which is nil as long as no page was read.
  func metrics(at now: Int64) -> EndpointMetrics { state.withLock(\.metrics) }

  /// Attempts to read the page that have ended.
  var polls: UInt64 { attempts.load(ordering: .relaxed) }
  /// Those of `polls` that came to nothing.
  var failures: UInt64 { failed.load(ordering: .relaxed) }

  /// A page has been read to its end.
  func publish(_ load: PageLoad, at now: MonotonicTime) {
    attempts.add(1, ordering: .relaxed)
    state.withLock { state in
      state.metrics.waiting = PageLoad.count(load.waiting.value)
      state.metrics.running = PageLoad.count(load.running.value)
      state.metrics.kvUsage = min(max(load.kvUsage.value, 0), 1)
      state.metrics.blockSize = PageLoad.count(load.blockSize.value)
      state.metrics.blocks = PageLoad.count(load.blocks.value)
      if state.adapters != load.adapters {
        state.adapters = load.adapters
        state.metrics.activeAdapters = AdapterNames.names(load.adapters.running)
        state.metrics.waitingAdapters = AdapterNames.names(load.adapters.waiting)
        state.metrics.maxAdapters = load.adapters.limit
      }
      state.metrics.updatedAt = now
    }
    published.add(1, ordering: .releasing)
  }

  /// An attempt has failed; what was known stays, and grows old.
  func recordFailure() {
    attempts.add(1, ordering: .relaxed)
    failed.add(1, ordering: .relaxed)
  }
}
