internal import Files

/// The Authorization header of requests, made of a credential that may change.
struct Authorization {
  private let credential: ClusterConfiguration.Credential
  private var fromFile: (stamp: FileStamp?, value: String)?

  init(_ credential: ClusterConfiguration.Credential) { self.credential = credential }

  /// The header's value now; nil: none. A token file that cannot be read any more leaves the last token in force.
  mutating func value() -> String? {
    switch credential {
    case .none: return nil
    case .token(let token): return "Bearer \(token)"
    case .password(let user, let password):
      return "Basic \(Base64Text.encode(Array("\(user):\(password)".utf8)))"
    case .tokenFile(let path):
      let stamp = FileStamp(path)
      if let fromFile, fromFile.stamp == stamp { return fromFile.value }
      if let token = try? SmallFile.word(path) { fromFile = (stamp, "Bearer \(token)") }
      return fromFile?.value
    }
  }

  /// Reads a token file again at the next use, whether it has changed or not.
  mutating func reload() { fromFile?.stamp = nil }
}
