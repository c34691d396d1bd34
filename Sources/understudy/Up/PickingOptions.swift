import ArgumentParser
import EndpointPicking
import Fleet
import YAML

/// How an endpoint is picked for a request.
struct PickingOptions: ParsableArguments {
  @Option(help: "An EndpointPickerConfig (YAML) for all pools. Default: queue 2, KV cache 2, prefix 3.")
  var configFile: String?

  @Option(help: "An EndpointPickerConfig as text, instead of --config-file.")
  var configText: String?

  @Option(help: "Weighted choices: random, as upstream, or smooth, with exact shares. Default: random.")
  var split: String?

  @Flag(help: "Let the generic rewrite rule take requests that name no model, instead of answering 400.")
  var genericModelFallback = false

  /// Enters the choices into `configuration`; `readFile` gives the text of `--config-file`'s file.
  func fill(
    _ configuration: inout FleetConfiguration, readFile: (String) throws(LaunchError) -> String
  ) throws(LaunchError) {
    configuration.split = try FlagText.choice("split", split, among: [.random, .smooth]) ?? configuration.split
    configuration.genericModelFallback = genericModelFallback
    configuration.hasOwnScheduler = configFile.given != nil || configText != nil
    switch (configFile.given, configText) {
    case (nil, nil): break
    case (let path?, nil):
      let text = try readFile(path)
      configuration.scheduler = try Self.scheduler(text) { line in "--config-file: \(path):\(line): " }
    case (nil, let text?):
      configuration.scheduler = try Self.scheduler(text) { line in "--config-text: line \(line): " }
    case (_?, _?): throw LaunchError("--config-text: cannot stand beside --config-file")
    }
  }

  private static func scheduler(
    _ text: String, place: (_ line: Int) -> String
  ) throws(LaunchError) -> SchedulerConfiguration {
    let node: ConfigurationNode
    do throws(YAMLError) {
      var limits = YAMLLimits()
      limits.depth = 32
      node = try YAMLNode(yaml: text, limits: limits).map { ConfigurationNode($0) } ?? ConfigurationNode(.null, line: 1)
    } catch {
      throw LaunchError(place(error.line) + error.message)
    }
    do throws(ConfigurationError) {
      return try SchedulerConfiguration(node)
    } catch {
      let line = error.line ?? node.line ?? 1
      var error = error
      error.line = nil
      throw LaunchError(place(line) + error.description)
    }
  }
}
