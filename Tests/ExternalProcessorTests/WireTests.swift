import EndpointPicking
import Foundation
import Simulation
import SwiftProtobuf
import Testing

@testable import ExternalProcessor

@Suite struct WireTests {
  private func message(_ build: (inout ExtProcProcessingRequest) -> Void) throws -> GatewayMessage {
    // Over the wire and back, as the server gets it.
    let bytes: [UInt8] = try ExtProcProcessingRequest.with(build).serializedBytes()
    return GatewayMessage(try ExtProcProcessingRequest(serializedBytes: bytes))
  }

  private func structure(_ json: String) throws -> Google_Protobuf_Struct {
    try Google_Protobuf_Struct(jsonString: json)
  }

  @Test func rawValuesGoBeforeTextAndNamesAreLowerCase() throws {
    let message = try message {
      $0.requestHeaders = .with {
        $0.endOfStream = true
        $0.headers.headers = [
          .with {
            $0.key = "Both"; $0.value = "text"; $0.rawValue = Data("raw".utf8)
          },
          .with {
            $0.key = "X-TEXT"; $0.value = "text"
          },
          .with {
            $0.key = ":path"; $0.rawValue = Data([0xFF, 0x2F])
          },
          .with { $0.key = "empty" },
        ]
      }
    }
    let headers = ProxyHeaders([
      ProxyHeader("both", "raw"), ProxyHeader("x-text", "text"), ProxyHeader(":path", [0xFF, 0x2F]),
      ProxyHeader("empty", ""),
    ])
    #expect(message.event == .requestHeaders(headers, isLast: true))
    #expect(headers["x-text"] == "text")
  }

  @Test(arguments: [
    (ExtProcProcessingMode.BodySendMode.none, BodyMode.none), (.streamed, .streamed), (.buffered, .buffered),
    (.bufferedPartial, .buffered), (.fullDuplexStreamed, .fullDuplex), (.UNRECOGNIZED(9), .fullDuplex),
  ])
  func modesComeFromTheFirstMessage(wire: ExtProcProcessingMode.BodySendMode, mode: BodyMode) throws {
    let message = try message {
      $0.protocolConfig.requestBodyMode = wire
      $0.protocolConfig.responseBodyMode = .buffered
    }
    #expect(message.modes == BodyModes(request: mode, response: .buffered))
    #expect(message.event == nil)
  }

  @Test(arguments: [
    (#"{"x-gateway-destination-endpoint-subset":["10.0.0.1:80","[fd00::1]:80"]}"#, ["10.0.0.1:80", "[fd00::1]:80"]),
    (#"{"x-gateway-destination-endpoint-subset":"10.0.0.1:80, 10.0.0.2"}"#, ["10.0.0.1:80", "10.0.0.2"]),
    (#"{"x-gateway-destination-endpoint-subset":[]}"#, []), (#"{"x-gateway-destination-endpoint-subset":""}"#, []),
    (#"{"x-gateway-destination-endpoint-subset":[1,"10.0.0.1"]}"#, ["10.0.0.1"]),
    (#"{"x-gateway-destination-endpoint-subset":5}"#, nil), ("{}", nil),
  ])
  func subsetsComeInTwoShapes(json: String, entries: [String]?) throws {
    let hint = try structure(json)
    let message = try message { $0.metadataContext.filterMetadata = ["envoy.lb.subset_hint": hint] }
    #expect(message.subset == entries.map { SubsetHint($0) })
  }

  @Test func theServedEndpointIsInTheMetadata() throws {
    #expect(try message { _ in }.served == .unsaid)
    for (json, served) in [
      (#"{"x-gateway-destination-endpoint-served":"1.2.3.4:5"}"#, ServedEndpoint.endpoint("1.2.3.4:5")),
      (#"{"x-gateway-destination-endpoint-served":7}"#, .missing), ("{}", .missing),
    ] {
      let metadata = try structure(json)
      #expect(try message { $0.metadataContext.filterMetadata = ["envoy.lb": metadata] }.served == served)
    }
  }

  @Test func aRoutedRequestOnTheWire() throws {
    var common = CommonReply()
    common.clearsRouteCache = true
    common.headers.append("x-a", "b")
    common.headers.removed = ["x-c"]
    let wire = ExtProcProcessingResponse(
      ProcessorReply(
        .requestHeaders(common), destination: RoutedDestination(value: "1.2.3.4:5", scores: ["1.2.3.4:5": 0.25])))
    let response = wire.requestHeaders.response
    #expect(response.clearRouteCache_p)
    #expect(response.status == .continue)
    #expect(response.headerMutation.removeHeaders == ["x-c"])
    let header = try #require(response.headerMutation.setHeaders.first)
    #expect(header.header.key == "x-a")
    #expect(header.header.value.isEmpty)
    #expect(header.header.rawValue == Data("b".utf8))
    #expect(header.appendAction == .overwriteIfExistsOrAdd)
    let expected = try structure(
      #"""
      {"envoy.lb": {"x-gateway-destination-endpoint": "1.2.3.4:5",
                    "x-gateway-destination-endpoint-scores": {"1.2.3.4:5": 0.25}}}
      """#)
    #expect(wire.dynamicMetadata == expected)
    #expect(!wire.hasModeOverride)
  }

  @Test func bodiesOnTheWire() throws {
    let chunk = ExtProcProcessingResponse(
      ProcessorReply(.requestBody(CommonReply(body: .chunk([1, 2, 3, 4][1...2], isLast: true)))))
    #expect(chunk.requestBody.response.bodyMutation.streamedResponse.body == Data([2, 3]))
    #expect(chunk.requestBody.response.bodyMutation.streamedResponse.endOfStream)
    #expect(!chunk.requestBody.response.hasHeaderMutation)
    let empty = ExtProcProcessingResponse(
      ProcessorReply(.responseBody(CommonReply(body: .chunk([], isLast: true)))))
    if case .streamedResponse(let streamed)? = empty.responseBody.response.bodyMutation.mutation {
      #expect(streamed.endOfStream)
    } else {
      Issue.record("an empty chunk must still be a streamed_response")
    }
    let whole = ExtProcProcessingResponse(ProcessorReply(.responseBody(CommonReply(body: .replaced([9])))))
    #expect(whole.responseBody.response.bodyMutation.mutation == .body(Data([9])))
    let untouched = ExtProcProcessingResponse(ProcessorReply(.responseBody(CommonReply())))
    #expect(!untouched.responseBody.response.hasBodyMutation)
  }

  @Test func immediateAnswersOnTheWire() throws {
    let wire = ExtProcProcessingResponse(ProcessorReply(.immediate(Refusal(.shed).reply)))
    #expect(wire.immediateResponse.status.code == 429)
    #expect(
      wire.immediateResponse.body
        == Data("inference error: ResourceExhausted - system saturated, sheddable request dropped".utf8))
    let header = try #require(wire.immediateResponse.headers.setHeaders.first?.header)
    #expect(header.key == "x-llm-d-request-dropped-reason")
    #expect(header.rawValue == Data("rejected-saturated".utf8))
  }

  /// Garbage either is no message or is one that can be handled.
  @Test func garbageIsSurvived() throws {
    var generator = SplitMix64(seed: 9)
    for _ in 0..<3000 {
      let size = Int.random(in: 0..<60, using: &generator)
      let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
      guard let wire = try? ExtProcProcessingRequest(serializedBytes: bytes) else { continue }
      var stream = ProcessorStream(ProcessorOptions())
      _ = try? stream.receive(GatewayMessage(wire), at: 1)
      _ = stream.end(at: 2)
    }
  }
}
