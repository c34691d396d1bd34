/// The endpoint picker's command line in the one form that the command tree's parser understands.
struct PickerWords: Sendable, Equatable {
  /// `--name` or `--name`, `value`; each flag once unless it is a list.
  var words: [String] = []
  var asksForHelp = false
  /// What has no effect, and what was given twice.
  var notes: [LaunchNote] = []
}

/// Reads command lines as Go programs do, so that the arguments of the upstream picker's Helm charts start this one.
///
/// One dash or two, `--flag value` or `--flag=value`, `-v3`. Go takes no word for a boolean but `--flag=false`; charts
/// of GIE v1.5 write `--flag`, `false` all the same, so such a word counts here.
struct PickerDialect {
  private let table: PickerFlagTable
  private var rest: ArraySlice<String>
  private var asksForHelp = false
  private var given: [(flag: PickerFlag, value: String)] = []
  private var repeated: [String] = []

  /// Parses the words after the subcommand's name.
  ///
  /// Throws one line about a flag that is unknown, lacks its value, or has one without the flag's shape.
  static func parse(_ words: [String], table: PickerFlagTable) throws(LaunchError) -> PickerWords {
    var dialect = PickerDialect(table: table, rest: words[...])
    try dialect.run()
    return dialect.result
  }

  private init(table: PickerFlagTable, rest: ArraySlice<String>) {
    self.table = table
    self.rest = rest
  }

  private mutating func run() throws(LaunchError) {
    while let word = rest.popFirst() {
      guard word.hasPrefix("-"), word != "-", word != "--" else {
        guard word == "--", rest.isEmpty else {
          throw LaunchError("unexpected argument '\(word == "--" ? rest[rest.startIndex] : word)'")
        }
        return
      }
      let (name, attached) = Self.split(word)
      if name == "h" || name == "help" {
        asksForHelp = true
      } else if let flag = table.flag(name) {
        try take(flag, attached)
      } else if name.first == "v", attached == nil, name.dropFirst().allSatisfy(\.isWholeNumber),
        let flag = table.flag("v")
      {
        // The letter with its number attached.
        try take(flag, String(name.dropFirst()))
      } else {
        let spelling = word.prefix { $0 != "=" }
        let hint = Suggestion.nearest(to: spelling, among: table.flags.lazy.map(\.name))
        throw LaunchError("unknown flag '\(spelling)'" + (hint.map { " (did you mean '--\($0)'?)" } ?? ""))
      }
    }
  }

  private mutating func take(_ flag: PickerFlag, _ attached: String?) throws(LaunchError) {
    switch flag.shape {
    case .toggle, .boolean:
      var text = attached ?? "true"
      if attached == nil, let next = rest.first, BooleanText.isSeparateWord(next) {
        rest.removeFirst()
        text = next
      }
      guard let value = BooleanText.parse(text) else {
        throw FlagText.refusal(flag.name, "must be true or false", text)
      }
      record(flag, String(value))
    case .text, .duration, .list:
      let value = if let attached { attached } else { try word(for: flag) }
      if case .duration = flag.shape { _ = try FlagText.goSpan(flag.name, value) }
      record(flag, value)
    }
  }

  /// The word behind the flag: any but another known flag.
  private mutating func word(for flag: PickerFlag) throws(LaunchError) -> String {
    guard let next = rest.first, !next.hasPrefix("-") || table.flag(Self.split(next).name) == nil else {
      throw LaunchError("--\(flag.name): needs a value")
    }
    rest.removeFirst()
    return next
  }

  private mutating func record(_ flag: PickerFlag, _ value: String) {
    if case .list = flag.shape {
    } else if let earlier = given.firstIndex(where: { $0.flag.name == flag.name }) {
      if given[earlier].value != value, !repeated.contains(flag.name) { repeated.append(flag.name) }
      given.remove(at: earlier)
    }
    given.append((flag, value))
  }

  private var result: PickerWords {
    var result = PickerWords(asksForHelp: asksForHelp)
    var idle: [String] = []
    for (flag, value) in given {
      switch flag.effect {
      case .obeyed: result.words += Self.words(flag, value)
      case .none(let reason): idle.append("--\(flag.name) (\(reason))")
      case .unprotected(let instead):
        guard value != "false", value != "" else {
          idle.append("--\(flag.name)")
          continue
        }
        result.notes.append(LaunchNote(level: .warning, text: "--\(flag.name) has no effect: \(instead)"))
      }
    }
    for name in repeated {
      result.notes.append(LaunchNote(level: .warning, text: "--\(name) given more than once; the last counts"))
    }
    if !idle.isEmpty {
      result.notes.append(
        LaunchNote(level: .info, text: "accepted without effect: \(idle.joined(separator: ", "))"))
    }
    return result
  }

  private static func words(_ flag: PickerFlag, _ value: String) -> [String] {
    if case .toggle = flag.shape { return value == "true" ? ["--\(flag.name)"] : [] }
    return ["--\(flag.name)", value]
  }

  /// The name without its one or two dashes, and what is behind the first `=`.
  private static func split(_ word: String) -> (name: Substring, value: String?) {
    let body = word.dropFirst(word.hasPrefix("--") ? 2 : 1)
    guard let equals = body.firstIndex(of: "=") else { return (body, nil) }
    return (body[..<equals], String(body[body.index(after: equals)...]))
  }
}
