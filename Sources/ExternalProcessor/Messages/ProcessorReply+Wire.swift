internal import SwiftProtobuf

// Data is how SwiftProtobuf hands over bytes.
#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension ExtProcProcessingResponse {
  /// A message for the wire.
  init(_ reply: ProcessorReply) {
    self.init()
    switch reply.kind {
    case .requestHeaders(let common): response = .requestHeaders(.with { $0.response = ExtProcCommonResponse(common) })
    case .requestBody(let common): response = .requestBody(.with { $0.response = ExtProcCommonResponse(common) })
    case .requestTrailers: response = .requestTrailers(ExtProcTrailersResponse())
    case .responseHeaders(let common):
      response = .responseHeaders(.with { $0.response = ExtProcCommonResponse(common) })
    case .responseBody(let common): response = .responseBody(.with { $0.response = ExtProcCommonResponse(common) })
    case .responseTrailers: response = .responseTrailers(ExtProcTrailersResponse())
    case .immediate(let immediate): response = .immediateResponse(ExtProcImmediateResponse(immediate))
    }
    if let destination = reply.destination { dynamicMetadata = Google_Protobuf_Struct(destination) }
  }
}

extension ExtProcImmediateResponse {
  fileprivate init(_ reply: ImmediateReply) {
    self.init()
    status.code = Int32(clamping: reply.status)
    body = Data(reply.body)
    if let headers = ExtProcHeaderMutation(reply.headers) { self.headers = headers }
  }
}

extension ExtProcCommonResponse {
  fileprivate init(_ reply: CommonReply) {
    self.init()
    if let headers = ExtProcHeaderMutation(reply.headers) { headerMutation = headers }
    switch reply.body {
    case .none: break
    case .replaced(let bytes): bodyMutation.body = Data(bytes)
    case .chunk(let bytes, let isLast):
      var chunk = ExtProcStreamedBodyResponse()
      chunk.body = Data(bytes)
      chunk.endOfStream = isLast
      bodyMutation.streamedResponse = chunk
    }
    clearRouteCache_p = reply.clearsRouteCache
  }
}

extension ExtProcHeaderMutation {
  /// Nil when nothing is to be changed.
  fileprivate init?(_ changes: HeaderChanges) {
    if changes.set.isEmpty, changes.removed.isEmpty { return nil }
    self.init()
    setHeaders.reserveCapacity(changes.set.count)
    for header in changes.set {
      var option = ExtProcHeaderValueOption()
      var value = ExtProcHeaderValue()
      value.key = header.name
      value.rawValue = Data(header.value)
      option.header = value
      option.appendAction = .overwriteIfExistsOrAdd
      setHeaders.append(option)
    }
    removeHeaders = changes.removed
  }
}

extension Google_Protobuf_Struct {
  /// `{"envoy.lb": {"x-gateway-destination-endpoint": …}}`
  fileprivate init(_ destination: RoutedDestination) {
    var inner = Google_Protobuf_Struct()
    inner.fields[RoutingNames.destination] = Google_Protobuf_Value(stringValue: destination.value)
    if !destination.scores.isEmpty {
      var scores = Google_Protobuf_Struct()
      scores.fields = destination.scores.mapValues { Google_Protobuf_Value(numberValue: $0) }
      inner.fields[RoutingNames.scores] = Google_Protobuf_Value(structValue: scores)
    }
    self.init()
    fields[RoutingNames.metadataNamespace] = Google_Protobuf_Value(structValue: inner)
  }
}
