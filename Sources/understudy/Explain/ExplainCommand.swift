import ArgumentParser
import Fleet

/// `understudy explain -f FILE --request BODY`: one pick, offline, with its reasons.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Pick an endpoint for one request offline and print why.",
    discussion: """
      Reads what `up` would read, starts nothing, and prints the pick as one line of JSON: what filters kept, and \
      every candidate's scores with the inputs that they come from. Replicas are idle and their caches are empty.
      """)

  @OptionGroup(title: "Sources") var sources: SourceOptions

  @OptionGroup var request: ExplainedRequestOptions

  @OptionGroup(title: "Picking options") var picking: PickingOptions

  /// Checks what the command was given; `readFile` gives the text of `--config-file`'s file.
  func plan(readFile: (String) throws(LaunchError) -> String) throws(LaunchError) -> ExplainPlan {
    var fleet = FleetConfiguration()
    try sources.fill(&fleet)
    try picking.fill(&fleet, readFile: readFile)
    return try request.plan(in: fleet)
  }

  func run() throws {
    try plan { path throws(LaunchError) in try FileText.read(path, flag: "config-file") }.run()
  }
}
