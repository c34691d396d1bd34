/// All rewrites of one pool, as an index from model to the one rule that counts (GIE v1.5, InferenceModelRewrite).
///
/// An exact rule goes before a generic one whatever their ages, the rule of an older object before that of a younger
/// one, and within one object the earlier rule. The result of a rewrite is not rewritten again. A lookup takes constant
/// time however many rules there are.
public struct RewriteTable: Sendable {
  typealias Candidates = OldestFirst<Int>

  /// How targets are chosen.
  public let mode: SplitMode
  private var resources: [ResourceID: Resource] = [:]
  /// Rules by slot; rules of several models have one state, so indexes hold slots.
  private var rules: [CompiledRule?] = []
  private var freeSlots: [Int] = []
  private var exact: [String: Candidates] = [:]
  private var generic = Candidates()

  private struct Resource: Sendable {
    let rewrite: InferenceModelRewrite
    var exact: [String: Int] = [:]
    var generic: Int?
    var slots: [Int] = []
    var key: Candidates.Key { Candidates.Key(age: rewrite.metadata.age, kind: rewrite.origin) }
  }

  /// No rewrites.
  public init(mode: SplitMode = .random) { self.mode = mode }

  /// A table of `rewrites`, in any order.
  public init(_ rewrites: some Sequence<InferenceModelRewrite>, mode: SplitMode = .random) {
    self.init(mode: mode)
    for rewrite in rewrites { set(rewrite) }
  }

  /// The objects in the table.
  public var count: Int { resources.count }
  /// There are no objects in the table.
  public var isEmpty: Bool { resources.isEmpty }
  /// Some rule matches requests for any model, and such without one.
  public var hasGenericRule: Bool { !generic.isEmpty }

  /// The objects in the table, the oldest first.
  public var rewrites: [InferenceModelRewrite] {
    resources.values.sorted { $0.key < $1.key }.map(\.rewrite)
  }

  /// Models with an exact rule: the aliases that clients can ask for. In no order.
  public var aliases: some Collection<String> & Sendable { exact.keys }

  /// Adds `rewrite`, or puts it in the place of the one with its id.
  ///
  /// An object that has not changed keeps the state of its smooth splits.
  public mutating func set(_ rewrite: InferenceModelRewrite) {
    guard resources[rewrite.id]?.rewrite != rewrite else { return }
    remove(rewrite.id)
    var resource = Resource(rewrite: rewrite)
    for rule in rewrite.rules where !rule.targets.isEmpty {
      let newModels = rule.models.filter { resource.exact[$0] == nil }
      let newGeneric = rule.models.isEmpty && resource.generic == nil
      guard newGeneric || !newModels.isEmpty else { continue }
      let slot = allocate(CompiledRule(rule, of: rewrite.id, mode: mode))
      resource.slots.append(slot)
      if newGeneric { resource.generic = slot }
      for model in newModels { resource.exact[model] = slot }
    }
    for (model, slot) in resource.exact { exact[model, default: Candidates()].set(slot, for: resource.key) }
    if let slot = resource.generic { generic.set(slot, for: resource.key) }
    resources[rewrite.id] = resource
  }

  /// Takes out the object `id`, so that the next oldest counts; false when it is not in the table.
  @discardableResult public mutating func remove(_ id: ResourceID) -> Bool {
    guard let resource = resources.removeValue(forKey: id) else { return false }
    for model in resource.exact.keys {
      exact[model]?.remove(resource.key)
      if exact[model]?.isEmpty == true { exact[model] = nil }
    }
    if resource.generic != nil { generic.remove(resource.key) }
    for slot in resource.slots { rules[slot] = nil }
    freeSlots.append(contentsOf: resource.slots)
    return true
  }

  /// Takes out the InferenceModelRewrite `name`; false when it is not in the table.
  @discardableResult public mutating func remove(_ name: NamespacedName) -> Bool {
    remove(ResourceID(kind: .inferenceModelRewrite, name: name))
  }

  /// An exact rule counts for `model`.
  public func hasExactRule(for model: String) -> Bool { exact[model] != nil }

  /// The object whose rule counts for `model`; nil when no rule does.
  public func rewrite(for model: String) -> ResourceID? {
    slot(for: model).flatMap { rules[$0]?.rewrite }
  }

  /// Rewrites `model` by the rule that counts for it; nil when none does.
  public mutating func decide(
    _ model: String, using generator: inout some RandomNumberGenerator
  ) -> RewriteDecision? {
    guard let slot = slot(for: model) else { return nil }
    return rules[slot]?.decide(model, using: &generator)
  }

  /// The target of a request that names no model, by the generic rule; nil when there is none.
  public mutating func decideWithoutModel(
    using generator: inout some RandomNumberGenerator
  ) -> RewriteDecision? {
    guard let slot = generic.oldest else { return nil }
    return rules[slot]?.decide("", using: &generator)
  }

  private func slot(for model: String) -> Int? {
    if exact.isEmpty { return generic.oldest }
    return exact[model]?.oldest ?? generic.oldest
  }

  private mutating func allocate(_ rule: CompiledRule) -> Int {
    if let slot = freeSlots.popLast() {
      rules[slot] = rule
      return slot
    }
    rules.append(rule)
    return rules.count - 1
  }
}
