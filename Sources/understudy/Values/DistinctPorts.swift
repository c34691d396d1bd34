/// The ports of one process and the flags that chose them.
///
/// Two listeners on one port would fail one after the other, with less to say.
struct DistinctPorts {
  private var owners: [Int: String] = [:]

  /// Takes `port` for `flag`; 0 is a port of its own each time.
  mutating func take(_ flag: String, _ port: Int) throws(LaunchError) {
    guard port != 0 else { return }
    if let owner = owners[port] {
      let difference = owner == flag ? "ports must differ" : "must differ from --\(owner)"
      throw LaunchError("--\(flag): \(difference), got '\(port)'")
    }
    owners[port] = flag
  }
}
