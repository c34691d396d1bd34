/// The model server that a container runs, with its arguments.
public struct ContainerCommand: Hashable, Sendable {
  /// The ways to start one.
  public enum Server: Hashable, Sendable {
    /// `vllm serve …`; the model may be the first argument.
    case vllmServe
    /// `python -m vllm.entrypoints.openai.api_server …`.
    case vllmModule
    /// llm-d-inference-sim or this program.
    case simulator
  }

  /// Which of them.
  public var server: Server
  /// What follows the program's name, one word each, as the program would get them.
  public var arguments: [String]
  /// The environment as the program would get it, with what a shell adds; variables that only a cluster knows are
  /// missing.
  public var environment: [String: String]

  /// A server started with `arguments`.
  public init(server: Server, arguments: [String], environment: [String: String] = [:]) {
    self.server = server
    self.arguments = arguments
    self.environment = environment
  }

  /// What `container` runs; nil when that is no model server.
  ///
  /// A command line is looked for in `command` and `args`, through shells (`sh -c "…"`) and programs that start others
  /// (`exec`, `env`, `nohup`, …). A container without `command` whose image is known to be a model server's has
  /// arguments only; those of this program's other commands, such as `epp`, make it none. `podField` gives the values
  /// of variables that come from the pod, by path, such as `metadata.name`.
  public init?(_ container: Container, podField: (String) -> String? = { _ in nil }) {
    let environment = ContainerEnvironment(container.env, podField: podField)
    let command = container.command.map(environment.expand)
    let args = container.args.map(environment.expand)
    let search = CommandSearch(environment: environment.values)
    if let found = search.search(command + args) {
      self = found
    } else if command.isEmpty, let program = ServerImage.program(of: container.image),
      let found = search.search(program + args)
    {
      self = found
    } else {
      return nil
    }
  }
}
