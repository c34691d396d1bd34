/// Programs that start the program that follows them.
enum Wrapper {
  /// The words after `program` and its own options; nil when it is no such program.
  ///
  /// `env` adds to `environment`.
  static func unwrap(
    _ program: Substring, _ arguments: ArraySlice<String>, _ environment: inout [String: String]
  ) -> ArraySlice<String>? {
    switch program {
    case "exec": return skipOptions(arguments, withValue: ["-a"])
    case "nohup", "command", "setsid", "tini", "dumb-init": return skipOptions(arguments, withValue: ["-p", "-r"])
    case "nice": return skipOptions(arguments, withValue: ["-n"])
    case "stdbuf": return skipOptions(arguments, withValue: ["-i", "-o", "-e"])
    case "timeout": return skipOptions(arguments, withValue: ["-s", "-k"]).dropFirst()
    case "numactl": return skipOptions(arguments, withValue: ["-m", "-N", "-C", "-i"])
    case "uv" where arguments.first == "run":
      return skipOptions(arguments.dropFirst(), withValue: ["--with", "--python", "-p", "--extra", "--project"])
    case "env":
      var rest = skipOptions(arguments, withValue: ["-u", "-C"])
      while let (name, value) = rest.first.flatMap(Assignment.split) {
        environment[name] = value
        rest = rest.dropFirst()
      }
      return rest
    default: return nil
    }
  }

  /// Ends at the first word that is no option; `--` is one.
  private static func skipOptions(_ words: ArraySlice<String>, withValue: Set<String>) -> ArraySlice<String> {
    var rest = words
    while let option = rest.first, option.count > 1, option.hasPrefix("-") {
      rest = rest.dropFirst()
      if option == "--" { break }
      if withValue.contains(option) { rest = rest.dropFirst() }
    }
    return rest
  }
}
