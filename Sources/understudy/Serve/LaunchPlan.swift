import ModelServer

/// What to run, decided from all sources. Pure: files, environment and time are handed in.
struct LaunchPlan {
  let configuration: ServerConfiguration
  let options: LaunchOptions

  /// - Parameters:
  ///   - words: the command line behind the dialect.
  ///   - environment: variables by name.
  ///   - now: nanoseconds since 1970, the default seed.
  ///   - readFile: gives the text of `--config`'s file.
  init(
    words: CommandLineWords, environment: [String: String], now: UInt64,
    readFile: (String) throws(LaunchError) -> String
  ) throws(LaunchError) {
    let sources = try ConfigurationSources(
      words: words, environment: try EnvironmentSettings(environment), readFile: readFile)
    let assembly = ConfigurationAssembly(sources, now: now)
    options = try assembly.launchOptions()
    configuration = try assembly.configuration()
  }
}
