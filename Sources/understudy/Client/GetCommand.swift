import ArgumentParser

/// `understudy get KIND [NAME] [-n NS|-A]`.
struct GetCommand: ClientCommand {
  static let configuration = CommandConfiguration(
    commandName: "get",
    abstract: "List objects of a running `understudy up`, as kubectl does.",
    discussion: """
      KIND is a kind's name, plural or short name, with or without its API group: inferencepools, httproute, pod.
      """)

  @Argument(help: "The kind of object, or KIND/NAME.")
  var kind: String

  @Argument(help: "The one object to show.")
  var name: String?

  @Flag(name: [.customShort("A"), .long], help: "Objects of all namespaces.")
  var allNamespaces = false

  @OptionGroup var client: ClientOptions

  @Flag(help: "Say nothing, and succeed, when there is no such object.")
  var ignoreNotFound = false

  func requests() throws(ClientFailure) -> [AdminRequest] {
    let objects = try ObjectReference.read([kind] + [name].compactMap { $0 }, needsName: false)
    guard let object = objects.first, objects.count == 1 else {
      throw ClientFailure("one object at a time, got '\(name ?? "")'")
    }
    guard !allNamespaces || object.name == nil else {
      throw ClientFailure("a resource cannot be retrieved by name across all namespaces")
    }
    return [
      .get(kind: object.kind, name: object.name, namespace: client.namespace, allNamespaces: allNamespaces)
    ]
  }
}
