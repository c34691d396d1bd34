import ArgumentParser

/// Which part of the program a command line is for.
enum Invocation: Equatable {
  /// The command tree's own parser: help, version and other subcommands.
  case parser([String])
  case serve(CommandLineWords)
  /// `epp`, whose words are read as Go programs read theirs.
  case picker(PickerInvocation)

  /// Reads the words after the program's name; `serve` is the default subcommand.
  static func read(_ words: [String]) throws(LaunchError) -> Invocation {
    let subcommands = Understudy.configuration.subcommands.compactMap { $0.configuration.commandName }
    let isExplicit = words.first == "serve"
    // What shells and scripts/manual ask for.
    if let word = words.dropFirst(isExplicit ? 1 : 0).first, isAboutTheTree(word) { return .parser(words) }
    if words.first == "epp" { return try picker(Array(words.dropFirst())) }
    if let first = words.first, !isExplicit, first == "help" || subcommands.contains(first) { return .parser(words) }
    let line = try Dialect.parse(isExplicit ? Array(words.dropFirst()) : words)
    if line.asksForVersion { return .parser(["--version"]) }
    if line.asksForHelp { return .parser(isExplicit || words.count > 1 ? ["serve", "--help"] : ["--help"]) }
    return .serve(line)
  }

  /// The argument parser's own flags, which describe all commands at once.
  private static func isAboutTheTree(_ word: String) -> Bool {
    word == "--experimental-dump-help" || word.split(separator: "=").first == "--generate-completion-script"
  }

  private static func picker(_ words: [String]) throws(LaunchError) -> Invocation {
    if words.first == "help" { return .parser(["help", "epp"] + words.dropFirst()) }
    let invocation = try PickerInvocation.read(words)
    return invocation.line.asksForHelp ? .parser(invocation.helpWords) : .picker(invocation)
  }
}
