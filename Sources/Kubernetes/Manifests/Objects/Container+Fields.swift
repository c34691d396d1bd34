extension Container {
  init(_ field: Field) throws(FieldError) {
    self.init(
      name: try field("name").name(), image: try field("image").string() ?? "",
      command: try field("command").words(), args: try field("args").words())
    for item in try field("env").items() { env.append(try Variable(item)) }
    for item in try field("ports").items() { ports.append(try Port(item)) }
  }
}

extension Container.Variable {
  init(_ field: Field) throws(FieldError) {
    let name = try field("name").name()
    guard !name.utf8.contains(UInt8(ascii: "=")) else { throw try field("name").error("may not contain '='") }
    let value = try field("value").string()
    let other = try field("valueFrom")
    guard let source = try other.pairs().first(where: { $0.field.isPresent }) else {
      self.init(name, .value(value ?? ""))
      return
    }
    guard value == nil || value == "" else { throw other.error("only one of value and valueFrom may be given") }
    if source.key == "fieldRef" {
      self.init(name, .podField(try source.field("fieldPath").name()))
    } else {
      self.init(name, .cluster(source.key))
    }
  }
}

extension Container.Port {
  init(_ field: Field) throws(FieldError) {
    guard let number = try field("containerPort").required().port() else {
      throw try field("containerPort").error("required")
    }
    let transport = try field("protocol").choice(of: TransportProtocol.allCases) ?? .tcp
    self.init(number, name: try field("name").string(), transport: transport.rawValue)
  }
}

/// The protocols of ports (Kubernetes, `protocol`).
enum TransportProtocol: String, CaseIterable {
  case tcp = "TCP"
  case udp = "UDP"
  case sctp = "SCTP"
}
