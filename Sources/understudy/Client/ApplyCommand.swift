import ArgumentParser

/// `understudy apply -f FILE|DIR|- [-n NS]`.
struct ApplyCommand: ClientCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Create or change objects of a running `understudy up`, as kubectl does.")

  @Option(
    name: [.customShort("f"), .long],
    help: ArgumentHelp(
      "A manifest, a folder of them, or - for standard input. May be repeated.", valueName: "file|dir|-"))
  var filename: [String] = []

  @OptionGroup var client: ClientOptions

  func requests() throws(ClientFailure) -> [AdminRequest] {
    guard !filename.isEmpty else { throw ClientFailure("must specify --filename") }
    var requests: [AdminRequest] = []
    for path in filename {
      requests += try Manifest.read(path).map { .apply($0, namespace: client.namespace) }
    }
    return requests
  }
}
