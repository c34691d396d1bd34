import Testing

@testable import EndpointPicking

@Suite struct MetricSelectorTests {
  @Test(arguments: [
    ("vllm:num_requests_waiting", "vllm:num_requests_waiting"),
    ("  up\t", "up"),
    ("a{}", "a"),
    ("a { } ", "a"),
    ("a{b=c}", #"a{b="c"}"#),
    (#"a{b="c",d='e f'}"#, #"a{b="c",d="e f"}"#),
    (#"a{ b = c , d="}," , }"#, #"a{b="c",d="},"}"#),
    (#"a{b="q\"\\\n"}"#, #"a{b="q\"\\\n"}"#),
    (#"nv_trt_llm_request_metrics{request_type=waiting}"#, #"nv_trt_llm_request_metrics{request_type="waiting"}"#),
    (#"a{b=""}"#, #"a{b=""}"#),
  ])
  func selectors(text: String, canonical: String) throws {
    let selector = try MetricSelector(parsing: text)
    #expect(selector.description == canonical)
    #expect(try MetricSelector(parsing: canonical) == selector)
  }

  @Test(arguments: [
    "", " ", "1a", "{a=b}", "a b", "a{", "a{b", "a{b}", "a{b=", "a{b=}", "a{b=c", "a{b=\"c", "a{b=\"c\\", "a{b=c d=e}",
    "a{b=c}x", "a{b!=c}", "a{b=~c}", "a{b:c=d}", "a{,}", "sum(a)", "ä",
  ])
  func others(text: String) {
    #expect(throws: MetricSelectorError.self) { try MetricSelector(parsing: text) }
  }

  @Test func theErrorNamesTheText() {
    let error = #expect(throws: MetricSelectorError.self) { try MetricSelector(parsing: "a{b!=c}") }
    #expect(error?.description == #"not a metric selector: "a{b!=c}": label b is not followed by ="#)
  }
}
