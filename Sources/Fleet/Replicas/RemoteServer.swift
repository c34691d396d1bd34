internal import HTTPServer
internal import Synchronization

/// A model server elsewhere, and the names that it serves as far as they are known.
final class RemoteServer: Sendable {
  private static let tokens = Atomic<Int>(-1)

  /// Where it is.
  let address: RemoteAddress
  /// What answers of its call it.
  let name: String
  /// Its number among endpoints: below 0, where replicas' numbers are above.
  let token: Int
  /// The names that it serves.
  let models: RemoteModels
  /// Its load, as read from its metrics page.
  let load: ScrapedEndpoint

  /// - Parameters:
  ///   - engine: what its pod's label says it is; nil when none does.
  ///   - scraping: where its metrics are, if not on its own port.
  init(
    _ address: RemoteAddress, name: String, engine: String? = nil, scraping: ScrapingSettings = ScrapingSettings()
  ) {
    self.address = address
    self.name = name
    token = Self.tokens.subtract(1, ordering: .relaxed).oldValue
    models = RemoteModels(address)
    load = ScrapedEndpoint(
      RemoteAddress(
        host: address.host, port: scraping.port ?? address.port, isSecure: address.isSecure || scraping.isSecure),
      engine: engine)
  }

  /// It is known to serve, or not to serve, that name; nil while it has not told its names.
  func knows(_ model: String) -> Bool? { models.names.map { $0.contains(model) } }

  /// The names that it has told.
  var modelNames: Set<String> { models.names ?? [] }
}

extension RemoteServer: ModelSource {
  var modelsRevision: UInt64 { models.revision }

  /// One that has not told its names may serve any.
  func serves(_ model: String) -> Bool { knows(model) ?? true }
}
