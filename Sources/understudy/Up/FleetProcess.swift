import Fleet
import Logging

/// The process of `understudy up`.
enum FleetProcess {
  /// Serves until a signal has ended the fleet. Throws a `LaunchError` when it cannot start.
  static func run(_ plan: UpPlan) throws(LaunchError) {
    let logger = Logger(label: "understudy") { _ in LineLogHandler(level: plan.logLevel, format: plan.logFormat) }
    let replicas = ReplicaConfigurator(logger: logger)
    try ProcessLife(logger: logger, grace: plan.shutdownGrace).run { () throws(LaunchError) in
      do throws(FleetError) {
        return try Fleet(plan.fleet, logger: logger, serverConfiguration: replicas.serverConfiguration)
      } catch {
        throw LaunchError(error)
      }
    } announce: { fleet in
      logger.info(
        "ready",
        metadata: ["url": "\(fleet.frontDoorURL)", "admin": "\(fleet.adminURL)", "metrics": "\(fleet.metricsURL)"])
      if plan.printReadyJSON { announce(fleet) }
    }
  }

  private static func announce(_ fleet: Fleet) {
    var line = JSONObjectText()
    line.add("ready", true)
    line.add("url", fleet.frontDoorURL)
    line.add("admin_url", fleet.adminURL)
    line.add("metrics_url", fleet.metricsURL)
    StandardStream.output.write(line.text + "\n")
  }
}
