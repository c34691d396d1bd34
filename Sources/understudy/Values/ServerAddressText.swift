/// `http://host:port`, as flags name servers.
struct ServerAddressText: Equatable {
  /// A name, an IPv4 address, or an IPv6 address without its brackets.
  let host: String
  /// 1 to 65535.
  let port: Int
  /// `https`.
  let isSecure: Bool

  /// Reads a URL with scheme, host and port and nothing behind them but a slash; nil for other texts.
  init?(_ text: String) {
    var rest = text[...]
    if rest.lowercased().hasPrefix("http://") {
      (isSecure, rest) = (false, rest.dropFirst(7))
    } else if rest.lowercased().hasPrefix("https://") {
      (isSecure, rest) = (true, rest.dropFirst(8))
    } else {
      return nil
    }
    if rest.last == "/" { rest.removeLast() }
    guard let colon = rest.lastIndex(of: ":") else { return nil }
    let digits = rest[rest.index(after: colon)...]
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let port = Int(digits), (1...65535).contains(port)
    else { return nil }
    self.port = port
    let name = rest[..<colon]
    let isBracketed = name.count > 2 && name.first == "[" && name.last == "]"
    host = String(isBracketed ? name.dropFirst().dropLast() : name)
    let others = isBracketed ? ":." : "-._"
    guard !host.isEmpty,
      host.allSatisfy({
        $0.isASCII && (isBracketed ? $0.isHexDigit : $0.isLetter || $0.isNumber) || others.contains($0)
      })
    else { return nil }
  }

  /// The URL, without a slash at the end.
  var url: String { "\(isSecure ? "https" : "http")://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}
