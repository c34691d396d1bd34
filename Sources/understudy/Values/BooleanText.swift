/// Booleans as flags, environment variables and YAML spell them.
enum BooleanText {
  /// `true`, `false`, `1`, `0`, `t`, `f`, `yes`, `no`, `on` and `off` in any case.
  static func parse(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "1", "t", "yes", "on": true
    case "false", "0", "f", "no", "off": false
    default: nil
    }
  }

  /// The words that a boolean flag takes when they follow it: nothing else can be told from a positional argument.
  static func isSeparateWord(_ text: String) -> Bool {
    let word = text.lowercased()
    return word == "true" || word == "false"
  }
}
