import Logging

/// What `understudy serve` was told about the process itself rather than the server.
struct LaunchOptions: Sendable, Equatable {
  var logLevel = LogLevel.info
  var logFormat = LogFormat.text
  /// Print one JSON line with the URL to standard output when the server answers.
  var printReadyJSON = false
  /// Print the effective configuration to standard output and exit.
  var dryRun = false
  /// What the log should say about flags that were accepted, skipped or overridden.
  var notes: [LaunchNote] = []
}

/// A line for the log about how the configuration came to be.
struct LaunchNote: Sendable, Hashable {
  var level: LogLevel
  var text: String
}

extension Logger {
  /// Logs `note` at its level.
  func log(_ note: LaunchNote) { log(level: Level(rawValue: note.level.rawValue) ?? .info, "\(note.text)") }
}

/// The least important messages that are logged; raw values are swift-log's names.
enum LogLevel: String, Sendable, CaseIterable {
  case trace, debug, info, notice, warning, error, critical

  /// klog's verbosity as llm-d-inference-sim uses it: WARN 1, INFO 2, DEBUG 4, TRACE 5.
  init(verbosity: Int) {
    self =
      switch verbosity {
      case ..<2: .warning
      case 2, 3: .info
      case 4: .debug
      default: .trace
      }
  }

  /// A level by swift-log's or Python's name, in any case.
  init?(name: String) {
    switch name.lowercased() {
    case "warn": self = .warning
    case "fatal": self = .critical
    case let name:
      guard let level = LogLevel(rawValue: name) else { return nil }
      self = level
    }
  }

  /// The value of `--log-level`.
  init(flagValue name: String) throws(FlagError) {
    guard let level = LogLevel(name: name) else {
      let names = LogLevel.allCases.map(\.rawValue).joined(separator: ", ")
      throw FlagError("log-level", "must be one of \(names)", got: "'\(name)'")
    }
    self = level
  }
}

/// How log lines look.
enum LogFormat: String, Sendable, CaseIterable {
  case text, json

  /// The value of `--log-format`.
  init(flagValue name: String) throws(FlagError) {
    guard let format = LogFormat(rawValue: name) else {
      throw FlagError("log-format", "must be text or json", got: "'\(name)'")
    }
    self = format
  }
}
