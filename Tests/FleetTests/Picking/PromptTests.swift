import EndpointPicking
import JSON
import Simulation
import Testing

@testable import Fleet

@Suite struct PromptTests {
  @Test(arguments: [
    ("/v1/chat/completions", PromptForm.chatCompletions), ("/v1/chat/completions?a=/responses", .chatCompletions),
    ("/v1/completions", .completions), ("/v1/responses", .responses), ("/v1/conversations", .conversations),
    ("/v1/embeddings", .embeddings), ("/", .completions), ("", .completions), ("/tokenize", .completions),
  ]) func formOfPath(path: String, form: PromptForm) { #expect(PromptForm(path: path) == form) }

  struct Case: Sendable {
    var form: PromptForm
    var body: String
    var text: String
    var salt = ""
    var isMultimodal = false
  }

  static let cases: [Case] = [
    Case(form: .completions, body: #"{"prompt":"a \"b\" ü"}"#, text: #"a "b" ü"#),
    Case(form: .completions, body: #"{"prompt":["ab","c"],"cache_salt":"s"}"#, text: "ab c", salt: "s"),
    Case(form: .completions, body: #"{"prompt":[1, 2,3]}"#, text: "[1,2,3]"),
    Case(form: .completions, body: #"{"prompt":[[1,2],[3]]}"#, text: "[[1,2],[3]]"),
    Case(form: .completions, body: #"{"prompt":null,"cache_salt":7}"#, text: "null"),
    Case(form: .completions, body: #"{"messages":[]}"#, text: ""),
    Case(form: .completions, body: "[]", text: ""),
    Case(
      form: .chatCompletions,
      body: #"{"messages":[{"content":"hi\n","role":"user","name":"x"},{"role":"assistant","content":null}]}"#,
      text: #"[{"role":"user","content":"hi\n"},{"role":"assistant"}]"#),
    Case(
      form: .chatCompletions,
      body:
        #"{"messages":[{"role":"user","content":[{"type":"text","text":"t"},{"type":"image_url","image_url":{}}]}]}"#,
      text: #"[{"role":"user","content":[{"type":"text","text":"t"},{"type":"image_url","image_url":{}}]}]"#,
      isMultimodal: true),
    Case(form: .chatCompletions, body: #"{"messages":[{"content":"c"},3,null]}"#, text: #"[{"content":"c"},{},{}]"#),
    Case(form: .chatCompletions, body: #"{"messages":"text"}"#, text: "[]"),
    Case(
      form: .responses, body: #"{"input":"i","tools":[{"a":1.50}],"instructions":"do"}"#,
      text: #"[{"instructions":"do"},{"tools":[{"a":1.50}]},{"input":"i"}]"#),
    Case(form: .responses, body: #"{"input":"i"}"#, text: #"[{"input":"i"}]"#),
    Case(form: .conversations, body: #"{"items":[{"b":true}]}"#, text: #"[{"b":true}]"#),
    Case(form: .embeddings, body: #"{"input":["x"]}"#, text: #"["x"]"#),
  ]

  @Test(arguments: cases) func takes(_ example: Case) throws {
    var request = PickRequest(id: "id", model: "m")
    try Picking.withJSON(example.body) { request.takePrompt(from: $0, as: example.form, limit: 10_000) }
    #expect(String(decoding: request.prefixText, as: UTF8.self) == example.text)
    #expect(request.cacheSalt == example.salt && request.isMultimodal == example.isMultimodal)
  }

  /// Cutting while writing gives the same bytes as cutting what was written.
  @Test(arguments: cases) func cutsExactly(_ example: Case) throws {
    let whole = Array(example.text.utf8)
    for limit in 0...(whole.count + 2) {
      var request = PickRequest(id: "id", model: "m")
      try Picking.withJSON(example.body) { request.takePrompt(from: $0, as: example.form, limit: limit) }
      #expect(request.prefixText == Array(whole.prefix(limit)))
    }
  }

  @Test func cutsCharactersAsTheWholeTextWould() throws {
    let text = #"{"messages":[{"role":"user","content":"aü€😀\u0001😀€ü"}]}"#
    var whole = PickRequest(id: "id", model: "m")
    try Picking.withJSON(text) { whole.takePrompt(from: $0, as: .chatCompletions, limit: 1_000) }
    for limit in 0...whole.prefixText.count {
      var request = PickRequest(id: "id", model: "m")
      try Picking.withJSON(text) { request.takePrompt(from: $0, as: .chatCompletions, limit: limit) }
      #expect(request.prefixText == Array(whole.prefixText.prefix(limit)))
    }
  }

  @Test(
    arguments: [
      (nil, 0, 524_288), (PrefixCacheSettings(), 0, 524_288), (PrefixCacheSettings(), 16, 524_288),
      (PrefixCacheSettings(), 1_024, 1_048_576),
    ] as [(PrefixCacheSettings?, Int, Int)])
  func limit(settings: PrefixCacheSettings?, largestBlock: Int, bytes: Int) {
    #expect(PromptLimit.bytes(settings, largestBlock: largestBlock) == bytes)
  }

  @Test func limitFollowsTheEndpoints() {
    let load = SettableLoad()
    load.set { $0.blockSize = 1_024 }
    #expect(Picking.picker([Picking.endpoint(0)]).promptLimit == 524_288)
    #expect(Picking.picker([Picking.endpoint(0, load: load)]).promptLimit == 1_048_576)
  }

  @Test(arguments: [
    ("x-slo-ttft-ms", "250", Optional(Int64(250_000_000))), ("x-llm-d-slo-ttft-ms", "0.5", 500_000),
    ("x-slo-ttft-ms", "-1", nil), ("x-slo-ttft-ms", "nan", nil), ("x-slo-ttft-ms", "1e300", nil), ("other", "1", nil),
  ]) func objectiveOfHeader(name: String, value: String, objective: Int64?) {
    var request = Picking.request()
    request.headers[name] = value
    #expect(AdmissionRequest(request).ttftObjective == objective)
  }
}
