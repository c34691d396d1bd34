extension Field {
  /// A time of RFC 3339 as seconds since 1970, fractions cut off; nil when absent.
  func time() throws(FieldError) -> Int64? {
    guard let text = try string() else { return nil }
    guard let time = Timestamp.seconds(rfc3339: text) else {
      throw error("'\(text.prefix(40))' is not a time such as 2026-01-31T12:00:00Z")
    }
    return time
  }

  /// A duration of Gateway API in milliseconds: `1h`, `10s`, `500ms`, `1m30s`; nil when absent.
  func duration() throws(FieldError) -> Int? {
    guard let text = try string() else { return nil }
    guard let milliseconds = DurationText.milliseconds(text) else {
      throw error("'\(text.prefix(40))' is not a duration such as 1m30s or 500ms")
    }
    return milliseconds
  }
}
