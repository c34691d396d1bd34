/// Takes a shell script apart into simple commands (POSIX, "Shell Command Language", section 2.3 and 2.6).
///
/// Quotes, escapes, continued lines, comments, redirections and parameters are understood. What only running could tell
/// stays as written: `$(command)`, `` `command` ``, arithmetic, and the rarer forms of `${…}`.
struct ShellLexer {
  private let script: [UInt8]
  private let parameters: [String]
  private var index = 0
  /// What the next word has so far; nil between words, so that `""` is a word.
  private var word: [UInt8]?
  private var words: [String] = []
  /// The word after a redirection is a file's name.
  private var skipsWord = false

  init(_ script: String, parameters: [String] = []) {
    self.script = Array(script.utf8)
    self.parameters = parameters
  }

  /// The words of the next command that has any, with parameters from `environment`; nil at the end.
  mutating func next(_ environment: [String: String]) -> [String]? {
    words = []
    while index < script.count {
      let byte = script[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\\"): escape()
      case UInt8(ascii: "'"): singleQuoted()
      case UInt8(ascii: "\""): doubleQuoted(environment)
      case UInt8(ascii: "$"): parameter(environment, quoted: false)
      case UInt8(ascii: "`"): substitution(until: UInt8(ascii: "`"))
      case UInt8(ascii: "#") where word == nil: skipComment()
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): endWord()
      case UInt8(ascii: "<"), UInt8(ascii: ">"): redirect()
      case UInt8(ascii: "\n"), UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "("),
        UInt8(ascii: ")"):
        endWord()
        skipsWord = false
        if !words.isEmpty { return words }
      default: append(byte)
      }
    }
    endWord()
    return words.isEmpty ? nil : words
  }

  private mutating func append(_ byte: UInt8) { append(CollectionOfOne(byte)) }

  private mutating func append(_ text: some Sequence<UInt8>) {
    if word == nil { word = [] }
    word?.append(contentsOf: text)
  }

  private mutating func endWord() {
    guard let bytes = word else { return }
    word = nil
    if skipsWord { skipsWord = false } else { words.append(String(decoding: bytes, as: UTF8.self)) }
  }

  private mutating func escape() {
    guard index < script.count else { return append(UInt8(ascii: "\\")) }
    // A backslash at the end of a line joins it with the next.
    if script[index] != UInt8(ascii: "\n") { append(script[index]) }
    index += 1
  }

  private mutating func singleQuoted() {
    let end = script[index...].firstIndex(of: UInt8(ascii: "'")) ?? script.count
    append(script[index..<end])
    index = min(end + 1, script.count)
  }

  private mutating func doubleQuoted(_ environment: [String: String]) {
    // `"$@"` without parameters is no word at all.
    if script[index...].starts(with: "$@\"".utf8), word == nil, parameters.isEmpty {
      index += 3
      return
    }
    append([])
    while index < script.count {
      let byte = script[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return
      case UInt8(ascii: "$"): parameter(environment, quoted: true)
      case UInt8(ascii: "`"): substitution(until: UInt8(ascii: "`"))
      case UInt8(ascii: "\\"):
        guard index < script.count else { return append(byte) }
        if !"$`\"\\\n".utf8.contains(script[index]) { append(byte) }
        escape()
      default: append(byte)
      }
    }
  }

  private mutating func skipComment() {
    index = script[index...].firstIndex(of: UInt8(ascii: "\n")) ?? script.count
  }

  /// `>file`, `2>&1`, `<<<word`: neither the number before nor the file after is a word.
  private mutating func redirect() {
    if let bytes = word, bytes.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) { word = nil }
    endWord()
    while index < script.count, "<>&|".utf8.contains(script[index]) { index += 1 }
    skipsWord = true
  }
}

extension ShellLexer {
  /// After a `$`.
  private mutating func parameter(_ environment: [String: String], quoted: Bool) {
    guard index < script.count else { return append(UInt8(ascii: "$")) }
    switch script[index] {
    case UInt8(ascii: "("):
      append(UInt8(ascii: "$"))
      parenthesized()
    case UInt8(ascii: "{"): braced(environment, quoted: quoted)
    case UInt8(ascii: "@"), UInt8(ascii: "*"):
      let joins = script[index] == UInt8(ascii: "*") && quoted
      index += 1
      if joins { append(parameters.joined(separator: " ").utf8) } else { appendParameters(quoted: quoted) }
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      let number = Int(script[index] - UInt8(ascii: "0"))
      index += 1
      if parameters.indices.contains(number - 1) { insert(parameters[number - 1], quoted: quoted) }
    default:
      let name = script[index...].prefix(while: Assignment.isNameByte)
      guard !name.isEmpty else { return append(UInt8(ascii: "$")) }
      index += name.count
      insert(environment[String(decoding: name, as: UTF8.self)] ?? "", quoted: quoted)
    }
  }

  /// `${NAME}`, `${NAME:-default}` and `${NAME-default}`.
  private mutating func braced(_ environment: [String: String], quoted: Bool) {
    guard let end = script[index...].firstIndex(of: UInt8(ascii: "}")) else { return append(UInt8(ascii: "$")) }
    let content = String(decoding: script[(index + 1)..<end], as: UTF8.self)
    let name = String(decoding: content.utf8.prefix(while: Assignment.isNameByte), as: UTF8.self)
    let operation = content.dropFirst(name.count)
    let value = environment[name]
    if operation.isEmpty, !name.isEmpty {
      insert(value ?? "", quoted: quoted)
    } else if operation.hasPrefix(":-") {
      insert(value.flatMap { $0.isEmpty ? nil : $0 } ?? String(operation.dropFirst(2)), quoted: quoted)
    } else if operation.hasPrefix("-") {
      insert(value ?? String(operation.dropFirst()), quoted: quoted)
    } else {
      append("${\(content)}".utf8)
    }
    index = end + 1
  }

  /// Outside quotes a value falls apart at its blanks.
  private mutating func insert(_ value: String, quoted: Bool) {
    guard !quoted else { return append(value.utf8) }
    for byte in value.utf8 {
      if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n") {
        endWord()
      } else {
        append(byte)
      }
    }
  }

  /// `$@`: every parameter a word of its own.
  private mutating func appendParameters(quoted: Bool) {
    for (position, value) in parameters.enumerated() {
      if position > 0 { endWord() }
      insert(value, quoted: quoted)
    }
  }

  /// `(…)` with the parentheses inside it, kept as written.
  private mutating func parenthesized() {
    var depth = 0
    repeat {
      let byte = script[index]
      index += 1
      append(byte)
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")") { depth -= 1 }
    } while depth > 0 && index < script.count
  }

  /// Everything until `end`, kept as written.
  private mutating func substitution(until end: UInt8) {
    append(end)
    while index < script.count {
      let byte = script[index]
      index += 1
      append(byte)
      if byte == end { return }
    }
  }
}
