internal import JSON

/// `tools` and `tool_choice`: checked as vLLM checks them, then refused, since tool calls come later.
struct ToolFields {
  private enum Choice {
    case absent, none, auto, required
    case named(String)
    case invalid(String)
  }

  private var names: [String]?
  private var choice = Choice.absent
  /// The request also constrains the output's structure.
  var constrained = false

  mutating func readTools(_ value: JSONValue) throws(APIError) {
    if value.isNull {
      names = nil
      return
    }
    var found: [String] = []
    try value.checkArray("tools") { (tool, index) throws(APIError) in
      guard tool.kind == .object else { throw tool.mismatch("tools.\(index)", expected: "an object") }
      guard let function = tool.member("function") else { throw .missingField("tools.\(index).function") }
      guard function.kind == .object else {
        throw function.mismatch("tools.\(index).function", expected: "an object")
      }
      guard let name = function.member("name") else { throw .missingField("tools.\(index).function.name") }
      found.append(try name.requiredString("tools.\(index).function.name"))
      try function.member("parameters")?.checkObject("tools.\(index).function.parameters")
    }
    if found.isEmpty {
      throw .badRequest(
        "`tools` must not be an empty array. Either provide at least one tool or omit the field entirely.",
        param: "tools")
    }
    names = found
  }

  mutating func readChoice(_ value: JSONValue) throws(APIError) {
    switch value.kind {
    case .null: choice = .absent
    case .string:
      switch try value.requiredString("tool_choice") {
      case "none": choice = .none
      case "auto": choice = .auto
      case "required": choice = .required
      case let other: choice = .invalid(other)
      }
    case .object:
      guard let function = value.member("function") else { throw .missingField("tool_choice.function") }
      guard let name = function.member("name") else { throw .missingField("tool_choice.function.name") }
      choice = .named(try name.requiredString("tool_choice.function.name"))
    default: throw value.mismatch("tool_choice", expected: "a string or an object")
    }
  }

  func check(_ common: inout CommonFields) throws(APIError) {
    if case .none = choice { return }
    guard let names else {
      guard case .absent = choice else {
        throw .badRequest("When using `tool_choice`, `tools` must be set.", param: "tool_choice")
      }
      return
    }
    switch choice {
    case .invalid(let value):
      throw .badRequest(
        "Invalid value for `tool_choice`: \(value)! Only named tools, \"none\", \"auto\" or \"required\" are "
          + "supported.",
        param: "tool_choice")
    case .named(let name) where !names.contains(name):
      throw .badRequest(
        "The tool specified in `tool_choice` does not match any of the specified `tools`", param: "tool_choice")
    default: break
    }
    if constrained {
      throw .badRequest("You can only either use constraints for structured outputs or tools, not both.")
    }
    common.markUnavailable("tools")
  }
}
