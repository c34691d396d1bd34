/// Why the program does not start: one line for standard error, and the exit status.
struct LaunchError: Error, Equatable, CustomStringConvertible {
  /// Bad flags, environment or configuration file.
  static let usage: Int32 = 2
  /// Anything that goes wrong later, such as a port in use.
  static let runtime: Int32 = 1

  let message: String
  let status: Int32

  init(_ message: String, status: Int32 = LaunchError.usage) {
    // The promise is one line, whatever a parser or a file's content put into the text.
    self.message = String(message.map { $0.isNewline ? " " : $0 })
    self.status = status
  }

  var description: String { message }
}
