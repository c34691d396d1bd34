internal import JSON

/// An entry of `/v1/models` (vLLM 0.33, endpoints).
public struct ModelCard: Equatable, Sendable {
  /// The name that requests use.
  public var id: String
  /// Unix seconds.
  public var created: Int64
  /// The model itself; of an adapter its path, or its name without one.
  public var root: String
  /// Of an adapter: the base model.
  public var parent: String?
  /// nil is sent as null, as vLLM does for adapters.
  public var maxModelLen: Int?

  /// The card of a served name.
  public static func model(_ name: String, root: String? = nil, created: Int64, maxModelLen: Int) -> ModelCard {
    ModelCard(id: name, created: created, root: root ?? name, parent: nil, maxModelLen: maxModelLen)
  }

  /// The card of an adapter of `base`.
  public static func adapter(_ name: String, path: String?, base: String, created: Int64) -> ModelCard {
    ModelCard(id: name, created: created, root: path ?? name, parent: base, maxModelLen: nil)
  }

  /// Appends the body of `/v1/models/{id}`.
  public func encode(into buffer: inout [UInt8]) {
    buffer.appendRaw(#"{"id":"#)
    buffer.appendJSON(id)
    buffer.appendRaw(#","object":"model","created":"#)
    buffer.appendJSON(created)
    buffer.appendRaw(#","owned_by":"vllm","root":"#)
    buffer.appendJSON(root)
    buffer.appendRaw(#","parent":"#)
    buffer.appendJSON(optional: parent)
    buffer.appendRaw(#","max_model_len":"#)
    if let maxModelLen { buffer.appendJSON(maxModelLen) } else { buffer.appendRaw("null") }
    buffer.appendRaw(#","permission":[{"id":"modelperm-"#)
    appendPermissionID(to: &buffer)
    buffer.appendRaw(#"","object":"model_permission","created":"#)
    buffer.appendJSON(created)
    buffer.appendRaw(
      #","allow_create_engine":false,"allow_sampling":true,"allow_logprobs":true,"allow_search_indices":false,"#)
    buffer.appendRaw(
      #""allow_view":true,"allow_fine_tuning":false,"organization":"*","group":null,"is_blocking":false}]}"#)
  }

  /// Appends the body of `/v1/models`.
  public static func encodeList(_ cards: [ModelCard], into buffer: inout [UInt8]) {
    buffer.appendRaw(#"{"object":"list","data":["#)
    var isFirst = true
    for card in cards {
      if !isFirst { buffer.append(UInt8(ascii: ",")) }
      isFirst = false
      card.encode(into: &buffer)
    }
    buffer.appendRaw("]}")
  }

  /// Sixteen hex digits that are the same each time: vLLM's are random and mean nothing.
  private func appendPermissionID(to buffer: inout [UInt8]) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    for shift in stride(from: 60, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: hash >> UInt64(shift)) & 0xF
      buffer.append(digit < 10 ? 0x30 + digit : 0x61 + digit - 10)
    }
  }
}
