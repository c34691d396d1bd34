import ArgumentParser
import Glibc

/// The command tree.
struct Understudy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "understudy",
    abstract: "A stand-in for vLLM: the same API, timing and metrics, without a GPU.",
    version: "0.1.0",
    subcommands: [ServeCommand.self],
    defaultSubcommand: ServeCommand.self)
}

/// The process: what goes wrong at the start is one line on standard error and an exit status.
@main
enum Main {
  static func main() {
    do throws(LaunchError) {
      switch try Invocation.read(Array(CommandLine.arguments.dropFirst())) {
      case .parser(let words):
        Understudy.main(words)
      case .serve(let words):
        try ServeCommand.serve(words, run: ServerProcess.run)
      }
    } catch {
      fail(error)
    }
  }

  private static func fail(_ error: LaunchError) -> Never {
    let line = "understudy: error: \(error.message)\n"
    _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    exit(error.status)
  }
}
