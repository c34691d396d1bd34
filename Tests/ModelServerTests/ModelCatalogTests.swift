import Testing

@testable import ModelServer

@Suite struct ModelCatalogTests {
  private let catalog: ModelCatalog = {
    var first = ModelConfiguration(model: "base", servedNames: ["shown", "alias"])
    first.adapters = [LoRAModule(name: "adapter", path: "/a")]
    return ModelCatalog([first, ModelConfiguration(model: "second")])
  }()

  @Test(
    arguments: [
      ("shown", 0, nil, "shown"), ("alias", 0, nil, "shown"), ("adapter", 0, "adapter", "adapter"),
      ("second", 1, nil, "second"),
    ] as [(String, Int, String?, String)])
  func namesResolve(name: String, model: Int, adapter: String?, displayed: String) throws {
    let resolution = try #require(catalog.resolve(name))
    #expect(resolution.model == model)
    #expect(resolution.adapter == adapter)
    #expect(resolution.displayedName == displayed)
  }

  @Test(arguments: ["base", "", "SHOWN", "nothing"]) func otherNamesDoNot(name: String) {
    #expect(catalog.resolve(name) == nil)
  }

  @Test func theFirstModelIsTheDefault() { #expect(catalog.defaultResolution.displayedName == "shown") }

  @Test func adaptersComeAndGo() {
    #expect(catalog.register("shown", path: "/x", model: 0, inPlace: true) == .conflictsWithModel)
    #expect(catalog.register("adapter", path: "/x", model: 0, inPlace: false) == .exists)
    #expect(catalog.register("adapter", path: "/x", model: 0, inPlace: true) == .replaced)
    #expect(catalog.register("new", path: "/n", model: 0, inPlace: false) == .added)
    #expect(catalog.registeredAdapters.map(\.name) == ["adapter", "new"])
    #expect(catalog.adapter(named: "adapter")?.path == "/x")
    #expect(catalog.unregister("adapter"))
    #expect(!catalog.unregister("adapter"))
    #expect(catalog.resolve("adapter") == nil)
    #expect(catalog.resolve("new")?.adapter == "new")
  }
}
