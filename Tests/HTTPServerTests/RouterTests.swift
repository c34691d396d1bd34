import HTTPServer
import Testing

@Suite struct RouterTests {
  private let router: Router = {
    var router = Router()
    router.add(.get, "/v1/models", 1)
    router.add(.get, "/v1/models/*", 2)
    router.add(.post, "/v1/completions", 3)
    router.add(.get, "/ping", 4)
    router.add(.post, "/ping", 4)
    return router
  }()

  private func describe(_ method: HTTPMethod, _ path: String) -> String {
    switch router.match(method, path) {
    case .route(let route, let parameter): "\(route)" + (parameter.map { " \($0)" } ?? "")
    case .methodNotAllowed(let allow): "405 \(allow)"
    case .notFound: "404"
    }
  }

  @Test(arguments: [
    (HTTPMethod.get, "/v1/models", "1"),
    (.head, "/v1/models", "1"),
    (.get, "/v1/models/", "1"),
    (.get, "/v1/models/facebook/opt-125m", "2 facebook/opt-125m"),
    (.post, "/v1/completions", "3"),
    (.get, "/v1/completions", "405 POST, OPTIONS"),
    (.delete, "/v1/models/x", "405 GET, HEAD, OPTIONS"),
    (.delete, "/ping", "405 GET, HEAD, POST, OPTIONS"),
    (.get, "/v1/model", "404"),
    (.get, "/", "404"),
    (.get, "", "404"),
  ])
  func match(method: HTTPMethod, path: String, expected: String) { #expect(describe(method, path) == expected) }
}
