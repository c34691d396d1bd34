/// A `serve` command line in the one form everything behind the dialect understands.
struct CommandLineWords: Sendable, Equatable {
  /// In order, each flag once: the last one given counts, as with vLLM.
  var settings: [Setting] = []
  /// The model's name as a positional argument.
  var model: String?
  var asksForHelp = false
  var asksForVersion = false
  var ignoresUnknownFlags = false
  /// What was skipped or given twice.
  var notes: [LaunchNote] = []
}
