internal import HTTPServer

/// The endpoints of a model server.
enum Route: Int, Sendable, CaseIterable {
  case chatCompletions, completions
  case models, model
  case loadLoraAdapter, unloadLoraAdapter
  case tokenize, detokenize
  case health, ready, ping
  case version, load, metrics

  /// The path as routed; "/*" takes the rest as a parameter.
  var paths: [String] {
    switch self {
    case .chatCompletions: ["/v1/chat/completions"]
    case .completions: ["/v1/completions"]
    case .models: ["/v1/models"]
    case .model: ["/v1/models/*"]
    case .loadLoraAdapter: ["/v1/load_lora_adapter"]
    case .unloadLoraAdapter: ["/v1/unload_lora_adapter"]
    case .tokenize: ["/tokenize"]
    case .detokenize: ["/detokenize"]
    case .health: ["/health"]
    case .ready: ["/health/ready", "/ready"]
    case .ping: ["/ping"]
    case .version: ["/version"]
    case .load: ["/load"]
    case .metrics: ["/metrics"]
    }
  }

  var methods: [HTTPMethod] {
    switch self {
    case .chatCompletions, .completions, .loadLoraAdapter, .unloadLoraAdapter, .tokenize, .detokenize: [.post]
    case .models, .model, .health, .ready, .version, .load, .metrics: [.get]
    case .ping: [.get, .post]
    }
  }

  /// The route's template as vLLM's HTTP metrics name it.
  var template: String {
    switch self {
    case .model: "/v1/models/{model_id}"
    default: paths[0]
    }
  }

  /// The route makes tokens: counted by `/load`, refused while draining, waited for at the end.
  var isInference: Bool { self == .chatCompletions || self == .completions }

  /// All routes, with and without `rootPath` in front: a proxy may strip it, and probes come without it.
  static func router(rootPath: String) -> Router {
    var router = Router()
    for prefix in rootPath.isEmpty ? [""] : ["", rootPath] {
      for route in allCases {
        for path in route.paths {
          for method in route.methods { router.add(method, prefix + path, route.rawValue) }
        }
      }
    }
    return router
  }

  /// The label values of HTTP metrics, by `rawValue`.
  static let handlers = HTTPHandlers(allCases.map(\.template))
}
