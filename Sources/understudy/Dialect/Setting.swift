/// One flag with the words it was given and where that was.
struct Setting: Sendable, Equatable {
  let flag: FlagSpecification
  /// One word for most kinds, `true` or `false` for booleans, any number for lists.
  let values: [String]
  let origin: Origin

  /// An error about this setting, which names it where its author wrote it.
  func error(_ reason: String) -> LaunchError { LaunchError("\(origin.label(for: flag.name)): \(reason)") }

  /// Refuses words that have not the flag's shape.
  func checked() throws(LaunchError) -> Setting {
    for value in values {
      if let complaint = flag.kind.complaint(about: value) { throw error(complaint) }
    }
    return self
  }

  static func == (a: Setting, b: Setting) -> Bool {
    a.flag.name == b.flag.name && a.values == b.values && a.origin == b.origin
  }
}

/// Where a setting was made.
enum Origin: Sendable, Equatable {
  case commandLine
  case file(path: String, line: Int)

  /// How a message names the flag `name` made here.
  func label(for name: String) -> String {
    switch self {
    case .commandLine: "--\(name)"
    case .file(let path, let line): "\(path):\(line): \(name)"
    }
  }
}

extension [Setting] {
  /// The last setting of that flag.
  func last(_ name: String) -> Setting? { last { $0.flag.name == name } }
}
