internal import JSON

/// The constant bytes of one choice's frames, rendered once.
struct ChunkTemplate: Sendable {
  /// `data: {…,"choices":[`: the beginning of every frame.
  let head: [UInt8]
  /// From `data: ` to the opening quote of a delta's text.
  let deltaPrefix: [UInt8]
  /// From the closing quote of a plain delta's text to the blank line.
  let plainSuffix: [UInt8]
  /// `],"system_fingerprint":…` or `]`, for the frame with the finish reason.
  let lastTail: [UInt8]

  init(_ identity: ResponseIdentity, object: StaticString, deltaOpening: [UInt8], plainSuffix: StaticString) {
    var head: [UInt8] = []
    head.appendRaw(#"data: {"id":"#)
    head.appendJSON(identity.id)
    head.appendRaw(#","object":""#)
    head.appendRaw(object)
    head.appendRaw(#"","created":"#)
    head.appendJSON(identity.created)
    head.appendRaw(#","model":"#)
    head.appendJSON(identity.model)
    head.appendRaw(#","choices":["#)
    self.head = head
    deltaPrefix = head + deltaOpening
    var suffix: [UInt8] = []
    suffix.appendRaw(plainSuffix)
    self.plainSuffix = suffix
    var tail: [UInt8] = []
    tail.appendRaw("]")
    if let fingerprint = identity.systemFingerprint {
      tail.appendRaw(#","system_fingerprint":"#)
      tail.appendJSON(fingerprint)
    }
    lastTail = tail
  }

  /// Appends `,"usage":{…}` if there is one, and the end of a frame.
  static func close(_ usage: Usage?, into buffer: inout [UInt8]) {
    if let usage {
      buffer.appendRaw(#","usage":"#)
      usage.encodeForStream(into: &buffer)
    }
    buffer.appendRaw("}\n\n")
  }

  /// Appends the frame without choices that carries the usage.
  func appendUsage(_ usage: Usage, into buffer: inout [UInt8]) {
    buffer.append(contentsOf: head)
    buffer.append(UInt8(ascii: "]"))
    Self.close(usage, into: &buffer)
  }
}
