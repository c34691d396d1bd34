import ArgumentParser

/// `understudy up -f FILE|DIR|- [flags]`: a whole inference pool in one process.
struct UpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up",
    abstract: "Run replicas, endpoint picker and front door in one process.",
    discussion: """
      Every replica that a models.json or a Kubernetes manifest asks for becomes a simulated server; InferencePool, \
      InferenceModelRewrite, InferenceObjective, Gateway and HTTPRoute say how requests get there. Files and folders \
      are watched: what changes takes effect within a second. Clients call the front door; `understudy get`, `apply` \
      and `delete` call the admin port.
      """)

  @OptionGroup(title: "Sources") var sources: SourceOptions
  @OptionGroup(title: "Front door options") var frontDoor: FrontDoorOptions
  @OptionGroup(title: "Gateways of others") var extProc: ExtProcOptions
  @OptionGroup(title: "Picking options") var picking: PickingOptions
  @OptionGroup(title: "Process options") var process: UpProcessOptions

  func run() throws {
    try FleetProcess.run(UpPlan(self) { path throws(LaunchError) in try FileText.read(path, flag: "config-file") })
  }
}
