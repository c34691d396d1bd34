import Simulation

/// Decides what becomes of settings whose flags are not simply honoured.
enum Admission {
  /// Refuses features that come later; says what was accepted without effect.
  static func review(_ settings: [Setting]) throws(LaunchError) -> [LaunchNote] {
    var notes: [LaunchNote] = []
    for setting in settings {
      switch setting.flag.disposition {
      case .honoured, .fileOnly:
        continue
      case .accepted(let note):
        let reason = note.map { ": \($0)" } ?? ""
        let text = "\(setting.origin.label(for: setting.flag.name)) accepted without effect\(reason)"
        notes.append(LaunchNote(level: .debug, text: text))
      case .notYet(let feature, let off):
        for value in setting.values where !off.contains(where: { setting.flag.kind.means(value, $0) }) {
          throw setting.error("not available yet (\(feature)), got '\(value)'")
        }
      }
    }
    return notes
  }
}

extension FlagKind {
  /// Whether two spellings are the same value.
  fileprivate func means(_ a: String, _ b: String) -> Bool {
    if a == b { return true }
    switch self {
    case .integer, .number:
      guard let left = NumberText.parse(a), let right = NumberText.parse(b) else { return false }
      return left == right
    case .duration:
      guard let left = DurationText.parse(a, plain: .milliseconds(1)) else { return false }
      return left == DurationText.parse(b, plain: .milliseconds(1))
    case .json:
      return a.filter { !$0.isWhitespace } == b
    case .boolean, .text, .humanInteger, .seconds, .list, .optionalText:
      return false
    }
  }
}
