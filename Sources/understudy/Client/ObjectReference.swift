/// An object, or all of a kind, as kubectl's arguments name them: `KIND NAME…` or `KIND/NAME…`.
struct ObjectReference: Equatable {
  let kind: String
  let name: String?

  /// The objects that `words` name, which are not empty; with `needsName` a kind alone is refused.
  ///
  /// Texts of refusals are kubectl's.
  static func read(_ words: [String], needsName: Bool) throws(ClientFailure) -> [ObjectReference] {
    guard words.contains(where: { $0.contains("/") }) else {
      guard words.count > 1 || !needsName else {
        throw ClientFailure("resource(s) were provided, but no name was specified")
      }
      guard words.count > 1 else { return [ObjectReference(kind: words[0], name: nil)] }
      return words.dropFirst().map { ObjectReference(kind: words[0], name: $0) }
    }
    var objects: [ObjectReference] = []
    for word in words {
      let parts = word.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw ClientFailure(
          parts.count == 1
            ? "there is no need to specify a resource type as a separate argument when passing arguments in "
              + "resource/name form, got '\(word)'"
            : "arguments in resource/name form must have a single resource and name, got '\(word)'")
      }
      objects.append(ObjectReference(kind: String(parts[0]), name: String(parts[1])))
    }
    return objects
  }
}
