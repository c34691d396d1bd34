import Simulation

/// Values of flags that ArgumentParser hands over as text, so that a refusal can name flag, limit and value.
enum FlagText {
  /// A whole number in `range`; nil when the flag is not given.
  static func integer(
    _ flag: String, _ text: String?, in range: ClosedRange<Int>
  ) throws(LaunchError) -> Int? {
    guard let text else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw refusal(flag, "must be \(range.lowerBound) to \(range.upperBound)", text)
    }
    return value
  }

  /// A span of at most a day; nil when the flag is not given. A plain number counts in `plain`.
  static func span(_ flag: String, _ text: String?, plain: Nanoseconds) throws(LaunchError) -> Nanoseconds? {
    guard let text else { return nil }
    let longest = LatencyConfiguration.longest
    guard let span = DurationText.parse(text, plain: plain), (.zero...longest).contains(span) else {
      let unit = plain == .seconds(1) ? "seconds" : "milliseconds"
      throw refusal(flag, "must be a duration such as 50ms or 1.5s or a number of \(unit), from 0 to 24h", text)
    }
    return span
  }

  /// A span of at most a day in Go's syntax, which wants a unit on every number but 0; nil when the flag is not given.
  static func goSpan(
    _ flag: String, _ text: String?, atLeast least: Nanoseconds = .zero
  ) throws(LaunchError) -> Nanoseconds? {
    guard let text else { return nil }
    let hasUnit = text == "0" || text.last.map { $0.isLetter } ?? false
    guard hasUnit, let span = DurationText.parse(text, plain: .seconds(1)),
      (least...LatencyConfiguration.longest).contains(span)
    else {
      let from = least == .zero ? "0" : DurationText.render(least)
      throw refusal(flag, "must be a duration such as 50ms or 1m30s, from \(from) to 24h", text)
    }
    return span
  }

  /// One of the words of `choices`; nil when the flag is not given.
  static func choice<Value: RawRepresentable<String>>(
    _ flag: String, _ text: String?, among choices: [Value]
  ) throws(LaunchError) -> Value? {
    guard let text else { return nil }
    guard let value = Value(rawValue: text), choices.contains(where: { $0.rawValue == text }) else {
      throw refusal(flag, "must be " + choices.map(\.rawValue).joined(separator: " or "), text)
    }
    return value
  }

  /// The server that a URL without a path names.
  static func address(_ flag: String, _ text: String) throws(LaunchError) -> ServerAddressText {
    guard let address = ServerAddressText(text) else {
      throw refusal(flag, "must be http://host:port with a port from 1 to 65535", text)
    }
    return address
  }

  static func refusal(_ flag: String, _ reason: String, _ text: String) -> LaunchError {
    LaunchError(FlagError(flag, reason, got: "'\(text)'"))
  }
}
