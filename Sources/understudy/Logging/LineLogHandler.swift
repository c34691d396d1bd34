import Glibc
import JSON
import Logging

/// Writes each log entry as one line of text or JSON to standard error.
struct LineLogHandler: LogHandler {
  var metadata = Logger.Metadata()
  var logLevel: Logger.Level
  let format: LogFormat

  init(level: LogLevel, format: LogFormat) {
    logLevel = Logger.Level(rawValue: level.rawValue) ?? .info
    self.format = format
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var all = metadata
    if let own = event.metadata { all.merge(own) { _, new in new } }
    let fields = all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
    var line: [UInt8] = []
    switch format {
    case .text: Self.text(event, fields, into: &line)
    case .json: Self.json(event, fields, into: &line)
    }
    line.append(UInt8(ascii: "\n"))
    // One write per line, so that lines of several threads do not mix.
    line.withUnsafeBytes { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static func text(_ event: LogEvent, _ fields: [(String, String)], into line: inout [UInt8]) {
    line.append(contentsOf: "\(timestamp()) \(event.level.rawValue.uppercased()) ".utf8)
    appendInOneLine("\(event.message)", to: &line)
    for (key, value) in fields {
      line.append(contentsOf: " \(key)=".utf8)
      if value.contains(where: { $0 == " " || $0 == "\"" || $0.isNewline }) {
        line.appendJSON(value)
      } else {
        appendInOneLine(value, to: &line)
      }
    }
  }

  /// Control characters from a client must not forge lines or drive a terminal.
  private static func appendInOneLine(_ text: String, to line: inout [UInt8]) {
    for byte in text.utf8 { line.append(byte < 0x20 || byte == 0x7F ? UInt8(ascii: " ") : byte) }
  }

  private static func json(_ event: LogEvent, _ fields: [(String, String)], into line: inout [UInt8]) {
    line.append(contentsOf: #"{"time":""#.utf8)
    line.append(contentsOf: timestamp().utf8)
    line.append(contentsOf: #"","level":""#.utf8)
    line.append(contentsOf: event.level.rawValue.utf8)
    line.append(contentsOf: #"","message":"#.utf8)
    line.appendJSON("\(event.message)")
    for (key, value) in fields {
      line.append(UInt8(ascii: ","))
      line.appendJSON(key)
      line.append(UInt8(ascii: ":"))
      line.appendJSON(value)
    }
    line.append(UInt8(ascii: "}"))
  }

  /// UTC with milliseconds, RFC 3339.
  private static func timestamp() -> String {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    var parts = tm()
    gmtime_r(&now.tv_sec, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S", &parts)
    let milliseconds = String(now.tv_nsec / 1_000_000 + 1000).dropFirst()
    return String(decoding: buffer[0..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) + ".\(milliseconds)Z"
  }
}
