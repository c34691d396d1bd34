internal import JSON

/// The constant bytes of one choice's frames, rendered once.
///
/// A class, and its plain frame in memory of its own: per token there is one pointer to follow and nothing to retain.
final class ChunkTemplate: Sendable {
  /// `data: {…,"choices":[`: the beginning of every frame.
  let head: [UInt8]
  /// From `data: ` to the opening quote of a delta's text, then from its closing quote to the blank line. Written in
  /// `init`, read-only from then on, freed in `deinit`; so it may be shared between threads.
  private nonisolated(unsafe) let plain: UnsafeMutableRawPointer
  private let prefixCount: Int
  private let suffixCount: Int
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
    prefixCount = head.count + deltaOpening.count
    suffixCount = plainSuffix.utf8CodeUnitCount
    plain = UnsafeMutableRawPointer.allocate(byteCount: prefixCount + suffixCount, alignment: 1)
    UnsafeMutableRawBufferPointer(start: plain, count: prefixCount).copyBytes(from: head + deltaOpening)
    (plain + prefixCount).copyMemory(from: plainSuffix.utf8Start, byteCount: suffixCount)
    var tail: [UInt8] = []
    tail.appendRaw("]")
    if let fingerprint = identity.systemFingerprint {
      tail.appendRaw(#","system_fingerprint":"#)
      tail.appendJSON(fingerprint)
    }
    lastTail = tail
  }

  deinit { plain.deallocate() }

  /// Bytes that a plain delta adds to its text.
  var plainOverhead: Int { prefixCount + suffixCount }

  /// Appends the part of a delta before its text.
  func appendPrefix(to buffer: inout [UInt8]) {
    buffer.append(contentsOf: UnsafeRawBufferPointer(start: plain, count: prefixCount))
  }

  /// Appends the part of a plain delta behind its text.
  func appendPlainSuffix(to buffer: inout [UInt8]) {
    buffer.append(contentsOf: UnsafeRawBufferPointer(start: plain + prefixCount, count: suffixCount))
  }

  /// Appends a plain delta: three copies behind one check of the capacity.
  func appendPlain(_ text: UnsafeRawBufferPointer, into buffer: inout [UInt8]) {
    let count = prefixCount + text.count + suffixCount
    buffer.append(addingCapacity: count) { (output: inout OutputSpan<UInt8>) in
      output.withUnsafeMutableBufferPointer { (memory, initialized) in
        // There is room for `count` bytes, as asked for above.
        guard memory.count - initialized >= count, let base = memory.baseAddress else { return }
        let start = UnsafeMutableRawPointer(base + initialized)
        start.copyMemory(from: plain, byteCount: prefixCount)
        if let source = text.baseAddress {
          (start + prefixCount).copyMemory(from: source, byteCount: text.count)
        }
        (start + (count - suffixCount)).copyMemory(from: plain + prefixCount, byteCount: suffixCount)
        initialized += count
      }
    }
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
