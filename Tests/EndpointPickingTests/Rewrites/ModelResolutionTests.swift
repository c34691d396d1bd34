import Simulation
import Testing

@testable import EndpointPicking

/// GIE v1.5's table for its director, and requests without model.
@Suite struct ModelResolutionTests {
  struct Case: Sendable {
    var rewrites: [InferenceModelRewrite] = []
    var model: String? = "m"
    var preset: String?
    var fallback = false
    var target: String?
    var incoming = "m"
    var decided = false
  }

  static let exact = rewrite("exact", created: 2, (["m"], ["target": nil]))
  static let newer = rewrite("newer", created: 3, (["m"], ["newer-target": nil]))
  static let other = rewrite("other", created: 1, (["n"], ["other-target": nil]))
  static let generic = rewrite("generic", created: 1, ([], ["base": nil]))
  static let empty = rewrite("empty", created: 1, ([""], ["empty-target": nil]))

  static let cases = [
    Case(target: "m"),
    Case(rewrites: [exact], target: "target", decided: true),
    Case(rewrites: [other], target: "m"),
    Case(rewrites: [exact, newer], target: "target", decided: true),
    Case(rewrites: [newer, exact], target: "target", decided: true),
    Case(rewrites: [other], preset: "preset", target: "preset"),
    Case(preset: "", target: "m"),
    Case(rewrites: [exact], preset: "preset", target: "target", decided: true),
    Case(rewrites: [generic], preset: "preset", target: "base", decided: true),
    // Without a model
    Case(rewrites: [generic], model: nil, preset: "preset", target: nil),
    Case(model: "", target: "", incoming: ""),
    Case(model: "", preset: "preset", target: "preset", incoming: ""),
    Case(rewrites: [empty], model: "", target: "empty-target", incoming: "", decided: true),
    Case(rewrites: [generic, exact], model: nil, fallback: true, target: "base", incoming: "", decided: true),
    Case(
      rewrites: [generic], model: nil, preset: "preset", fallback: true, target: "base", incoming: "", decided: true),
    Case(rewrites: [generic], model: "", fallback: true, target: "base", incoming: "", decided: true),
    Case(rewrites: [exact], model: nil, preset: "preset", fallback: true, target: "preset", incoming: ""),
    Case(rewrites: [exact], model: nil, fallback: true, target: nil),
    Case(rewrites: [exact], model: "", fallback: true, target: nil),
  ]

  @Test(arguments: cases.indices) func resolves(index: Int) {
    let expected = Self.cases[index]
    var bits = SplitMix64(seed: 1)
    var store = RewriteStore()
    for rewrite in expected.rewrites { store.set(rewrite) }
    let pool = PoolID(namespace: "default", name: "pool")
    let result = Result { () throws(InferenceError) -> ModelResolution in
      try store.resolve(
        model: expected.model, for: pool, preset: expected.preset, genericModelFallback: expected.fallback, using: &bits
      )
    }
    switch result {
    case .success(let resolution):
      #expect(resolution.targetModel == expected.target)
      #expect(resolution.incomingModel == expected.incoming)
      #expect((resolution.decision != nil) == expected.decided)
      if let decision = resolution.decision {
        #expect(decision.targetModel == expected.target && decision.incomingModel == expected.incoming)
      }
    case .failure(let error):
      #expect(expected.target == nil)
      #expect(error.httpStatus == 400)
      #expect(error.description == "inference error: BadRequest - model not found in request body")
    }
  }
}
