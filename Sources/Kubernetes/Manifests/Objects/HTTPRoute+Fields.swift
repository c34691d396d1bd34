internal import EndpointPicking

extension HTTPRoute {
  init(_ metadata: ObjectMetadata, _ object: Field, _ warnings: inout [FieldError]) throws(FieldError) {
    let spec = try object("spec").required()
    try spec.warn(unless: ["parentRefs", "hostnames", "rules"], &warnings)
    let namespace = metadata.name.namespace
    self.init(metadata: metadata)
    for item in try spec("hostnames").items(max: 16) { hostnames.append(try item.required().hostname() ?? "") }
    for item in try spec("parentRefs").items(max: 32) { parents.append(try Parent(item, in: namespace)) }
    let list = try spec("rules")
    for item in try list.items(max: 16) { rules.append(try Rule(item, in: namespace, &warnings)) }
    guard !list.isPresent || !rules.isEmpty else { throw list.error("at least one rule is required") }
  }
}

extension HTTPRoute.Parent {
  fileprivate init(_ field: Field, in namespace: String) throws(FieldError) {
    self.init(
      name: try NamespacedName(referredTo: field, in: namespace), kind: try field("kind").kind() ?? "Gateway",
      group: try field("group").group() ?? HTTPRoute.group, sectionName: try field("sectionName").sectionName(),
      port: try field("port").port())
  }
}

extension HTTPRoute.Rule {
  fileprivate init(_ field: Field, in namespace: String, _ warnings: inout [FieldError]) throws(FieldError) {
    try field.warn(
      unless: ["name", "matches", "filters", "backendRefs", "timeouts", "retry", "sessionPersistence"], &warnings)
    for name in ["retry", "sessionPersistence"] where try field(name).isPresent {
      warnings.append(try field(name).error("not supported, ignored"))
    }
    let timeouts = try field("timeouts")
    self.init(
      name: try field("name").sectionName(), filters: try HTTPRouteFilter.list(field, in: namespace, &warnings),
      requestTimeout: try timeouts("request").duration(), backendTimeout: try timeouts("backendRequest").duration())
    if let whole = requestTimeout, let attempt = backendTimeout, whole > 0, attempt > whole {
      throw try timeouts("backendRequest").error("longer than the timeout of the whole request")
    }
    for item in try field("matches").items(max: 64) { matches.append(try HTTPRouteMatch(item, &warnings)) }
    for item in try field("backendRefs").items(max: 16) {
      let known: Set = ["group", "kind", "name", "namespace", "port", "weight", "filters"]
      try item.warn(unless: known, &warnings)
      backends.append(
        HTTPRoute.Backend(
          try BackendReference(item, in: namespace), weight: try item("weight").integer(in: 0...1_000_000) ?? 1,
          filters: try HTTPRouteFilter.list(item, in: namespace, &warnings)))
    }
    try checkURLs(field)
  }

  private func checkURLs(_ field: Field) throws(FieldError) {
    let redirects = filters.contains { if case .redirect = $0 { true } else { false } }
    if redirects, !backends.isEmpty { throw try field("backendRefs").error("must not stand beside a RequestRedirect") }
    guard (filters + backends.flatMap(\.filters)).contains(where: \.replacesPrefix) else { return }
    // A rule without matches has that of every path.
    if matches.isEmpty { return }
    if matches.count == 1, case .prefix = matches[0].path { return }
    throw try field("matches").error("ReplacePrefixMatch needs exactly one match, with a PathPrefix")
  }
}

extension BackendReference {
  init(_ field: Field, in namespace: String) throws(FieldError) {
    self.init(
      name: try NamespacedName(referredTo: field, in: namespace), kind: try field("kind").kind() ?? "Service",
      group: try field("group").group() ?? "", port: try field("port").port())
    if kind == "Service", group.isEmpty, port == nil { throw try field("port").error("required for a Service") }
  }
}

extension NamespacedName {
  /// The object that a reference with `name` and maybe `namespace` means.
  init(referredTo field: Field, in namespace: String) throws(FieldError) {
    self.init(namespace: try field("namespace").namespace() ?? namespace, name: try field("name").name(upTo: 253))
  }
}
