/// What a command of `get`, `apply` and `delete` prints.
enum CommandAnswer: Sendable {
  /// To standard output.
  case done(String)
  /// To standard error, but it is no failure.
  case nothing(String)
  /// To standard error, exit code 1.
  case failed(String)
}
