internal import Synchronization

/// A model or an adapter that a server elsewhere serves.
struct RemoteModel: Sendable, Hashable {
  /// What clients call it.
  var name: String
  /// The model or the adapter's path.
  var root: String
  /// An adapter's base model; nil for a model.
  var parent: String?
  /// Tokens of prompt and answer together; nil when the server does not say.
  var maxModelLen: Int?
}

/// The models that a server elsewhere has told it serves; for any thread.
final class RemoteModels: Sendable {
  /// What is known, and whether more is about to be.
  private struct State {
    var models: [RemoteModel]?
    var names: Set<String>?
    var revision: UInt64 = 0
    var isBeingAsked = false
  }

  /// Where the server is.
  let address: RemoteAddress
  private let state = Mutex(State())

  /// A server of which nothing is known yet.
  init(_ address: RemoteAddress) { self.address = address }

  /// The names of models and adapters that it serves; nil while it has never told them.
  var names: Set<String>? { state.withLock { $0.names } }

  /// Its models and adapters in its own order; nil while it has never told them.
  var models: [RemoteModel]? { state.withLock { $0.models } }

  /// Changes whenever `models` does.
  var revision: UInt64 { state.withLock { $0.revision } }

  /// False when it is being asked already.
  func beginAsking() -> Bool {
    state.withLock { state in
      if state.isBeingAsked { return false }
      state.isBeingAsked = true
      return true
    }
  }

  /// It has told its models, or nil: it has not, and what was known stays.
  func endAsking(_ told: [RemoteModel]?) {
    state.withLock { state in
      state.isBeingAsked = false
      guard let told, told != state.models else { return }
      state.models = told
      state.names = Set(told.map(\.name))
      state.revision += 1
    }
  }
}
