import EndpointPicking
import Kubernetes
import Simulation
import Testing

@testable import Fleet

/// Random edits, additions, removals, applications and deletions, compared with a model that has one small rule per case.
@Suite struct ClusterPropertyTests {
  /// What a text says of one rewrite.
  private struct Declaration: Equatable {
    var name: String
    var target: String
    var created: Int64?

    var text: String {
      ClusterFixture.rewrite(name, to: target, created: created.map { "1970-01-01T00:00:0\($0)Z" })
    }
  }

  private enum Text: Equatable {
    case good([Declaration], comment: Int)
    case bad(Int)
    case unreadable

    func file(_ name: String) -> SourceFile {
      switch self {
      case .good(let declarations, let comment):
        SourceFile(name, text: "# \(comment)\n" + declarations.map(\.text).joined(separator: "---\n"))
      case .bad(let number):
        SourceFile(
          name,
          text: number % 2 == 0 ? "kind: [\(number)" : Declaration(name: "a0", target: "t").text + "---\nkind: 5\n")
      case .unreadable: SourceFile(name, unreadable: "Permission denied")
      }
    }
  }

  /// The rules, naively.
  private struct Model {
    struct Life: Equatable {
      var target: String
      var created: Int64
      var order: Int
    }

    var now: [String: Text] = [:]
    var good: [String: [Declaration]] = [:]
    var goodText: [String: Text] = [:]
    var owner: [String: String] = [:]
    var applied: [String: Declaration] = [:]
    var deleted: Set<String> = []
    var lives: [String: Life] = [:]
    var nextOrder = 0

    mutating func look(_ files: [String: Text], at time: Int64) {
      var changed: Set<String> = []
      for (file, text) in files {
        if case .good(let declarations, _) = text, goodText[file] != text {
          good[file] = declarations
          goodText[file] = text
          changed.insert(file)
        }
      }
      for file in now.keys where files[file] == nil {
        good[file] = nil
        goodText[file] = nil
        changed.insert(file)
      }
      now = files
      let former = owner
      owner = [:]
      for name in Set(good.values.flatMap { $0.map(\.name) }) {
        let claimants = good.keys.filter { good[$0]!.contains { $0.name == name } }.sorted()
        owner[name] = claimants.contains(former[name] ?? "") ? former[name] : claimants[0]
      }
      for name in Set(applied.keys).union(deleted) {
        if changed.contains(former[name] ?? "") || changed.contains(owner[name] ?? "") {
          applied[name] = nil
          deleted.remove(name)
        }
      }
      live(order: [:], at: time)
    }

    mutating func apply(_ declarations: [Declaration], at time: Int64) -> [String] {
      var outcomes: [String] = []
      for declaration in declarations {
        let name = declaration.name
        guard let life = lives[name] else {
          outcomes.append("created")
          applied[name] = declaration
          deleted.remove(name)
          continue
        }
        if life.target == declaration.target, declaration.created ?? life.created == life.created {
          outcomes.append("unchanged")
        } else {
          outcomes.append("configured")
          applied[name] = declaration
        }
      }
      let names = declarations.map(\.name)
      live(order: Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) }), at: time)
      return outcomes
    }

    mutating func delete(_ name: String, at time: Int64) -> Bool {
      guard lives[name] != nil else { return false }
      applied[name] = nil
      if owner[name] != nil { deleted.insert(name) }
      live(order: [:], at: time)
      return true
    }

    func position(_ name: String) -> (String, Int) {
      let file = owner[name] ?? ""
      return (file, good[file]?.firstIndex { $0.name == name } ?? 0)
    }

    /// `order` is that of the newcomers of a text of their own; others come in the order of files.
    mutating func live(order: [String: Int], at time: Int64) {
      var wanted: [String: Declaration] = [:]
      for (name, file) in owner { wanted[name] = good[file]!.first { $0.name == name } }
      for name in deleted { wanted[name] = nil }
      wanted.merge(applied) { $1 }
      for name in lives.keys where wanted[name] == nil { lives[name] = nil }
      let places = wanted.keys.map { (order[$0].map { ("", $0) } ?? position($0), $0) }
      for (_, name) in places.sorted(by: { $0.0 < $1.0 }) {
        let declaration = wanted[name]!
        if lives[name] == nil {
          lives[name] = Life(target: "", created: time, order: nextOrder)
          nextOrder += 1
        }
        lives[name]!.target = declaration.target
        lives[name]!.created = declaration.created ?? lives[name]!.created
      }
    }

    var duplicates: Int { good.values.map(\.count).reduce(0, +) - owner.count }
    var broken: Int {
      now.values.count { if case .good = $0 { false } else { true } }
    }
  }

  private struct Generator {
    var random: SplitMix64

    mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

    mutating func declarations() -> [Declaration] {
      var names = ["a0", "a1", "a2", "a3", "a4"]
      return (0..<below(4)).map { _ in
        Declaration(
          name: names.remove(at: below(names.count)), target: "t\(below(3))",
          created: below(6) == 0 ? Int64(below(9)) : nil)
      }
    }

    mutating func text() -> Text {
      switch below(8) {
      case 0, 1: .bad(below(4))
      case 2: .unreadable
      default: .good(declarations(), comment: below(3))
      }
    }
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func followsTheModel(seed: UInt64) {
    var generator = Generator(random: SplitMix64(seed: seed))
    var store = ClusterStore()
    var model = Model()
    var files: [String: Text] = [:]
    var time: Int64 = 1000
    for step in 0..<80 {
      time += Int64(generator.below(3))
      let version = store.version
      let former = Self.facts(store)
      switch generator.below(10) {
      case 0, 1:
        let declarations = generator.declarations()
        let text = declarations.map(\.text).joined(separator: "---\n")
        if generator.below(4) == 0 {
          let result = store.apply(text + "---\nkind: 5\n", defaultNamespace: "default", at: time)
          #expect(result.errors.count == 1 && result.changes.isEmpty)
        } else {
          let result = store.apply(text, defaultNamespace: "default", at: time)
          let outcomes = model.apply(declarations, at: time)
          #expect(result.changes.map(\.outcome.rawValue) == outcomes, "seed \(seed) step \(step)")
        }
      case 2, 3:
        let name = "a\(generator.below(5))"
        let result = store.delete(kind: "inferencemodelrewrite", name: name, namespace: "default", at: time)
        let isDeleted = model.delete(name, at: time)
        if case .deleted = result { #expect(isDeleted) } else { #expect(!isDeleted, "seed \(seed) step \(step)") }
      default:
        for _ in 0...generator.below(3) {
          let name = "f\(generator.below(4))"
          files[name] = generator.below(5) == 0 ? nil : generator.text()
        }
        let report = store.update(files.map { $0.value.file($0.key) }, at: time)
        model.look(files, at: time)
        #expect(report.errors.allSatisfy { files[$0.file] != nil })
      }
      let facts = Self.facts(store)
      let expected = model.lives.sorted { ($0.value.created, $0.value.order) < ($1.value.created, $1.value.order) }
      #expect(facts == expected.map { "\($0.key) \($0.value.target) \($0.value.created)" }, "seed \(seed) step \(step)")
      #expect((store.version != version) == (facts != former), "seed \(seed) step \(step)")
      #expect(store.errors.count >= model.broken + model.duplicates)
      #expect(store.errors.isEmpty == (model.broken + model.duplicates == 0), "seed \(seed) step \(step)")
    }
  }

  private static func facts(_ store: ClusterStore) -> [String] {
    store.objects.compactMap { object in
      guard let metadata = object.resource.metadata, let created = metadata.creationTimestamp else { return nil }
      return "\(metadata.name.name) \(store.target(metadata.name.name) ?? "") \(created)"
    }
  }
}
