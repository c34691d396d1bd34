import ArgumentParser

/// `understudy delete KIND NAME… [-n NS]` and `understudy delete -f FILE`.
struct DeleteCommand: ClientCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete objects of a running `understudy up`, as kubectl does.",
    discussion: """
      Objects are named as KIND NAME…, as KIND/NAME…, or by the manifests given with --filename. An object that \
      `up` read from a file stays deleted until that file changes.
      """)

  @Argument(help: "KIND NAME…, or KIND/NAME….")
  var objects: [String] = []

  @Option(
    name: [.customShort("f"), .long],
    help: ArgumentHelp(
      "A manifest, a folder of them, or - for standard input. May be repeated.", valueName: "file|dir|-"))
  var filename: [String] = []

  @OptionGroup var client: ClientOptions

  @Flag(help: "Say nothing, and succeed, when there is no such object.")
  var ignoreNotFound = false

  func requests() throws(ClientFailure) -> [AdminRequest] {
    guard filename.isEmpty || objects.isEmpty else {
      throw ClientFailure("--filename: cannot stand beside names, got '\(objects.joined(separator: " "))'")
    }
    guard !filename.isEmpty || !objects.isEmpty else {
      throw ClientFailure("name what to delete: KIND NAME, or a manifest with --filename")
    }
    var requests: [AdminRequest] = []
    for path in filename {
      // A request without a body would be one without a manifest.
      let manifests = try Manifest.read(path).filter { !$0.content.isEmpty }
      requests += manifests.map { .delete($0, namespace: client.namespace) }
    }
    guard !objects.isEmpty else {
      guard !requests.isEmpty else { throw ClientFailure("no objects passed to delete") }
      return requests
    }
    for object in try ObjectReference.read(objects, needsName: true) {
      guard let name = object.name else { continue }
      requests.append(.delete(kind: object.kind, name: name, namespace: client.namespace))
    }
    return requests
  }
}
