import ArgumentParser
import Glibc

/// The command tree.
struct Understudy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "understudy",
    abstract: "A stand-in for vLLM and its inference gateway: the same API, timing and metrics, without a GPU.",
    version: "0.1.0",
    subcommands: [ServeCommand.self, UpCommand.self, PickerCommand.self] + clients
      + [ExplainCommand.self, HealthcheckCommand.self, SelfCheckCommand.self],
    defaultSubcommand: ServeCommand.self)

  /// Commands that do as kubectl does.
  static let clients: [any ClientCommand.Type] = [GetCommand.self, ApplyCommand.self, DeleteCommand.self]

  /// Runs the command that `words` name, or prints the help they ask for.
  ///
  /// What the parser has to say about words is one line here; the help has the rest.
  static func run(_ words: [String]) throws(LaunchError) {
    do {
      var command = try parseAsRoot(words)
      try command.run()
    } catch let error as LaunchError {
      throw error
    } catch let code as ExitCode {
      Glibc.exit(code.rawValue)
    } catch {
      guard exitCode(for: error) != .success else { exit(withError: error) }
      // kubectl ends with 1 whatever is wrong, and so must a container's health check.
      let endsWithOne: [any ParsableCommand.Type] = clients + [HealthcheckCommand.self]
      let isOne = endsWithOne.contains { $0.configuration.commandName == words.first }
      throw LaunchError(message(for: error), status: isOne ? LaunchError.runtime : LaunchError.usage)
    }
  }
}

/// The process: what goes wrong at the start is a line on standard error and an exit status.
@main
enum Main {
  static func main() {
    do throws(LaunchError) {
      switch try Invocation.read(Array(CommandLine.arguments.dropFirst())) {
      case .parser(let words):
        try Understudy.run(words)
      case .serve(let words):
        try ServeCommand.serve(words, run: ServerProcess.run)
      case .picker(let invocation):
        try invocation.run()
      }
    } catch {
      for line in error.message.split(separator: "\n", omittingEmptySubsequences: false) {
        StandardStream.error.write("understudy: error: \(line)\n")
      }
      exit(error.status)
    }
  }
}
