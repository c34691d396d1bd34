import HTTPServer
import Logging
import ModelServer

/// The process of `understudy serve`.
enum ServerProcess {
  /// Serves until a signal has ended the server. Throws a `LaunchError` when it cannot start.
  static func run(_ configuration: ServerConfiguration, _ options: LaunchOptions) throws(LaunchError) {
    let logger = Logger(label: "understudy") { _ in
      LineLogHandler(level: options.logLevel, format: options.logFormat)
    }
    for note in options.notes { logger.log(note) }
    logger.info(
      "effective configuration",
      metadata: ["configuration": "\(EffectiveConfiguration(configuration: configuration, options: options).json)"])
    try ProcessLife(logger: logger, grace: configuration.shutdownGrace).run { () throws(LaunchError) in
      do {
        return try ModelServer(configuration, logger: logger)
      } catch {
        throw LaunchError("\(error)", status: LaunchError.runtime)
      }
    } announce: { server in
      logger.info("ready", metadata: ["url": "\(server.url)"])
      if options.printReadyJSON { announce(server) }
    }
  }

  private static func announce(_ server: ModelServer) {
    var line = #"{"ready":true,"url":"\#(server.url)""#
    if case .tcp(_, let port) = server.address { line += #","port":\#(port)"# }
    StandardStream.output.write(line + "}\n")
  }
}
