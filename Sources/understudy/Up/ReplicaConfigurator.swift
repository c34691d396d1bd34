import Fleet
import HTTPServer
import Kubernetes
import Logging
import ModelServer
import Synchronization

/// Turns what a container runs into what a server is configured with, as `understudy serve` would.
///
/// The container's flags and variables are read by the same code as `serve`'s; nothing of this process's own
/// environment counts. Flags that only concern a process of its own have no effect. What the configuration leaves open
/// is logged once for all replicas of a command.
final class ReplicaConfigurator: Sendable {
  private let logger: Logger
  private let readFile: @Sendable (String) throws(LaunchError) -> String
  private let logged = Mutex<Set<LaunchNote>>([])

  /// Where a server listens, how it logs, and what a launcher wants of it: the fleet decides that for all replicas. The
  /// port remains, since it says where the pod would listen.
  private static let processFlags: Set<String> = [
    "host", "uds", "ssl-certfile", "ssl-keyfile", "self-signed-certs", "event-loops", "v", "log-level", "log-format",
    "print-ready-json", "dry-run",
  ]

  /// Beyond this many texts the log may repeat itself.
  private static let mostRemembered = 1_000

  /// - Parameters:
  ///   - logger: hears of flags that are accepted without effect, skipped or overridden.
  ///   - readFile: gives the text of the file that a command names with `--config`.
  init(
    logger: Logger,
    readFile: @escaping @Sendable (String) throws(LaunchError) -> String = { path throws(LaunchError) in
      try FileText.read(path)
    }
  ) {
    self.logger = logger
    self.readFile = readFile
  }

  /// The configuration of one replica that runs `command`; its seed, if none is given, is the time.
  ///
  /// Throws one line that names the flag or variable that cannot be obeyed.
  func serverConfiguration(of command: ContainerCommand) throws(ReplicaConfigurationError) -> ServerConfiguration {
    do throws(LaunchError) {
      let words = try Self.words(of: command)
      var variables = command.environment
      // The fleet has one log.
      variables["VLLM_LOGGING_LEVEL"] = nil
      let sources = try ConfigurationSources(
        words: words, environment: try EnvironmentSettings(variables), leavingOut: Self.processFlags,
        readFile: readFile)
      for note in try sources.notes() { log(note) }
      return try ConfigurationAssembly(sources, now: UInt64(Clock.realtime)).configuration()
    } catch {
      throw ReplicaConfigurationError(error.message)
    }
  }

  /// The words behind the program's name; our own image may begin with `serve`.
  private static func words(of command: ContainerCommand) throws(LaunchError) -> CommandLineWords {
    let words: CommandLineWords
    switch command.server {
    case .vllmServe, .vllmModule: words = try Dialect.parse(command.arguments)
    case .simulator:
      switch try Invocation.read(command.arguments) {
      case .serve(let line): words = line
      case .parser, .picker: throw LaunchError("'\(command.arguments.joined(separator: " "))' serves no model")
      }
    }
    guard !words.asksForHelp, !words.asksForVersion else {
      throw LaunchError("--\(words.asksForHelp ? "help" : "version"): a server so started ends at once")
    }
    return words
  }

  private func log(_ note: LaunchNote) {
    let isNew = logged.withLock { texts in
      if texts.count >= Self.mostRemembered { texts.removeAll() }
      return texts.insert(note).inserted
    }
    if isNew { logger.log(note) }
  }
}
