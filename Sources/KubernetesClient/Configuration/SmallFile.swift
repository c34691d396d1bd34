internal import Files
internal import Glibc

/// Whole files of tokens, certificates and configurations.
enum SmallFile {
  /// Nobody configures in more than this.
  static let limit = 8 << 20

  /// The content of the file at `path`.
  static func bytes(_ path: String) throws(ConfigurationProblem) -> [UInt8] {
    do throws(FileError) {
      return try WholeFile.read(path, limit: limit)
    } catch {
      throw unreadable(path, error.description)
    }
  }

  /// The content as text without white space at its ends; an error when nothing is left.
  static func word(_ path: String) throws(ConfigurationProblem) -> String {
    let bytes = try bytes(path)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw unreadable(path, "not UTF-8") }
    let word = text.trimmed
    guard !word.isEmpty else { throw unreadable(path, "empty") }
    return word
  }

  /// There is a file at `path` that may be read.
  static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

  private static func unreadable(_ path: String, _ reason: String) -> ConfigurationProblem {
    ConfigurationProblem("cannot read \(path): \(reason)")
  }
}

extension String {
  /// Without white space at its ends.
  var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
      return ""
    }
    return String(self[first...last])
  }
}
