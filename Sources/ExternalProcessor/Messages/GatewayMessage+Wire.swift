internal import EndpointPicking
internal import SwiftProtobuf

extension GatewayMessage {
  /// Reads a message off the wire.
  init(_ wire: ExtProcProcessingRequest) {
    self.init(GatewayEvent(wire.request))
    if wire.hasProtocolConfig {
      modes = BodyModes(
        request: BodyMode(wire.protocolConfig.requestBodyMode),
        response: BodyMode(wire.protocolConfig.responseBodyMode))
    }
    isObserved = wire.observabilityMode
    guard wire.hasMetadataContext else { return }
    let metadata = wire.metadataContext.filterMetadata
    if let hint = metadata[RoutingNames.subsetNamespace]?.fields[RoutingNames.subset] {
      subset = SubsetHint(hint)
    }
    if let balancing = metadata[RoutingNames.metadataNamespace] {
      if case .stringValue(let endpoint)? = balancing.fields[RoutingNames.served]?.kind, !endpoint.isEmpty {
        served = .endpoint(endpoint)
      } else {
        served = .missing
      }
    }
  }
}

extension GatewayEvent {
  fileprivate init?(_ wire: ExtProcProcessingRequest.OneOf_Request?) {
    switch wire {
    case .requestHeaders(let headers):
      self = .requestHeaders(ProxyHeaders(headers.headers), isLast: headers.endOfStream)
    case .requestBody(let body): self = .requestBody([UInt8](body.body), isLast: body.endOfStream)
    case .requestTrailers: self = .requestTrailers
    case .responseHeaders(let headers):
      self = .responseHeaders(ProxyHeaders(headers.headers), isLast: headers.endOfStream)
    case .responseBody(let body): self = .responseBody([UInt8](body.body), isLast: body.endOfStream)
    case .responseTrailers: self = .responseTrailers
    case nil: return nil
    }
  }
}

extension ProxyHeaders {
  fileprivate init(_ wire: ExtProcHeaderMap) {
    self.init(
      wire.headers.map { header in
        header.rawValue.isEmpty
          ? ProxyHeader(header.key, header.value) : ProxyHeader(header.key, [UInt8](header.rawValue))
      })
  }
}

extension BodyMode {
  fileprivate init(_ wire: ExtProcProcessingMode.BodySendMode) {
    switch wire {
    case .none: self = .none
    case .streamed: self = .streamed
    case .buffered, .bufferedPartial: self = .buffered
    case .fullDuplexStreamed, .UNRECOGNIZED: self = .fullDuplex
    }
  }
}

extension SubsetHint {
  /// A list of texts, or one text with commas; nil for any other value.
  fileprivate init?(_ value: Google_Protobuf_Value) {
    switch value.kind {
    case .listValue(let list): self.init(list.values.compactMap { $0.hasText ? $0.stringValue : nil })
    case .stringValue(let text): self.init(header: text)
    default: return nil
    }
  }
}

extension Google_Protobuf_Value {
  fileprivate var hasText: Bool { if case .stringValue = kind { true } else { false } }
}
