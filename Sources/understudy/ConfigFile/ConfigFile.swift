/// A configuration file as settings, with the line of each.
struct ConfigFile: Sendable, Equatable {
  let path: String
  /// The top level: settings of the server, and defaults for all models.
  var settings: [Setting] = []
  /// The entries of `models`; nil when the file has no such key.
  var entries: [Entry]?
  var notes: [LaunchNote] = []

  /// One model of a models.json.
  struct Entry: Sendable, Equatable {
    let line: Int
    var settings: [Setting]
  }

  init(path: String) { self.path = path }
}
