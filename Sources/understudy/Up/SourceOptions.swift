import ArgumentParser
import Fleet

/// Where servers, pools and routes come from.
struct SourceOptions: ParsableArguments {
  @Option(
    name: [.customShort("f"), .long],
    help: ArgumentHelp(
      "A models.json, a manifest, a folder of them, or - for standard input. May be repeated.",
      valueName: "file|dir|-"))
  var filename: [String] = []

  @Option(
    help: ArgumentHelp("A model server that runs elsewhere. May be repeated.", valueName: "http://host:port"))
  var endpoint: [String] = []

  /// Enters the sources into `configuration`.
  func fill(_ configuration: inout FleetConfiguration) throws(LaunchError) {
    guard !filename.isEmpty || !endpoint.isEmpty else {
      throw LaunchError("name what to run: a models.json, manifests or a folder with --filename, or --endpoint")
    }
    configuration.sources = try Self.sources(filename)
    for text in endpoint {
      let address = try FlagText.address("endpoint", text)
      let remote = RemoteAddress(host: address.host, port: address.port, isSecure: address.isSecure)
      if !configuration.endpoints.contains(remote) { configuration.endpoints.append(remote) }
    }
  }

  /// The values of `--filename`, checked.
  static func sources(_ names: [String]) throws(LaunchError) -> [String] {
    for name in names where name.isEmpty { throw FlagText.refusal("filename", "needs a path", name) }
    guard names.count(where: { $0 == "-" }) < 2 else {
      throw FlagText.refusal("filename", "standard input can be read once", "-")
    }
    return names
  }
}
