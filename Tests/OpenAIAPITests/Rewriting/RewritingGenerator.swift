import JSON
import Simulation

/// A text whose top-level model values are known, because it was made from pieces.
struct MarkedText {
  enum Piece {
    case text(String)
    /// The value of a top-level member `model`: its spelling, and its text if it is a string.
    case model(spelling: String, text: String?)
  }

  var pieces: [Piece] = []
  /// Where it may be broken into another line of data.
  var isEventData = false

  mutating func append(_ text: String) { pieces.append(.text(text)) }

  var bytes: [UInt8] { rendered { spelling, _ in spelling } }

  /// With the client's name wherever the target's stands.
  func restored(_ target: String, to client: String) -> [UInt8] {
    rendered { spelling, text in text == target ? quoted(client) : spelling }
  }

  /// With every model replaced.
  func rewritten(to model: String) -> [UInt8] { rendered { _, _ in quoted(model) } }

  private func rendered(_ model: (String, String?) -> String) -> [UInt8] {
    var text = ""
    for piece in pieces {
      switch piece {
      case .text(let part): text += part
      case .model(let spelling, let value): text += model(spelling, value)
      }
    }
    return Array(text.utf8)
  }
}

/// The shortest JSON string for a text.
func quoted(_ text: String) -> String {
  var bytes: [UInt8] = []
  bytes.appendJSON(text)
  return String(decoding: bytes, as: UTF8.self)
}

/// Names that look like one another, so that prefixes, escapes and unequal ends all occur.
let target = "qwen/é😀\"v1\\"
private let names = [
  target, "qwen", "qwen/é😀\"v1\\x", "", "qwen/é", "other", "qwen/é😀\"v1", "data: {\"model\":\"qwen\"}",
]

extension MarkedText {
  /// A JSON object with models, usages and everything else in random places.
  mutating func appendObject(depth: Int, using random: inout SplitMix64) {
    append("{")
    appendSpace(&random)
    let count = Int.random(in: 0...5, using: &random)
    for index in 0..<count {
      let isModel = random.chance(40)
      let name =
        isModel ? "model" : ["id", "models", "Model", "mode", "choices", "a long name that nobody seeks"][index]
      append(spelled(name, &random))
      appendSpace(&random)
      append(":")
      appendSpace(&random)
      if isModel, depth == 0, random.chance(80) {
        let text = random.chance(50) ? target : names.randomElement(using: &random)!
        pieces.append(.model(spelling: spelled(text, &random), text: text))
      } else if isModel, depth == 0 {
        pieces.append(
          .model(spelling: ["null", "5", "-1.5e+3", "[\"qwen\"]", "{\"model\":\"qwen\"}"][index], text: nil))
      } else {
        appendValue(depth: depth + 1, using: &random)
      }
      appendSpace(&random)
      if index < count - 1 { append(",") }
      appendSpace(&random)
    }
    append("}")
  }

  private mutating func appendValue(depth: Int, using random: inout SplitMix64) {
    switch Int.random(in: 0...(depth < 4 ? 7 : 4), using: &random) {
    case 0: append("null")
    case 1: append(random.chance(50) ? "true" : "false")
    case 2: append("\(Int.random(in: -1000...1000, using: &random))")
    case 3, 4: append(spelled(names.randomElement(using: &random)!, &random))
    case 5:
      append("[")
      for index in 0..<Int.random(in: 0...3, using: &random) {
        if index > 0 { append(",") }
        appendValue(depth: depth + 1, using: &random)
      }
      append("]")
    default: appendObject(depth: depth + 1, using: &random)
    }
  }

  private mutating func appendSpace(_ random: inout SplitMix64) {
    guard random.chance(30) else { return }
    if isEventData {
      append([" ", "\t", "\ndata:", "\r\ndata: ", "\rdata:", "\n: note\ndata: "].randomElement(using: &random)!)
    } else {
      append([" ", "\n", "\t", "\r\n  "].randomElement(using: &random)!)
    }
  }
}

/// An event stream of JSON objects, other data, other fields and comments.
func randomEventStream(using random: inout SplitMix64) -> MarkedText {
  var stream = MarkedText()
  if random.chance(10) { stream.append("\u{FEFF}") }
  for _ in 0..<Int.random(in: 0...5, using: &random) {
    let end = ["\n", "\r\n", "\r"].randomElement(using: &random)!
    if random.chance(20) { stream.append(": {\"model\":\"qwen\"}\(end)") }
    if random.chance(20) { stream.append("event: model\(end)") }
    if random.chance(10) { stream.append("datax: {\"model\":\(quoted(target))}\(end)") }
    stream.append(random.chance(80) ? "data: " : "data:")
    switch Int.random(in: 0...9, using: &random) {
    case 0: stream.append("[DONE]")
    case 1: stream.append("model \"model\":")
    case 2: stream.append("[{\"model\":\(quoted(target))}]")
    default:
      stream.isEventData = true
      stream.appendObject(depth: 0, using: &random)
    }
    stream.append(end + end)
  }
  return stream
}

/// A text as a JSON string in which any character may be escaped.
func spelled(_ text: String, _ random: inout SplitMix64) -> String {
  var spelling = "\""
  for scalar in text.unicodeScalars {
    if random.chance(15) {
      for unit in Character(scalar).utf16 { spelling += escaped(unit, isUpperCase: random.chance(50)) }
    } else if scalar == "\"" || scalar == "\\" {
      spelling += "\\\(scalar)"
    } else if scalar == "/", random.chance(50) {
      spelling += "\\/"
    } else {
      spelling.unicodeScalars.append(scalar)
    }
  }
  return spelling + "\""
}

private func escaped(_ unit: UInt16, isUpperCase: Bool) -> String {
  let digits = String(unit, radix: 16, uppercase: isUpperCase)
  return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
}

/// The ways to cut `count` bytes that a property is checked for: at every place, everywhere, and at random places.
func cuts(of count: Int, using random: inout SplitMix64) -> [[Int]] {
  var ways = [[], Array(1..<max(count, 1))]
  for place in 0...count { ways.append([place]) }
  for _ in 0..<5 {
    ways.append(
      (0..<Int.random(in: 2...8, using: &random)).map { _ in Int.random(in: 0...count, using: &random) }.sorted())
  }
  return ways
}

extension [UInt8] {
  /// The pieces between places.
  func cut(at places: [Int]) -> [[UInt8]] {
    zip([0] + places, places + [count]).map { Array(self[$0..<$1]) }
  }
}

extension SplitMix64 {
  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
