internal import EndpointPicking

extension InferencePool {
  /// InferencePool v1.
  init(
    v1 metadata: ObjectMetadata, _ object: Field, _ warnings: inout [FieldError]
  ) throws(FieldError) {
    let spec = try object("spec").required()
    try spec.warn(unless: ["selector", "targetPorts", "appProtocol", "endpointPickerRef"], &warnings)
    let selector = try spec("selector").required()
    try selector.warn(unless: ["matchLabels"], &warnings)
    let list = try spec("targetPorts").required()
    var ports: [Int] = []
    for item in try list.items(max: 8) {
      try item.warn(unless: ["number"], &warnings)
      guard let port = try item("number").port() else { throw try item("number").error("required") }
      guard !ports.contains(port) else { throw try item("number").error("port \(port) is given twice") }
      ports.append(port)
    }
    guard !ports.isEmpty else { throw list.error("1 to 8 ports are required") }
    let picker = try spec("endpointPickerRef")
    let port = try picker("port").isPresent ? picker("port")("number").required().port() : nil
    self.init(
      metadata: metadata, matchLabels: try selector("matchLabels").required().labels(), targetPorts: ports,
      appProtocol: try spec("appProtocol").choice(of: [AppProtocol.http, .h2c]) ?? .http,
      endpointPicker: picker.isPresent ? try EndpointPickerReference(picker, port: port, &warnings) : nil)
    if let endpointPicker, endpointPicker.kind == "Service", port == nil {
      throw try picker("port").error("required for a Service")
    }
  }

  /// The form of v1alpha2, which GIE had up to 0.5.
  init(
    v1alpha2 metadata: ObjectMetadata, _ object: Field, _ warnings: inout [FieldError]
  ) throws(FieldError) {
    let spec = try object("spec").required()
    try spec.warn(unless: ["selector", "targetPortNumber", "extensionRef"], &warnings)
    let number = try spec("targetPortNumber")
    guard let port = try number.port() else { throw number.error("required") }
    let picker = try spec("extensionRef")
    let pickerPort = try picker("portNumber").port() ?? 9002
    self.init(
      v1alpha2: metadata, selector: try spec("selector").required().labels(), targetPortNumber: port,
      extensionRef: picker.isPresent ? try EndpointPickerReference(picker, port: pickerPort, &warnings) : nil)
  }
}

extension EndpointPickerReference {
  fileprivate init(_ field: Field, port: Int?, _ warnings: inout [FieldError]) throws(FieldError) {
    try field.warn(unless: ["group", "kind", "name", "port", "portNumber", "failureMode"], &warnings)
    self.init(
      name: try field("name").name(upTo: 253), port: port, group: try field("group").group() ?? "",
      kind: try field("kind").kind() ?? "Service",
      failureMode: try field("failureMode").choice(of: [FailureMode.open, .close]) ?? .close)
  }
}
