/// Reads the command lines that vLLM's and llm-d-inference-sim's own parsers accept.
///
/// The two disagree with each other and with Swift's conventions: names with underscores, words that follow a boolean,
/// flags that take words up to the next flag, JSON flags with dots, short names of several letters. All of it
/// becomes `Setting`s here; nothing behind this type knows that there are dialects.
struct Dialect {
  private let table: FlagTable
  private var rest: ArraySlice<String>
  private var result = CommandLineWords()

  /// Parses the words after the subcommand's name.
  static func parse(_ words: [String], table: FlagTable = .all) throws(LaunchError) -> CommandLineWords {
    var dialect = Dialect(words, table: table)
    try dialect.run()
    return dialect.result
  }

  private init(_ words: [String], table: FlagTable) {
    self.table = table
    rest = words[...]
    result.ignoresUnknownFlags = words.contains { word in
      word.hasPrefix("--") && table.resolve(word.dropFirst(2))?.flag.name == "ignore-unknown-flags"
    }
  }

  private mutating func run() throws(LaunchError) {
    while let word = rest.popFirst() {
      if word == "--" {
        while let positional = rest.popFirst() { try take(positional: positional) }
      } else if word.hasPrefix("--") {
        try take(long: word)
      } else if word.hasPrefix("-"), word != "-" {
        try take(short: word)
      } else {
        try take(positional: word)
      }
    }
  }

  private mutating func take(positional word: String) throws(LaunchError) {
    guard result.model == nil else { throw LaunchError("unexpected argument '\(word)'") }
    guard !word.isEmpty else { throw LaunchError("model parameter is empty") }
    result.model = word
  }

  private mutating func take(long word: String) throws(LaunchError) {
    let (spelling, attached) = split(word.dropFirst(2))
    switch spelling {
    case "help": result.asksForHelp = true
    case "version": result.asksForVersion = true
    default:
      let (base, path) = splitPath(spelling)
      guard let (flag, negated) = table.resolve(base), path.isEmpty || flag.kind == .json else {
        return try skipUnknown("--\(spelling)", isComplete: attached != nil)
      }
      try take(flag, negated: negated, path: path, attached: attached)
    }
  }

  private mutating func take(short word: String) throws(LaunchError) {
    let (spelling, attached) = split(word[...])
    if spelling == "-h" {
      result.asksForHelp = true
      return
    }
    let (base, path) = splitPath(spelling)
    if let flag = table.flag(alias: String(base)), path.isEmpty || flag.kind == .json {
      return try take(flag, negated: false, path: path, attached: attached)
    }
    // -O3 and -v4: a letter with its number attached.
    if attached == nil, let flag = table.flag(alias: String(word.prefix(2))),
      word.dropFirst(2).first?.isNumber == true
    {
      return try take(flag, negated: false, path: "", attached: String(word.dropFirst(2)))
    }
    try skipUnknown(String(spelling), isComplete: attached != nil)
  }

  private mutating func take(
    _ flag: FlagSpecification, negated: Bool, path: Substring, attached: String?
  ) throws(LaunchError) {
    switch flag.kind {
    case .boolean:
      var text = attached ?? "true"
      if attached == nil, let next = rest.first, BooleanText.isSeparateWord(next) {
        rest.removeFirst()
        text = next
      }
      guard let value = BooleanText.parse(text) else {
        throw LaunchError("--\(flag.name): expected true or false, got '\(text)'")
      }
      try record(flag, [String(value != negated)])
    case .list:
      if let attached { return try record(flag, [attached]) }
      var words: [String] = []
      while let next = rest.first, !startsFlag(next) {
        words.append(next)
        rest.removeFirst()
      }
      try record(flag, words)
    case .optionalText:
      if let attached { return try record(flag, [attached]) }
      if let next = rest.first, !next.hasPrefix("-") {
        rest.removeFirst()
        try record(flag, [next])
      } else {
        try record(flag, [])
      }
    case .text, .integer, .humanInteger, .number, .duration, .seconds, .json:
      let value: String
      if let attached {
        value = attached
      } else if let next = rest.first, !startsFlag(next) {
        rest.removeFirst()
        value = next
      } else {
        throw LaunchError("--\(flag.name): needs a value")
      }
      if path.isEmpty {
        try record(flag, [value])
      } else {
        // A dotted flag comes in parts; each adds to those before it.
        let earlier = result.settings.last(flag.name)?.values ?? []
        try record(flag, earlier + [JSONText.nested(value, at: path)])
      }
    }
  }

  private mutating func record(_ flag: FlagSpecification, _ values: [String]) throws(LaunchError) {
    if case .fileOnly = flag.disposition {
      throw LaunchError("--\(flag.name): only for entries of 'models' in a configuration file")
    }
    let setting = try Setting(flag: flag, values: values, origin: .commandLine).checked()
    let name = flag.name
    if let earlier = result.settings.firstIndex(where: { $0.flag.name == name }) {
      if flag.kind != .json, result.settings[earlier].values != values {
        let note = "--\(name) given more than once; the last counts"
        result.notes.append(LaunchNote(level: .warning, text: note))
      }
      result.settings.remove(at: earlier)
    }
    result.settings.append(setting)
  }

  private mutating func skipUnknown(_ spelling: String, isComplete: Bool) throws(LaunchError) {
    guard result.ignoresUnknownFlags else {
      let hint = Suggestion.nearest(to: spelling, in: table).map { " (did you mean '--\($0)'?)" } ?? ""
      throw LaunchError("unknown flag '\(spelling)'\(hint)")
    }
    var skipped = "'\(spelling)'"
    if !isComplete, let next = rest.first, !next.hasPrefix("-") {
      rest.removeFirst()
      skipped += " and its value '\(next)'"
    }
    result.notes.append(LaunchNote(level: .warning, text: "ignored unknown flag \(skipped)"))
  }

  /// Whether a word ends the words of the flag before it. Negative numbers and texts that begin with one hyphen do not.
  private func startsFlag(_ word: String) -> Bool {
    if word.hasPrefix("--") { return true }
    guard word.hasPrefix("-") else { return false }
    let name = splitPath(split(word[...]).name).base
    return name == "-h" || table.flag(alias: String(name)) != nil
  }

  /// Splits at the first `=`.
  private func split(_ word: Substring) -> (name: Substring, value: String?) {
    guard let equals = word.firstIndex(of: "=") else { return (word, nil) }
    return (word[..<equals], String(word[word.index(after: equals)...]))
  }

  /// Splits `kv-transfer-config.kv_role` at the first dot.
  private func splitPath(_ name: Substring) -> (base: Substring, path: Substring) {
    guard let dot = name.firstIndex(of: ".") else { return (name, "") }
    return (name[..<dot], name[name.index(after: dot)...])
  }
}
