import EndpointPicking
import Fleet
import Simulation

/// What `understudy up` is to run. Pure: files are handed in.
struct UpPlan: FleetLaunch {
  var fleet = FleetConfiguration()
  var logLevel = LogLevel.info
  var logFormat = LogFormat.text
  var shutdownGrace = Nanoseconds.seconds(30)
  /// Print one JSON line with the URLs to standard output when ready.
  var printReadyJSON = false
  var notes: [LaunchNote] = []

  /// Checks what `command` was given; `readFile` gives the text of `--config-file`'s file.
  init(_ command: UpCommand, readFile: (String) throws(LaunchError) -> String) throws(LaunchError) {
    try command.sources.fill(&fleet)
    try command.frontDoor.fill(&fleet)
    try command.extProc.fill(&fleet)
    try command.picking.fill(&fleet, readFile: readFile)
    fleet.scraping.take(fleet.scheduler.metrics)
    if let file = fleet.scheduler.discoveryFile {
      throw LaunchError("dataLayer.discovery: is for understudy epp; here name the file with --filename \(file)")
    }
    let process = command.process
    do throws(FlagError) {
      if let name = process.logLevel { logLevel = try LogLevel(flagValue: name) }
      if let name = process.logFormat { logFormat = try LogFormat(flagValue: name) }
    } catch {
      throw LaunchError(error)
    }
    shutdownGrace =
      try FlagText.span("shutdown-timeout", process.shutdownTimeout, plain: .seconds(1)) ?? shutdownGrace
    printReadyJSON = process.printReadyJson
    notes = command.extProc.notes(on: fleet)
  }
}
