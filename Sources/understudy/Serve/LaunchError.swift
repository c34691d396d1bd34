/// Why the program does not start: a line for standard error, or one for each of several causes, and the exit status.
struct LaunchError: Error, Equatable, CustomStringConvertible {
  /// Bad flags, environment or configuration file.
  static let usage: Int32 = 2
  /// Anything that goes wrong later, such as a port in use.
  static let runtime: Int32 = 1

  /// Without a line break at its end.
  let message: String
  let status: Int32

  init(_ message: String, status: Int32 = LaunchError.usage) {
    // The promise is one line, whatever a parser or a file's content put into the text.
    self.message = String(message.map { $0.isNewline ? " " : $0 })
    self.status = status
  }

  /// Several causes at once, a line each.
  init(lines: [String], status: Int32) {
    message = lines.map { LaunchError($0).message }.joined(separator: "\n")
    self.status = status
  }

  /// An error about a flag of the command line.
  init(_ error: FlagError) { self.init("--\(error.flag): \(error.reason)") }

  var description: String { message }
}
