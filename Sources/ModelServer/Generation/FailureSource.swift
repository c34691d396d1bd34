internal import OpenAIAPI
internal import Simulation

/// Failures injected into inference requests at the configured rate (llm-d-inference-sim, failure injection).
struct FailureSource {
  private var injector: FailureInjector<FailureType>
  private let model: String

  init(_ configuration: ServerConfiguration, loop: Int) {
    let types = configuration.failures.types
    model = configuration.models[0].model
    injector = FailureInjector(
      ratePercent: configuration.failures.ratePercent, failures: types.isEmpty ? FailureType.allCases : types,
      seed: configuration.models[0].engine.seed &+ UInt64(loop))
  }

  /// Lets `percent` of the requests from now on fail.
  mutating func setRate(percent: Int) { injector.setRate(percent: percent) }

  /// The failure of the next request; nil when it is spared.
  mutating func next() -> APIError? {
    guard let type = injector.next() else { return nil }
    switch type {
    case .rateLimit: return .injectedRateLimit(model: model)
    case .invalidAPIKey: return .injectedInvalidAPIKey
    case .contextLength: return .injectedContextLength
    case .serverError: return .injectedServerError
    case .invalidRequest: return .injectedInvalidRequest
    case .modelNotFound: return .injectedModelNotFound(model: model)
    }
  }
}
