import Fleet
import JSON
import Logging

/// Where a fleet answers.
struct FleetAddresses: Equatable {
  /// What clients call; nil without a front door.
  var frontDoor: String?
  var admin: String
  var metrics: String
  /// The ext_proc servers, as `host:port`.
  var pickers: [String]
  /// The health service, as `host:port`.
  var health: String?

  /// For the log.
  var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = ["admin": "\(admin)", "metrics": "\(metrics)"]
    metadata["url"] = frontDoor.map { "\($0)" }
    if !pickers.isEmpty { metadata["grpc"] = "\(pickers.joined(separator: ","))" }
    metadata["health"] = health.map { "\($0)" }
    return metadata
  }

  /// For whoever started the process: one line.
  var json: String {
    JSONBuilder.object { line in
      line.add("ready", true)
      if let frontDoor { line.add("url", frontDoor) }
      line.add("admin_url", admin)
      line.add("metrics_url", metrics)
      if !pickers.isEmpty { line.add("grpc", pickers) }
      if let health { line.add("health", health) }
    }
  }
}

extension FleetAddresses {
  /// The addresses of a fleet that was started with `configuration`.
  init(_ fleet: Fleet, _ configuration: FleetConfiguration) {
    self.init(
      frontDoor: configuration.hasFrontDoor ? fleet.frontDoorURL : nil, admin: fleet.adminURL,
      metrics: fleet.metricsURL, pickers: fleet.pickerAddresses, health: fleet.healthAddress)
  }
}
