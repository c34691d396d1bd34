import Glibc

/// The running process's environment.
enum ProcessEnvironment {
  /// The variables `names`, as far as they are set.
  static func variables(_ names: [String] = EnvironmentSettings.names) -> [String: String] {
    var values: [String: String] = [:]
    for name in names {
      if let text = getenv(name) { values[name] = String(cString: text) }
    }
    return values
  }
}
