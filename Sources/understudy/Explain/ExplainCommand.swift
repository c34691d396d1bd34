import ArgumentParser
import Fleet
import Logging

/// `understudy explain -f FILE --request BODY`: one pick, offline, with its reasons.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Pick an endpoint for one request offline and print why.",
    discussion: """
      Reads what `up` would read, starts nothing, and prints the pick as one line of JSON: what filters kept, and \
      every candidate's scores with the inputs that they come from. Replicas are idle and their caches are empty.
      """)

  @OptionGroup(title: "Sources") var sources: SourceOptions

  @Option(
    help: ArgumentHelp("The request's body: a file, or - for standard input.", valueName: "file|-"))
  var request: String

  @Option(
    name: [.customShort("H"), .customLong("header")],
    help: ArgumentHelp("A header of the request. May be repeated.", valueName: "name: value"))
  var headers: [String] = []

  @Option(help: "The request's path. Default: /v1/chat/completions.")
  var path: String?

  @OptionGroup(title: "Picking options") var picking: PickingOptions

  /// What there is to explain. Pure: files are handed in.
  struct Plan: Sendable {
    var fleet = FleetConfiguration()
    var path: String
    var headers: [(String, String)]
    /// A path, or - for standard input.
    var request: String
  }

  /// Checks what the command was given; `readFile` gives the text of `--config-file`'s file.
  func plan(readFile: (String) throws(LaunchError) -> String) throws(LaunchError) -> Plan {
    var plan = Plan(path: path ?? "/v1/chat/completions", headers: [], request: request)
    try sources.fill(&plan.fleet)
    guard request != "-" || !plan.fleet.sources.contains("-") else {
      throw FlagText.refusal("request", "standard input is read for --filename already", "-")
    }
    guard plan.path.hasPrefix("/"), plan.path.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw FlagText.refusal("path", "must be a URL's path such as /v1/completions", plan.path)
    }
    for text in headers { plan.headers.append(try Self.header(text)) }
    try picking.fill(&plan.fleet, readFile: readFile)
    return plan
  }

  func run() throws {
    let plan = try plan { path throws(LaunchError) in try FileText.read(path, flag: "config-file") }
    let body: [UInt8]
    do {
      body = try plan.request == "-" ? FileBytes.readStandardInput() : FileBytes.read(plan.request)
    } catch {
      throw LaunchError("--request: cannot read '\(plan.request)': \(error.reason)")
    }
    let logger = Logger(label: "understudy") { _ in LineLogHandler(level: .warning, format: .text) }
    let replicas = ReplicaConfigurator(logger: logger)
    do throws(FleetError) {
      let line = try Fleet.explain(
        plan.fleet, request: body, path: plan.path, headers: plan.headers, logger: logger,
        serverConfiguration: replicas.serverConfiguration)
      StandardStream.output.write(line + "\n")
    } catch {
      throw LaunchError(error)
    }
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
