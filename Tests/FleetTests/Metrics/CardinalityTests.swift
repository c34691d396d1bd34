import EndpointPicking
import Testing

@testable import Fleet

@Suite struct CardinalityTests {
  private func labels(_ model: String, fairness: String = "f") -> RequestLabels {
    RequestLabels(incomingModel: model, targetModel: "t", fairnessID: fairness)
  }

  private func models(_ page: PickerPageReader, _ name: String = "llm_d_epp_request_error_total") -> Set<String> {
    Set(page.named(name).compactMap { $0[label: "model_name"] })
  }

  @Test func modelsBeyondTheLimitBecomeOther() {
    var share = PickerMetricsShare()
    // The target takes one of the thousand places.
    for number in 0..<1500 { share.requestFailed(share.series(of: labels("m\(number)")), .unknown) }
    let page = PickerPageReader(share)
    #expect(models(page).count == 1000)
    #expect(models(page).contains("m998"))
    #expect(!models(page).contains("m999"))
    #expect(page.value("llm_d_epp_request_error_total", ["model_name": "other", "target_model_name": "t"]) == 501)
    #expect(page.value("llm_d_epp_request_error_total") == 1500)
    // A name that was let in keeps its label.
    share.requestFailed(share.series(of: labels("m0")), .unknown)
    #expect(PickerPageReader(share).value("llm_d_epp_request_error_total", ["model_name": "m0"]) == 2)
  }

  @Test func runningRequestsOfOtherModelsBalance() {
    var share = PickerMetricsShare()
    for number in 0..<1200 { share.requestStarted(share.series(of: labels("m\(number)"))) }
    for number in 0..<1200 { share.requestEnded(share.series(of: labels("m\(number)"))) }
    #expect(PickerPageReader(share).named("inference_objective_running_requests").allSatisfy { $0.value == 0 })
  }

  @Test func fairnessIDsBeyondTheLimitBecomeOther() {
    var share = PickerMetricsShare()
    for number in 0..<1100 {
      share.requestFailed(share.series(of: labels("m", fairness: "f\(number)")), .unknown)
    }
    #expect(PickerPageReader(share).value("llm_d_epp_request_error_total", ["fairness_id": "other"]) == 100)
  }

  @Test func configuredModelsAreNeverOther() {
    var share = PickerMetricsShare()
    share.pin(models: ["served", ""])
    for number in 0..<1500 { _ = share.series(of: labels("m\(number)")) }
    share.requestFailed(share.series(of: labels("served")), .unknown)
    #expect(models(PickerPageReader(share)) == ["served"])
    var sum = PickerMetricsShare()
    for number in 0..<1500 { _ = sum.series(of: labels("n\(number)")) }
    sum.merge(share)
    #expect(models(PickerPageReader(sum)) == ["served"])
  }

  @Test func veryLongNamesAreOther() {
    var share = PickerMetricsShare()
    share.requestFailed(share.series(of: labels(String(repeating: "x", count: 100_000))), .refused(.notFound))
    #expect(models(PickerPageReader(share)) == ["other"])
  }

  @Test func theCapHoldsForTheSum() {
    var sum = PickerMetricsShare()
    for loop in 0..<4 {
      var share = PickerMetricsShare()
      for number in 0..<600 {
        let id = share.series(of: labels("m\(loop)-\(number)"))
        share.requestFailed(id, .unknown)
        share.schedulerAttempt(id, endpoint: nil, nanoseconds: 1)
      }
      for number in 0..<600 {
        share.rewriteDecision(
          RewriteDecision(
            rewrite: ResourceID(kind: .inferenceModelRewrite, name: NamespacedName(namespace: "n", name: "rw")),
            incomingModel: "r\(loop)-\(number)", targetModel: "t"))
      }
      sum.merge(share)
    }
    let page = PickerPageReader(sum)
    #expect(page.value("llm_d_epp_request_error_total") == 2400)
    #expect(page.value("llm_d_epp_model_rewrite_decisions_total") == 2400)
    let names = models(page).union(models(page, "llm_d_epp_model_rewrite_decisions_total"))
    #expect(names.count <= 1001)
    #expect(names.contains("other"))
  }

  @Test func combinationsAreCappedToo() {
    var share = PickerMetricsShare()
    for model in 0..<150 {
      for fairness in 0..<100 {
        share.requestStarted(share.series(of: labels("m\(model)", fairness: "f\(fairness)")))
      }
    }
    #expect(share.requests.count == PickerMetricsShare.seriesLimit + 1)
    #expect(share.requests.values.reduce(0) { $0 + $1.running } == 15_000)
    #expect(share.requests.labels.last?.incomingModel == "other")
    #expect(share.requests.values.last?.running == 5000)
  }
}
