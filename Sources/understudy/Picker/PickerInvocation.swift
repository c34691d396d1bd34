import ArgumentParser

/// A command line of the endpoint picker behind its dialect.
struct PickerInvocation: Equatable {
  let command: any PickerSubcommand.Type
  let line: PickerWords

  /// Reads the words behind `epp`.
  static func read(_ words: [String]) throws(LaunchError) -> PickerInvocation {
    let commands: [any PickerSubcommand.Type] = [PickerValidateCommand.self, PickerDryRunCommand.self]
    guard let first = words.first,
      let command = commands.first(where: { $0.configuration.commandName == first })
    else {
      return PickerInvocation(
        command: PickerCommand.self, line: try PickerDialect.parse(words, table: PickerCommand.flags))
    }
    return PickerInvocation(
      command: command, line: try PickerDialect.parse(Array(words.dropFirst()), table: command.flags))
  }

  /// The words that print the command's help.
  var helpWords: [String] {
    let name = command.configuration.commandName ?? "epp"
    return (name == "epp" ? [name] : ["epp", name]) + ["--help"]
  }

  /// Runs the command until it has ended.
  func run() throws(LaunchError) { try Self.run(command, line) }

  private static func run<Command: PickerSubcommand>(
    _ type: Command.Type, _ line: PickerWords
  ) throws(LaunchError) {
    let command: Command
    do {
      command = try type.parse(line.words)
    } catch {
      throw LaunchError(type.message(for: error))
    }
    try command.run(notes: line.notes)
  }

  static func == (a: PickerInvocation, b: PickerInvocation) -> Bool { a.command == b.command && a.line == b.line }
}
