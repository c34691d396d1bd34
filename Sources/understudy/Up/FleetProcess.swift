import Fleet
import Logging

/// The process of `understudy up` and `understudy epp`.
enum FleetProcess {
  /// Serves until a signal has ended the fleet. Throws a `LaunchError` when it cannot start.
  static func run(_ plan: some FleetLaunch) throws(LaunchError) {
    let logger = Logger(label: "understudy") { _ in LineLogHandler(level: plan.logLevel, format: plan.logFormat) }
    for note in plan.notes { logger.log(note) }
    let replicas = ReplicaConfigurator(logger: logger)
    try ProcessLife(logger: logger, grace: plan.shutdownGrace).run { () throws(LaunchError) in
      do throws(FleetError) {
        return try Fleet(plan.fleet, logger: logger, serverConfiguration: replicas.serverConfiguration)
      } catch {
        throw LaunchError(error)
      }
    } announce: { fleet in
      let addresses = FleetAddresses(fleet, plan.fleet)
      logger.info("ready", metadata: addresses.metadata)
      if plan.printReadyJSON { StandardStream.output.write(addresses.json + "\n") }
    }
  }
}
