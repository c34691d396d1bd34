internal import HTTPClient
internal import HTTPServer
internal import JSON

/// Takes the answer to a watch and cuts it into events.
final class WatchStream: ResponseHandler {
  enum Happening {
    /// Accepted; lines follow.
    case opened
    case line([UInt8])
    /// Ended between two lines.
    case ended
    case failed(RequestFailure)
  }

  private let parser: JSONParser
  /// Says whether the stream is still wanted.
  private let tell: (Happening) -> Bool
  private var status = 0
  private var headers: [HTTPHeader] = []
  private var splitter = LineSplitter()

  /// Of an answer that is no stream, this much is read for the message.
  private static let refusalLimit = 64 << 10

  init(parser: JSONParser, _ tell: @escaping (Happening) -> Bool) {
    self.parser = parser
    self.tell = tell
  }

  private var isStream: Bool { status == 200 }

  func callDidReceiveHead(_ call: ClientCall, status: Int, headers: [HTTPHeader]) {
    self.status = status
    self.headers = headers
    if isStream { _ = tell(.opened) } else { splitter = LineSplitter(limit: Self.refusalLimit) }
  }

  func callDidReceiveBody(_ call: ClientCall, _ bytes: Span<UInt8>) {
    guard isStream else { return collectRefusal(call, bytes) }
    guard let lines = splitter.take(bytes) else {
      return fail(call, .malformed("an event has more than \(splitter.limit) bytes"))
    }
    for line in lines where !tell(.line(line)) { return }
  }

  private var refusal: [UInt8] = []

  private func collectRefusal(_ call: ClientCall, _ bytes: Span<UInt8>) {
    refusal.append(copying: bytes)
    if refusal.count > Self.refusalLimit { fail(call, refused) }
  }

  private var refused: RequestFailure {
    .status(APIStatus(code: status, headers: headers, body: refusal, parser: parser))
  }

  private func fail(_ call: ClientCall, _ failure: RequestFailure) {
    call.cancel()
    _ = tell(.failed(failure))
  }

  func callDidEnd(_ call: ClientCall, _ end: ClientEnd) {
    switch end {
    case .failed(let error): _ = tell(.failed(.transport(error.description)))
    case .complete where !isStream: _ = tell(.failed(refused))
    case .complete where splitter.rest.contains { $0 > 0x20 }:
      let isObject = splitter.rest.first == UInt8(ascii: "{")
      _ = tell(
        .failed(
          isObject
            ? .transport("the watch ended within an event")
            : .malformed("the watch is not one: \(Excerpt.text(splitter.rest))")))
    case .complete: _ = tell(.ended)
    }
  }
}
