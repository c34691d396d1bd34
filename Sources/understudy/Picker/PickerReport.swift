import Fleet
import Logging

/// What commands print that start no picker.
enum PickerReport {
  /// What the picker would do with the plan's objects, as text; throws with a line for each that is refused.
  static func validation(of plan: PickerPlan) throws(LaunchError) -> String {
    let logger = Logger(label: "understudy") { _ in LineLogHandler(level: .warning, format: plan.logFormat) }
    for note in plan.notes { logger.log(note) }
    do throws(FleetError) {
      return try Fleet.validate(plan.fleet, logger: logger)
    } catch {
      throw LaunchError(error)
    }
  }
}
