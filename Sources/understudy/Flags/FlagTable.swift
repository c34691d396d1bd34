/// All known flags by name and alias.
struct FlagTable: Sendable {
  let flags: [FlagSpecification]
  private let indexByName: [String: Int]
  private let indexByAlias: [String: Int]

  /// Every flag of this program: honoured, accepted and those whose feature comes later.
  static let all = FlagTable(honoured + simulatorOnly + logging + vllmFrontEnd + vllmEngine + vllmFormer)

  init(_ flags: [FlagSpecification]) {
    self.flags = flags
    var names = [String: Int](minimumCapacity: flags.count)
    var aliases: [String: Int] = [:]
    for (index, flag) in flags.enumerated() {
      names[flag.name] = index
      for alias in flag.aliases { aliases[alias] = index }
    }
    indexByName = names
    indexByAlias = aliases
  }

  /// The flag of that canonical name.
  func flag(named name: String) -> FlagSpecification? {
    indexByName[name].map { flags[$0] }
  }

  /// The flag with that alias, dashes included.
  func flag(alias: String) -> FlagSpecification? {
    indexByAlias[alias].map { flags[$0] }
  }

  /// Finds a flag by a name without dashes, underscores and hyphens alike; a `no-` in front of a boolean negates it.
  func resolve(_ spelling: some StringProtocol) -> (flag: FlagSpecification, negated: Bool)? {
    let name = spelling.contains("_") ? String(spelling.map { $0 == "_" ? "-" : $0 }) : String(spelling)
    if let flag = flag(named: name) ?? flag(alias: "--" + name) { return (flag, false) }
    if let family = Self.families.first(where: { name.hasPrefix($0.name) }) { return (family, false) }
    guard name.hasPrefix("no-") else { return nil }
    let positive = String(name.dropFirst(3))
    guard let flag = flag(named: positive) ?? flag(alias: "--" + positive), flag.kind == .boolean else { return nil }
    return (flag, true)
  }
}
