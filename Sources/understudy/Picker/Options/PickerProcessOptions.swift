import ArgumentParser
import Simulation

/// How the picker's process logs and stops.
struct PickerProcessOptions: ParsableArguments {
  @Option(
    name: [.customShort("v"), .customLong("v")], parsing: .unconditional,
    help: "Verbosity as upstream counts it: up to 3 info, 4 debug, 5 trace. Default: 2.")
  var verbosity: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Beats -v: debug, info, error, panic, or a number as with -v.", valueName: "level"))
  var zapLogLevel: String?

  @Option(parsing: .unconditional, help: "json or console; another name for --log-format.")
  var zapEncoder: String?

  @Option(
    parsing: .unconditional, help: "trace, debug, info, notice, warning, error or critical. Default: as -v says.")
  var logLevel: String?

  @Option(parsing: .unconditional, help: "text or json. Default: text.")
  var logFormat: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How long streams may go on after SIGTERM. Default: 30s.", valueName: "span"))
  var drainTimeout: String?

  @Flag(help: "Print one JSON line with the addresses to standard output when ready.")
  var printReadyJson = false

  /// The level that the flags ask for.
  func level() throws(LaunchError) -> LogLevel {
    var level = LogLevel.info
    if let verbosity {
      guard let number = Int(verbosity) else { throw FlagText.refusal("v", "must be a whole number", verbosity) }
      level = Self.level(number)
    }
    if let zapLogLevel {
      switch zapLogLevel.lowercased() {
      case "debug": level = .debug
      case "info": level = .info
      case "error": level = .error
      case "panic": level = .critical
      default:
        guard let number = Int(zapLogLevel), number > 0 else {
          throw FlagText.refusal("zap-log-level", "must be debug, info, error, panic or a number above 0", zapLogLevel)
        }
        level = Self.level(number)
      }
    }
    do throws(FlagError) {
      return try logLevel.map { name throws(FlagError) in try LogLevel(flagValue: name) } ?? level
    } catch {
      throw LaunchError(error)
    }
  }

  /// The format that the flags ask for.
  func format() throws(LaunchError) -> LogFormat {
    let zap: [String: LogFormat] = ["json": .json, "console": .text]
    var format = LogFormat.text
    if let zapEncoder {
      guard let known = zap[zapEncoder] else {
        throw FlagText.refusal("zap-encoder", "must be json or console", zapEncoder)
      }
      format = known
    }
    do throws(FlagError) {
      return try logFormat.map { name throws(FlagError) in try LogFormat(flagValue: name) } ?? format
    } catch {
      throw LaunchError(error)
    }
  }

  /// Upstream's verbosities: 2 the default, 3 more of it, 4 debug, 5 trace; information is never left out.
  private static func level(_ verbosity: Int) -> LogLevel {
    switch verbosity {
    case ..<4: .info
    case 4: .debug
    default: .trace
    }
  }
}
