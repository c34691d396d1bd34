import Files

/// Whole small files as text.
enum FileText {
  /// The text of the file that `--config` names; fails with one line that names the path and the reason.
  static func read(_ path: String) throws(LaunchError) -> String { try read(path, flag: "config") }

  /// The text of the file that `flag` names; fails with one line that names the flag, the path and the reason.
  static func read(_ path: String, flag: String) throws(LaunchError) -> String {
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.read(path)
    } catch {
      throw LaunchError("--\(flag): cannot read '\(path)': \(error)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw LaunchError("--\(flag): cannot read '\(path)': not UTF-8")
    }
    return text
  }
}
