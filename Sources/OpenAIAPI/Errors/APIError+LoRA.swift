/// Refusals of `/v1/load_lora_adapter` and `/v1/unload_lora_adapter` (vLLM 0.33, errors).
extension APIError {
  private static func invalidUserInput(_ message: String) -> APIError {
    APIError(status: 400, message: message, type: "InvalidUserInput")
  }

  /// 400: a load without both fields.
  public static let loraNameAndPathRequired = invalidUserInput("Both 'lora_name' and 'lora_path' must be provided.")

  /// 400: an unload without a name.
  public static let loraNameRequired = invalidUserInput("'lora_name' needs to be provided to unload a LoRA adapter.")

  /// 400: the name is that of a served model.
  public static func loraConflictsWithModel(_ name: String) -> APIError {
    invalidUserInput("The lora adapter '\(name)' conflicts with a served base model.")
  }

  /// 400: the adapter is there and `load_inplace` is not set.
  public static func loraAlreadyLoaded(_ name: String) -> APIError {
    invalidUserInput(
      "The lora adapter '\(name)' has already been loaded. If you want to load the adapter in place, set "
        + "'load_inplace' to True.")
  }

  /// 404: no such adapter.
  public static func loraNotFound(_ name: String) -> APIError {
    APIError(status: 404, message: "The lora adapter '\(name)' cannot be found.")
  }
}
