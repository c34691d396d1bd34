public import JSON

/// The body of `POST /v1/load_lora_adapter`.
public struct LoadLoRARequest: Equatable, Sendable {
  /// Not empty.
  public var name: String
  /// Not empty.
  public var path: String
  /// An adapter of that name may be there already.
  public var inPlace = false

  /// Decodes and validates a body; throws a 400.
  public static func decode(_ body: UnsafeRawBufferPointer, parser: JSONParser) throws(APIError) -> LoadLoRARequest {
    try RequestBody.decode(body, parser: parser) { (root) throws(APIError) in
      let name = try root.member("lora_name")?.optionalString("lora_name") ?? ""
      let path = try root.member("lora_path")?.optionalString("lora_path") ?? ""
      let inPlace = try root.member("load_inplace")?.optionalBool("load_inplace") ?? false
      _ = try root.member("is_3d_lora_weight")?.optionalBool("is_3d_lora_weight")
      if name.isEmpty || path.isEmpty { throw .loraNameAndPathRequired }
      try checkLength(name, "lora_name", limit: maxNameBytes)
      try checkLength(path, "lora_path", limit: maxPathBytes)
      return LoadLoRARequest(name: name, path: path, inPlace: inPlace)
    }
  }
}

extension LoadLoRARequest {
  private static let maxNameBytes = 512
  private static let maxPathBytes = 4096

  /// Names and paths are kept and listed, so they are bounded.
  private static func checkLength(_ text: String, _ field: String, limit: Int) throws(APIError) {
    guard text.utf8.count <= limit else {
      throw .badRequest("\(field) must be at most \(limit) bytes, got \(text.utf8.count).", param: field)
    }
  }
}

/// The body of `POST /v1/unload_lora_adapter`.
public struct UnloadLoRARequest: Equatable, Sendable {
  /// Not empty.
  public var name: String

  /// Decodes and validates a body; throws a 400.
  public static func decode(_ body: UnsafeRawBufferPointer, parser: JSONParser) throws(APIError) -> UnloadLoRARequest {
    try RequestBody.decode(body, parser: parser) { (root) throws(APIError) in
      let name = try root.member("lora_name")?.optionalString("lora_name") ?? ""
      _ = try root.member("lora_int_id")?.optionalInteger("lora_int_id")
      if name.isEmpty { throw .loraNameRequired }
      return UnloadLoRARequest(name: name)
    }
  }
}
