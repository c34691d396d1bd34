internal import CJSONC
internal import Glibc

extension JSONValue {
  /// Appends this value as compact JSON, members in source order, other numbers as they were spelled.
  ///
  /// Recursion is bounded by the parser's depth limit. An integer out of json-c's range comes out as the nearest
  /// one that it holds.
  public func serialize(into buffer: inout [UInt8]) {
    switch kind {
    case .null: buffer.appendRaw("null")
    case .boolean: buffer.appendJSON(json_object_get_boolean(object) != 0)
    case .integer:
      let value = json_object_get_int64(object)
      if value == Int64.max {
        buffer.appendJSON(json_object_get_uint64(object))
      } else {
        buffer.appendJSON(value)
      }
    case .double:
      if let source = understudy_json_double_source(object) {
        buffer.append(contentsOf: UnsafeRawBufferPointer(start: source, count: strlen(source)))
      } else {
        buffer.appendJSON(json_object_get_double(object))
      }
    case .string: withUTF8 { buffer.appendJSON(utf8: $0) }
    case .array:
      buffer.append(UInt8(ascii: "["))
      var isFirst = true
      for element in elements {
        if !isFirst { buffer.append(UInt8(ascii: ",")) }
        isFirst = false
        element.serialize(into: &buffer)
      }
      buffer.append(UInt8(ascii: "]"))
    case .object:
      buffer.append(UInt8(ascii: "{"))
      var isFirst = true
      for (key, value) in members {
        if !isFirst { buffer.append(UInt8(ascii: ",")) }
        isFirst = false
        buffer.appendJSON(utf8: key.utf8)
        buffer.append(UInt8(ascii: ":"))
        value.serialize(into: &buffer)
      }
      buffer.append(UInt8(ascii: "}"))
    }
  }
}
