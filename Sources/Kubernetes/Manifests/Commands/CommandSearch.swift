/// Finds a model server in a command line.
struct CommandSearch {
  var environment: [String: String]
  /// Shells may start shells; nobody needs more than a few.
  private var nesting = 0

  init(environment: [String: String]) { self.environment = environment }

  /// The server that `words` start.
  func search(_ words: [String]) -> ContainerCommand? {
    var search = self
    return search.find(words[...])
  }

  private mutating func find(_ command: ArraySlice<String>) -> ContainerCommand? {
    var words = command
    while let first = words.first {
      let program = Self.program(first)
      if let rest = Wrapper.unwrap(program, words.dropFirst(), &environment) {
        words = rest
        continue
      }
      if Self.shells.contains(program) { return shell(words.dropFirst()) }
      return server(program, words.dropFirst())
    }
    return nil
  }

  private static let shells: Set<Substring> = ["sh", "bash", "ash", "dash", "zsh", "busybox"]

  /// A path's last part.
  private static func program(_ word: String) -> Substring { word.split(separator: "/").last ?? "" }

  private func server(_ program: Substring, _ rest: ArraySlice<String>) -> ContainerCommand? {
    switch program {
    case "vllm" where rest.first == "serve": return found(.vllmServe, rest.dropFirst())
    case "llm-d-inference-sim": return found(.simulator, rest)
    case "understudy":
      if rest.first == "serve" { return found(.simulator, rest.dropFirst()) }
      return rest.first.map { $0.hasPrefix("-") } ?? true ? found(.simulator, rest) : nil
    case _ where program.hasPrefix("python"): return python(rest)
    default: return nil
    }
  }

  private func found(_ server: ContainerCommand.Server, _ arguments: ArraySlice<String>) -> ContainerCommand {
    ContainerCommand(server: server, arguments: Array(arguments), environment: environment)
  }

  /// `[options] -m module …`
  private func python(_ arguments: ArraySlice<String>) -> ContainerCommand? {
    var rest = arguments
    while let option = rest.popFirst(), option.hasPrefix("-") {
      // These two take a word.
      if option == "-X" || option == "-W" { rest = rest.dropFirst() }
      guard option == "-m" else { continue }
      switch rest.popFirst() {
      case "vllm.entrypoints.openai.api_server": return found(.vllmModule, rest)
      case "vllm", "vllm.entrypoints.cli.main": return server("vllm", rest)
      default: return nil
      }
    }
    return nil
  }

  /// `[options] -c script [name [arguments…]]`
  private mutating func shell(_ arguments: ArraySlice<String>) -> ContainerCommand? {
    var rest = arguments
    var hasScript = false
    // `busybox sh -c …`
    if let first = rest.first, Self.shells.contains(first[...]) { rest = rest.dropFirst() }
    while let option = rest.first, option.count > 1, option.hasPrefix("-") || option.hasPrefix("+") {
      rest = rest.dropFirst()
      if option == "--" { break }
      guard !option.hasPrefix("--") else { continue }
      if option.contains("c") { hasScript = true }
      if option.hasSuffix("o") { rest = rest.dropFirst() }
    }
    guard hasScript, let script = rest.first, nesting < 4 else { return nil }
    nesting += 1
    defer { nesting -= 1 }
    return run(script, parameters: Array(rest.dropFirst(2)))
  }

  /// The first server that a script starts, whatever stands before it and whether that would succeed.
  private mutating func run(_ script: String, parameters: [String]) -> ContainerCommand? {
    var lexer = ShellLexer(script, parameters: parameters)
    while let command = lexer.next(environment) {
      var words = command[...]
      while let word = words.first, Self.keywords.contains(word) { words = words.dropFirst() }
      if let program = words.first, program == "export" || program == "declare" { words = words.dropFirst() }
      while let (name, value) = words.first.flatMap(Assignment.split) {
        environment[name] = value
        words = words.dropFirst()
      }
      if let found = find(words) { return found }
    }
    return nil
  }

  /// Words before a command that do not change what it is.
  private static let keywords: Set = ["if", "then", "else", "elif", "while", "until", "do", "{", "!", "time"]
}
