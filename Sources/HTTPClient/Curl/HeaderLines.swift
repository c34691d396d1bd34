internal import CCurl
internal import HTTPServer

/// The headers of one request in the form that curl reads: a linked list of lines, all in one block of memory.
///
/// curl's own `curl_slist_append` allocates twice per line.
struct HeaderLines: ~Copyable {
  // Unsafe: a block that this type alone owns; nodes at its start, then the lines they point to, each ended by a zero.
  private var block: UnsafeMutableRawPointer?
  private var capacity = 0

  /// Blocks above this many bytes are not kept for the next request.
  private static let keptCapacity = 4 << 10

  init() {}

  deinit { block?.deallocate() }

  /// Lays out the lines for a request; the list is valid until the next call or `release`.
  mutating func fill(_ request: ClientRequest, sendsBody: Bool) -> UnsafeMutablePointer<curl_slist> {
    var own: [StaticString] = ["Expect:"]
    if !request.headers.contains(where: { $0.name.isEqual(to: "accept") }) { own.append("Accept:") }
    if sendsBody, !request.headers.contains(where: { $0.name.isEqual(to: "content-type") }) {
      own.append("Content-Type:")
    }
    let sent = request.headers.lazy.filter { !$0.isFraming }

    var count = own.count
    var bytes = own.reduce(0) { $0 + $1.utf8CodeUnitCount + 1 }
    for header in sent {
      count += 1
      bytes += header.name.utf8.count + header.value.utf8.count + 3
    }
    let stride = MemoryLayout<curl_slist>.stride
    reserve(count * stride + bytes)

    let nodes = block!.bindMemory(to: curl_slist.self, capacity: count)
    var text = (block! + count * stride).bindMemory(to: UInt8.self, capacity: bytes)
    var index = 0
    func endLine(startingAt start: UnsafeMutablePointer<UInt8>) {
      text.pointee = 0
      text += 1
      let line = UnsafeMutableRawPointer(start).assumingMemoryBound(to: CChar.self)
      nodes[index] = curl_slist(data: line, next: index + 1 < count ? nodes + index + 1 : nil)
      index += 1
    }
    // A name with nothing after the colon tells curl not to add its own header of that name.
    for line in own {
      let start = text
      text.update(from: line.utf8Start, count: line.utf8CodeUnitCount)
      text += line.utf8CodeUnitCount
      endLine(startingAt: start)
    }
    for header in sent {
      let start = text
      text = text.write(header.name)
      if header.value.utf8.allSatisfy({ $0 == 32 || $0 == 9 }) {
        // curl's notation for a header without a value.
        text.pointee = UInt8(ascii: ";")
        text += 1
      } else {
        text.pointee = UInt8(ascii: ":")
        text[1] = UInt8(ascii: " ")
        text = (text + 2).write(header.value)
      }
      endLine(startingAt: start)
    }
    return nodes
  }

  /// Lets go of a large block.
  mutating func release() {
    guard capacity > Self.keptCapacity else { return }
    block?.deallocate()
    (block, capacity) = (nil, 0)
  }

  private mutating func reserve(_ size: Int) {
    guard size > capacity else { return }
    block?.deallocate()
    capacity = max(size, 512)
    block = .allocate(byteCount: capacity, alignment: MemoryLayout<curl_slist>.alignment)
  }
}

extension UnsafeMutablePointer<UInt8> {
  /// Copies the text here, for which there is room; returns where it ends.
  fileprivate func write(_ text: String) -> Self {
    var end = self
    for byte in text.utf8 {
      end.pointee = byte
      end += 1
    }
    return end
  }
}

extension HTTPHeader {
  /// It says how the body is framed, which the client decides.
  fileprivate var isFraming: Bool {
    name.isEqual(to: "content-length") || name.isEqual(to: "transfer-encoding") || name.isEqual(to: "expect")
  }
}

extension String {
  /// Compares without regard to ASCII case; `name` is in lower case.
  fileprivate func isEqual(to name: StaticString) -> Bool {
    guard utf8.count == name.utf8CodeUnitCount else { return false }
    // Unsafe: a static string's text lives for ever, and the counts are equal.
    var other = name.utf8Start
    for byte in utf8 {
      let lower = byte >= 65 && byte <= 90 ? byte | 32 : byte
      if lower != other.pointee { return false }
      other += 1
    }
    return true
  }
}
