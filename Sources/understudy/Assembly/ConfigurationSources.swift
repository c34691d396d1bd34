/// Everything a configuration is made of, typed, in order of precedence: command line, environment, file.
struct ConfigurationSources {
  let words: CommandLineWords
  let commandLine: ServeOptions
  let environment: EnvironmentSettings
  let file: ConfigFile?
  /// The file's top level.
  let fileOptions: ServeOptions?
  /// The file's entries of `models` that are served; nil when it has no `models`.
  let entries: [TypedEntry]?

  /// One entry of `models` with its typed options.
  struct TypedEntry {
    let entry: ConfigFile.Entry
    let options: ServeOptions

    /// The names clients may use for it.
    var names: [String] {
      [options.engine.model.model].compactMap { $0 } + (options.engine.model.servedModelName?.words ?? [])
    }
  }

  /// - Parameters:
  ///   - words: the command line behind the dialect.
  ///   - leavingOut: names of flags that have no effect, wherever they are set.
  ///   - readFile: gives a file's text; called for `--config` only.
  init(
    words: CommandLineWords, environment: EnvironmentSettings, leavingOut: Set<String> = [],
    readFile: (String) throws(LaunchError) -> String
  ) throws(LaunchError) {
    var words = words
    words.settings.removeAll { leavingOut.contains($0.flag.name) }
    self.words = words
    commandLine = ServeOptions(words.settings)
    self.environment = environment
    guard let path = commandLine.process.config else {
      (file, fileOptions, entries) = (nil, nil, nil)
      return
    }
    guard !path.isEmpty else { throw LaunchError("--config: needs a file's path") }
    let reader = ConfigFileReader(path: path, ignoresUnknownKeys: words.ignoresUnknownFlags)
    var file = try reader.read(try readFile(path))
    file.settings.removeAll { leavingOut.contains($0.flag.name) }
    self.file = file
    fileOptions = ServeOptions(file.settings)
    guard let declared = file.entries else {
      entries = nil
      return
    }
    if let model = file.settings.last("model") { throw model.error("cannot stand beside 'models'") }
    var typed: [TypedEntry] = []
    for entry in declared {
      let options = ServeOptions(entry.settings)
      guard let model = options.engine.model.model, !model.isEmpty else {
        throw LaunchError("\(path):\(entry.line): model: missing in an entry of 'models'")
      }
      typed.append(TypedEntry(entry: entry, options: options))
    }
    entries = try Self.select(typed, asked: Self.model(words, commandLine) ?? environment.model, path: path)
  }

  /// The model that the command line names: the positional argument, else `--model`, as vLLM has it.
  static func model(_ words: CommandLineWords, _ options: ServeOptions) -> String? {
    words.model ?? options.engine.model.model
  }

  /// Accepted and skipped flags, overridden ones, and refusal of features that come later.
  func notes() throws(LaunchError) -> [LaunchNote] {
    var notes = words.notes + environment.notes + (file?.notes ?? [])
    // What the command line switches off need not be off in the file.
    let given = Set(words.settings.map(\.flag.name))
    let fileSettings = (file?.settings ?? []) + (entries ?? []).flatMap(\.entry.settings)
    notes += try Admission.review(words.settings + fileSettings.filter { !given.contains($0.flag.name) })
    if let positional = words.model, let option = commandLine.engine.model.model, positional != option {
      notes.append(LaunchNote(level: .warning, text: "the argument '\(positional)' overrides --model \(option)"))
    }
    return notes
  }

  /// Flags of vLLM's that set what a flag of the simulator's sets.
  private static let synonyms = [
    "kv-cache-size": "num-gpu-blocks-override", "max-waiting-queue-length": "max-num-queued-reqs",
  ]

  /// Where the setting that `error` is about was made.
  func locate(_ error: FlagError) -> LaunchError {
    let entry = error.model.flatMap { index in entries.flatMap { $0.indices.contains(index) ? $0[index] : nil } }
    let names = [error.flag] + (Self.synonyms[error.flag].map { [$0] } ?? [])
    for layer in [words.settings, entry?.entry.settings ?? [], file?.settings ?? []] {
      if let setting = layer.last(where: { names.contains($0.flag.name) }) { return setting.error(error.reason) }
    }
    if let entry, let path = file?.path {
      return LaunchError("\(Origin.file(path: path, line: entry.entry.line).label(for: error.flag)): \(error.reason)")
    }
    return LaunchError(error)
  }

  /// `--model X` beside a file with `models` serves the one entry that X names.
  private static func select(
    _ entries: [TypedEntry], asked: String?, path: String
  ) throws(LaunchError) -> [TypedEntry] {
    guard let asked else { return entries }
    let selected = entries.filter { $0.names.contains(asked) }
    guard !selected.isEmpty else {
      let known = entries.compactMap(\.options.engine.model.model).joined(separator: ", ")
      throw LaunchError("--model: \(path) declares no model '\(asked)', only \(known)")
    }
    return selected
  }
}
