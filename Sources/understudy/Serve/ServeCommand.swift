import ArgumentParser
import HTTPServer
import ModelServer

/// `understudy serve [MODEL] [flags]`: one HTTP server in front of one or more models.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve models as vLLM would.",
    discussion: """
      Takes the flags of `vllm serve` and of llm-d-inference-sim, underscores and hyphens alike. Flags that change \
      nothing a client could see are accepted without effect; docs/flags.md lists them all. A flag beats the \
      environment, which beats the file given with --config.
      """)

  @Argument(help: "The model, as with --model.")
  var modelName: String?

  @OptionGroup var options: ServeOptions

  /// Decides what to run and runs it.
  ///
  /// - Parameters:
  ///   - words: the command line behind the dialect.
  ///   - run: runs the server until it has stopped.
  static func serve(
    _ words: CommandLineWords, run: (ServerConfiguration, LaunchOptions) throws(LaunchError) -> Void
  ) throws(LaunchError) {
    let plan = try LaunchPlan(
      words: words, environment: ProcessEnvironment.variables(), now: UInt64(Clock.realtime), readFile: FileText.read)
    if plan.options.dryRun {
      print(EffectiveConfiguration(configuration: plan.configuration, options: plan.options).json)
      return
    }
    try run(plan.configuration, plan.options)
  }
}
