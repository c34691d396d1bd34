import ArgumentParser
import Fleet

/// The request of a pick that is made offline.
struct ExplainedRequestOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The request's body: a file, or - for standard input.", valueName: "file|-"))
  var request: String

  @Option(
    name: [.customShort("H"), .customLong("header")],
    help: ArgumentHelp("A header of the request. May be repeated.", valueName: "name: value"))
  var headers: [String] = []

  @Option(help: "The request's path. Default: /v1/chat/completions.")
  var path: String?

  /// Checks the request for a fleet of that configuration.
  func plan(in fleet: FleetConfiguration) throws(LaunchError) -> ExplainPlan {
    var plan = ExplainPlan(fleet: fleet, path: path ?? "/v1/chat/completions", headers: [], request: request)
    guard request != "-" || !fleet.sources.contains("-") else {
      throw FlagText.refusal("request", "standard input is read for --filename already", "-")
    }
    guard plan.path.hasPrefix("/"), plan.path.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw FlagText.refusal("path", "must be a URL's path such as /v1/completions", plan.path)
    }
    for text in headers { plan.headers.append(try Self.header(text)) }
    return plan
  }

  /// `name: value`, with a token as the name (RFC 9110, section 5.6.2) and the blanks around the value left out.
  private static func header(_ text: String) throws(LaunchError) -> (String, String) {
    guard let colon = text.firstIndex(of: ":") else { throw refusal(of: text) }
    let name = text[..<colon]
    var value = text[text.index(after: colon)...]
    value = value.drop { $0 == " " || $0 == "\t" }
    while value.last == " " || value.last == "\t" { value.removeLast() }
    let isToken = name.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
    guard !name.isEmpty, isToken, value.utf8.allSatisfy({ $0 == 0x09 || $0 >= 0x20 && $0 != 0x7F }) else {
      throw refusal(of: text)
    }
    return (String(name), String(value))
  }

  private static func refusal(of header: String) -> LaunchError {
    FlagText.refusal("header", "must be 'name: value'", header)
  }
}
