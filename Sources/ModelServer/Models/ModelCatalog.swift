internal import Synchronization

/// Which names clients may use, and what they mean. Shared by all loops; adapters come and go at run time.
final class ModelCatalog: Sendable {
  /// What a model name stands for.
  struct Resolution: Sendable {
    /// The position in `models`.
    let model: Int
    /// The LoRA adapter's name; nil for the base model.
    let adapter: String?
    /// The name that answers carry: the first alias, or the adapter's own.
    var displayedName: String
  }

  /// An adapter that is registered, loaded or not.
  struct RegisteredAdapter: Sendable, Equatable {
    let name: String
    let path: String
    let model: Int
  }

  /// What `register` found.
  enum Registration: Equatable {
    case added
    case replaced
    case exists
    case conflictsWithModel
    case full(limit: Int)
  }

  /// The most adapters that can be registered.
  static let maxAdapters = 10_000

  let models: [ModelConfiguration]
  private let base: [String: Resolution]
  // A lock for a dictionary lookup: an adapter is visible to every loop the moment its loading has been answered.
  private let adapters: Mutex<[RegisteredAdapter]>
  private let changes = Atomic<UInt64>(1)

  init(_ models: [ModelConfiguration]) {
    self.models = models
    var base: [String: Resolution] = [:]
    var registered: [RegisteredAdapter] = []
    for (index, model) in models.enumerated() {
      let displayed = model.servedNames[0]
      for name in model.servedNames {
        base[name] = Resolution(model: index, adapter: nil, displayedName: displayed)
      }
      for adapter in model.adapters {
        registered.append(RegisteredAdapter(name: adapter.name, path: adapter.path ?? adapter.name, model: index))
      }
    }
    self.base = base
    adapters = Mutex(registered)
  }

  /// The model that is used when a request names none.
  var defaultResolution: Resolution {
    Resolution(model: 0, adapter: nil, displayedName: models[0].servedNames[0])
  }

  /// What `name` stands for; nil when nothing has it.
  func resolve(_ name: String) -> Resolution? {
    if let known = base[name] { return known }
    guard let adapter = adapter(named: name) else { return nil }
    return Resolution(model: adapter.model, adapter: adapter.name, displayedName: adapter.name)
  }

  /// Something has that name; changes when adapters come and go.
  func serves(_ name: String) -> Bool { base[name] != nil || adapter(named: name) != nil }

  func adapter(named name: String) -> RegisteredAdapter? {
    adapters.withLock { list in list.first { $0.name == name } }
  }

  /// Changes whenever adapters come and go.
  var revision: UInt64 { changes.load(ordering: .acquiring) }

  /// Adapters of all models in order of registration.
  var registeredAdapters: [RegisteredAdapter] { adapters.withLock { $0 } }

  /// Registers an adapter of `model`. An adapter that exists is replaced only with `inPlace`.
  func register(_ name: String, path: String, model: Int, inPlace: Bool) -> Registration {
    if base[name] != nil { return .conflictsWithModel }
    let adapter = RegisteredAdapter(name: name, path: path, model: model)
    defer { changes.add(1, ordering: .releasing) }
    return adapters.withLock { list in
      guard let index = list.firstIndex(where: { $0.name == name }) else {
        guard list.count < Self.maxAdapters else { return .full(limit: Self.maxAdapters) }
        list.append(adapter)
        return .added
      }
      guard inPlace else { return .exists }
      list[index] = adapter
      return .replaced
    }
  }

  /// Forgets an adapter; false when there is none of that name.
  func unregister(_ name: String) -> Bool {
    defer { changes.add(1, ordering: .releasing) }
    return adapters.withLock { list in
      guard let index = list.firstIndex(where: { $0.name == name }) else { return false }
      list.remove(at: index)
      return true
    }
  }
}
