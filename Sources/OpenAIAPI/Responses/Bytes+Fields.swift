internal import JSON

extension [UInt8] {
  /// Appends an array of token ids, or null.
  mutating func appendTokenIDs(_ ids: ArraySlice<UInt32>?) {
    guard let ids else {
      appendRaw("null")
      return
    }
    append(UInt8(ascii: "["))
    var isFirst = true
    for id in ids {
      if !isFirst { append(UInt8(ascii: ",")) }
      isFirst = false
      appendJSON(id)
    }
    append(UInt8(ascii: "]"))
  }

  /// Appends a string, or null.
  mutating func appendJSON(optional string: String?) {
    if let string { appendJSON(string) } else { appendRaw("null") }
  }
}
