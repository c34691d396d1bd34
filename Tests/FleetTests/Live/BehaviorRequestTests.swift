import JSON
import ModelServer
import OpenAIAPI
import Testing

@testable import Fleet

/// The body of `POST /api/behavior`.
@Suite struct BehaviorRequestTests {
  private func decode(_ text: String) throws -> BehaviorRequest {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBytes { bytes in
      try RequestBody.decode(bytes, parser: JSONParser()) { root throws(APIError) in try BehaviorRequest(root) }
    }
  }

  @Test func everything() throws {
    let request = try decode(
      """
      {"replica":"a-0","model":"m","reset":true,"time_to_first_token_ms":1.5,"inter_token_latency_ms":20,
       "failure_injection_rate":7}
      """)
    var expected = BehaviorRequest()
    expected.replica = "a-0"
    expected.model = "m"
    expected.change.resets = true
    expected.change.timeToFirstToken = 1_500_000
    expected.change.interTokenLatency = 20_000_000
    expected.change.failureRatePercent = 7
    #expect(request == expected)
  }

  @Test(arguments: [
    (
      #"{"time_to_first_token_ms":-1}"#,
      "time_to_first_token_ms: expected a number of milliseconds from 0 to 86400000, got -1"
    ),
    (#"{"inter_token_latency_ms":86400001}"#, "inter_token_latency_ms: expected a number of milliseconds from 0"),
    (#"{"time_to_first_token_ms":1e400}"#, "got a number out of range"),
    (#"{"inter_token_latency_ms":"5"}"#, "got a string"),
    (#"{"failure_injection_rate":101}"#, "failure_injection_rate: expected a whole number from 0 to 100, got 101"),
    (#"{"failure_injection_rate":2.5}"#, "got 2.5"),
    (#"{"reset":1}"#, "reset: expected true or false"),
    (#"{"replica":3,"reset":true}"#, "replica: expected a string, got 3"),
    (#"{"ttft":3}"#, "'ttft' is no field of this request"),
    (#"{"replica":"a"}"#, "changes nothing"),
    (#"{"reset":false}"#, "changes nothing"),
    ("[]", "an object"), ("{", ""), ("", ""),
  ]) func refusals(body: String, reason: String) throws {
    let error = try #require(throws: APIError.self) { try decode(body) }
    #expect(error.status == 400)
    #expect(reason.isEmpty || error.message.contains(reason), "\(error.message)")
  }
}
