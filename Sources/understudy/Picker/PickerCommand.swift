import ArgumentParser
import Logging

/// A command of the endpoint picker, whose words are read as Go programs read theirs.
protocol PickerSubcommand: ParsableCommand {
  /// The flags that it knows.
  static var flags: PickerFlagTable { get }

  /// Runs with what the dialect had to say about the words.
  func run(notes: [LaunchNote]) throws(LaunchError)
}

/// `understudy epp [flags]`: the endpoint picker for gateways of others.
struct PickerCommand: PickerSubcommand {
  static let flags = PickerFlagTable.picker

  static let configuration = CommandConfiguration(
    commandName: "epp",
    abstract: "Pick endpoints for Envoy and other gateways by external processing.",
    discussion: """
      Takes the flags of the endpoint picker of Gateway API Inference Extension v1.5 and of llm-d, as Go reads them: \
      --flag value, --flag=value, one dash or two, --flag=false. Those that mean nothing here are accepted and logged. \
      Pools and pods come from the API server; with --filename they come from files instead, and only with \
      --kubernetes or --kubeconfig from both.
      """,
    subcommands: [PickerValidateCommand.self, PickerDryRunCommand.self])

  @OptionGroup var options: PickerOptions

  func run() throws { try run(notes: []) }

  func run(notes: [LaunchNote]) throws(LaunchError) {
    try FleetProcess.run(try options.plan(notes: notes))
  }
}

/// `understudy epp validate -f FILE|DIR|- [flags]`: what the picker would do with these objects.
struct PickerValidateCommand: PickerSubcommand {
  static let flags = PickerFlagTable.picker

  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Print what the picker would do with manifests, and what is wrong with them.",
    discussion: """
      Takes all flags of `epp`, reads the files, asks no API server and starts nothing. The exit status is 1 when \
      anything is refused.
      """)

  @OptionGroup var options: PickerOptions

  func run() throws { try run(notes: []) }

  func run(notes: [LaunchNote]) throws(LaunchError) {
    let plan = try options.plan(filesOnly: true, notes: notes)
    let text = try PickerReport.validation(of: plan)
    StandardStream.output.write(text.hasSuffix("\n") || text.isEmpty ? text : text + "\n")
  }
}

/// `understudy epp dry-run -f FILE --request BODY`: one pick, offline, with its reasons.
struct PickerDryRunCommand: PickerSubcommand {
  static let flags = PickerFlagTable.dryRun

  static let configuration = CommandConfiguration(
    commandName: "dry-run",
    abstract: "Pick an endpoint for one request offline and print why.",
    discussion: """
      Takes all flags of `epp`, reads the files, asks no API server and starts nothing. Prints the pick as one line of \
      JSON: what filters kept, and every candidate's scores. Endpoints are idle and their caches are empty.
      """)

  @OptionGroup(title: "Request") var request: ExplainedRequestOptions
  @OptionGroup var options: PickerOptions

  func run() throws { try run(notes: []) }

  func run(notes: [LaunchNote]) throws(LaunchError) {
    let plan = try options.plan(filesOnly: true, notes: notes)
    try request.plan(in: plan.fleet).run(notes: plan.notes)
  }
}

extension PickerOptions {
  /// The plan with this process's environment and files.
  fileprivate func plan(filesOnly: Bool = false, notes: [LaunchNote]) throws(LaunchError) -> PickerPlan {
    try PickerPlan(
      self, environment: ProcessEnvironment.variables(PickerPlan.variables), filesOnly: filesOnly, notes: notes
    ) { path throws(LaunchError) in
      try FileText.read(path, flag: "config-file")
    }
  }
}
