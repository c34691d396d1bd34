internal import JSON

/// Typed readings of a field. `null` is the same as absent; a wrong type is a refusal that names `field`, which is
/// evaluated only then.
extension JSONValue {
  /// A refusal for this value.
  func mismatch(_ field: String, expected: String) -> APIError {
    var got = kind.phrase
    switch integer {
    case .exact(let value): got = "\(value)"
    case .fractional(let value): got = "\(value)"
    case .outOfRange: got = "a number out of range"
    case nil: break
    }
    return .invalidField(field, expected: expected, got: got)
  }

  func requiredString(_ field: @autoclosure () -> String) throws(APIError) -> String {
    guard let string else { throw mismatch(field(), expected: "a string") }
    return string
  }

  func optionalString(_ field: @autoclosure () -> String) throws(APIError) -> String? {
    isNull ? nil : try requiredString(field())
  }

  func requiredUTF8(_ field: @autoclosure () -> String) throws(APIError) -> [UInt8] {
    guard let utf8 else { throw mismatch(field(), expected: "a string") }
    return utf8
  }

  func optionalBool(_ field: @autoclosure () -> String) throws(APIError) -> Bool? {
    if isNull { return nil }
    guard let bool else { throw mismatch(field(), expected: "a boolean") }
    return bool
  }

  func requiredInteger(_ field: @autoclosure () -> String) throws(APIError) -> Int64 {
    guard case .exact(let value) = integer else { throw mismatch(field(), expected: "an integer") }
    return value
  }

  func optionalInteger(_ field: @autoclosure () -> String) throws(APIError) -> Int64? {
    isNull ? nil : try requiredInteger(field())
  }

  /// A token count: any integer of 32 bits, so that sums of a few cannot overflow.
  func optionalCount(_ field: @autoclosure () -> String) throws(APIError) -> Int? {
    guard let value = try optionalInteger(field()) else { return nil }
    guard let narrow = Int32(exactly: value) else {
      throw mismatch(field(), expected: "an integer from \(Int32.min) to \(Int32.max)")
    }
    return Int(narrow)
  }

  func tokenID(_ field: @autoclosure () -> String) throws(APIError) -> UInt32 {
    guard case .exact(let value) = integer, let id = UInt32(exactly: value) else {
      throw mismatch(field(), expected: "a token id from 0 to \(UInt32.max)")
    }
    return id
  }

  func optionalNumber(_ field: @autoclosure () -> String) throws(APIError) -> Double? {
    if isNull { return nil }
    guard let double, double.isFinite else { throw mismatch(field(), expected: "a finite number") }
    return double
  }

  /// Checks that this is an object or null, and nothing else about it.
  func checkObject(_ field: @autoclosure () -> String) throws(APIError) {
    guard isNull || kind == .object else { throw mismatch(field(), expected: "an object") }
  }

  /// Checks that this is an array or null, and each element with `check`.
  func checkArray(
    _ field: @autoclosure () -> String, _ check: (JSONValue, Int) throws(APIError) -> Void = { _, _ in }
  ) throws(APIError) {
    guard isNull || kind == .array else { throw mismatch(field(), expected: "an array") }
    var index = 0
    for element in elements {
      try check(element, index)
      index += 1
    }
  }

  func tokenIDs(_ field: @autoclosure () -> String) throws(APIError) -> [UInt32] {
    guard kind == .array else { throw mismatch(field(), expected: "an array of token ids") }
    var ids: [UInt32] = []
    ids.reserveCapacity(count)
    for element in elements {
      ids.append(try element.tokenID("\(field()).\(ids.count)"))
    }
    return ids
  }
}
