import ArgumentParser
import Testing

@testable import understudy

/// The picker's command line alone: which words become which.
@Suite struct PickerDialectTests {
  private static func parse(_ words: [String]) throws(LaunchError) -> PickerWords {
    try PickerDialect.parse(words, table: .picker)
  }

  /// Every flag of the EPP: GIE v1.5 `pkg/epp/server/options.go` and controller-runtime's zap flags, then llm-d 0.10.
  static let upstream: [(name: String, value: String)] = [
    ("grpc-port", "9102"), ("ha-enable-leader-election", "true"), ("pool-group", "inference.networking.k8s.io"),
    ("pool-namespace", "models"), ("pool-name", "qwen"), ("endpoint-selector", "app=x,tier=y"),
    ("endpoint-target-ports", "8000,8001"), ("disable-endpoint-subset-filter", "true"),
    ("model-server-metrics-scheme", "https"), ("model-server-metrics-path", "/m"), ("model-server-metrics-port", "81"),
    ("model-server-metrics-https-insecure-skip-verify", "false"), ("refresh-metrics-interval", "100ms"),
    ("refresh-prometheus-metrics-interval", "5s"), ("metrics-staleness-threshold", "3s"),
    ("total-queued-requests-metric", "a"), ("total-running-requests-metric", "b{c=d}"),
    ("kv-cache-usage-percentage-metric", "e"), ("lora-info-metric", ""), ("cache-info-metric", "f"), ("v", "4"),
    ("zap-devel", "true"), ("zap-encoder", "json"), ("zap-log-level", "debug"), ("zap-stacktrace-level", "error"),
    ("zap-time-encoding", "iso8601"), ("tracing", "false"), ("health-checking", "true"), ("metrics-port", "9190"),
    ("grpc-health-port", "9103"), ("enable-pprof", "true"), ("cert-path", "/certs"), ("enable-cert-reload", "true"),
    ("secure-serving", "false"), ("metrics-endpoint-auth", "false"), ("config-file", "/config/default-plugins.yaml"),
    ("config-text", "{}"), ("kubeconfig", "/kube"),
    ("drain-timeout", "30s"), ("grpc-max-recv-msg-size", "10MiB"), ("grpc-max-send-msg-size", "25MB"),
    ("enable-grpc-stream-metrics", "true"), ("tls-min-version", "VersionTLS13"),
    ("tls-cipher-suites", "TLS_AES_128_GCM_SHA256"), ("metrics-client-ca-file", "/ca"), ("metrics-cert-dir", "/d"),
    ("allow-experimental-plugins", "true"),
  ]

  @Test(arguments: upstream)
  func allSpellingsOfUpstreamFlagsAreAlike(name: String, value: String) throws {
    let expected = try Self.parse(["--\(name)", value])
    #expect(try Self.parse(["--\(name)=\(value)"]) == expected)
    #expect(try Self.parse(["-\(name)=\(value)"]) == expected)
    #expect(try Self.parse(["-\(name)", value]) == expected)
    if value == "true" { #expect(try Self.parse(["--\(name)"]) == expected) }
    let flag = try #require(PickerFlagTable.picker.flag(name[...]))
    switch (flag.effect, flag.shape) {
    case (.obeyed, .toggle): #expect(expected.words == ["--\(name)"])
    case (.obeyed, _): #expect(expected.words == ["--\(name)", value])
    case (.none, _), (.unprotected, _):
      #expect(expected.words.isEmpty)
      #expect(expected.notes.count == 1)
      #expect(expected.notes.first?.text.contains("--\(name)") == true)
    }
  }

  @Test func everyObeyedFlagIsInTheHelpAndNoOther() {
    let known = PickerFlagTable.dryRun.flags
    let names = Set(known.filter { $0.effect == .obeyed }.map(\.name) + ["help"])
    let help = PickerDryRunCommand.helpMessage(columns: 500)
    let shown = help.split(separator: "\n")
      .filter { $0.hasPrefix("  -") }
      .flatMap { $0.split { " ,".contains($0) }.prefix(2) }
      .compactMap { word in
        word.hasPrefix("--") ? String(word.dropFirst(2)) : word == "-v" ? "v" : nil
      }
    #expect(Set(shown) == names)
    #expect(Set(known.map(\.name)).count == known.count)
  }

  @Test(arguments: [
    (["-v", "3"], ["--v", "3"]), (["-v=3"], ["--v", "3"]), (["--v=3"], ["--v", "3"]), (["--v", "3"], ["--v", "3"]),
    (["-v3"], ["--v", "3"]), (["-f", "a", "-f=b"], ["--filename", "a", "--filename", "b"]),
    (["-f", "-"], ["--filename", "-"]),
    (["--secure-serving=false"], ["--secure-serving", "false"]), (["--secure-serving"], ["--secure-serving", "true"]),
    (["--secure-serving", "false"], ["--secure-serving", "false"]),
    (["--secure-serving=F"], ["--secure-serving", "false"]), (["--bbr=false"], []), (["--bbr", "false"], []),
    (["--bbr=0", "--bbr"], ["--bbr"]),
    (["--config-text=a=b\nc: --d"], ["--config-text", "a=b\nc: --d"]),
    (["--lora-info-metric", ""], ["--lora-info-metric", ""]),
    (["--lora-info-metric="], ["--lora-info-metric", ""]), (["--grpc-port", "-1"], ["--grpc-port", "-1"]),
    (["--pool-name", "--odd"], ["--pool-name", "--odd"]),
    (["--grpc-port", "1", "--grpc-port=2"], ["--grpc-port", "2"]),
    (
      ["--endpoint-target-ports=1", "--endpoint-target-ports", "2"],
      ["--endpoint-target-ports", "1", "--endpoint-target-ports", "2"]
    ),
    (["--bbr", "--"], ["--bbr"]), ([], []),
  ])
  func reads(words: [String], expected: [String]) throws {
    #expect(try Self.parse(words).words == expected)
  }

  @Test(arguments: [
    (["--poolName", "x"], "unknown flag '--poolName' (did you mean '--pool-name'?)"),
    (["--grpcPort=1"], "unknown flag '--grpcPort' (did you mean '--grpc-port'?)"),
    (["-grpc-prot", "1"], "unknown flag '-grpc-prot' (did you mean '--grpc-port'?)"),
    (["--no-secure-serving"], "unknown flag '--no-secure-serving' (did you mean '--secure-serving'?)"),
    (["--wibble"], "unknown flag '--wibble'"), (["-z"], "unknown flag '-z'"), (["-vv"], "unknown flag '-vv'"),
    (["--=x"], "unknown flag '--'"), (["---"], "unknown flag '---'"), (["-=x"], "unknown flag '-'"),
    (["serve"], "unexpected argument 'serve'"), (["-"], "unexpected argument '-'"), ([""], "unexpected argument ''"),
    (["--", "x"], "unexpected argument 'x'"), (["--bbr", "yes"], "unexpected argument 'yes'"),
    (["--request", "x"], "unknown flag '--request'"),
    (["--pool-name"], "--pool-name: needs a value"), (["-v"], "--v: needs a value"),
    (["--pool-name", "--grpc-port", "1"], "--pool-name: needs a value"),
    (["--pool-name", "-v=1"], "--pool-name: needs a value"),
    (["--secure-serving=maybe"], "--secure-serving: must be true or false, got 'maybe'"),
    (["--tracing="], "--tracing: must be true or false, got ''"),
    (
      ["--refresh-prometheus-metrics-interval", "5"],
      "--refresh-prometheus-metrics-interval: must be a duration such as 50ms or 1m30s, from 0 to 24h, got '5'"
    ),
  ])
  func refuses(words: [String], message: String) {
    #expect(throws: LaunchError(message)) { try Self.parse(words) }
  }

  @Test func whatHasNoEffectIsOneLine() throws {
    let line = try Self.parse([
      "--tracing=false", "--zap-devel", "--enable-pprof=false", "--metrics-endpoint-auth=false",
    ])
    #expect(line.words.isEmpty)
    #expect(line.notes.map(\.level) == [.info])
    let text = try #require(line.notes.first?.text)
    #expect(text.hasPrefix("accepted without effect: --tracing ("))
    for name in ["--zap-devel", "--enable-pprof", "--metrics-endpoint-auth"] { #expect(text.contains(name)) }
  }

  @Test(arguments: [
    "--metrics-endpoint-auth", "--metrics-client-ca-file=/x", "--metrics-cert-dir=/x", "--tls-min-version=VersionTLS13",
    "--tls-cipher-suites=x",
  ])
  func missingProtectionIsAWarning(word: String) throws {
    #expect(try Self.parse([word]).notes.map(\.level) == [.warning])
  }

  @Test func repetitionIsNoted() throws {
    #expect(
      try Self.parse(["--grpc-port=1", "--grpc-port=2", "--grpc-port=3"]).notes
        == [LaunchNote(level: .warning, text: "--grpc-port given more than once; the last counts")])
    #expect(try Self.parse(["--grpc-port=1", "-grpc-port=1", "-f=1", "-f=2"]).notes.isEmpty)
  }

  @Test(arguments: [
    (["epp", "-h"], ["epp", "--help"]), (["epp", "--pool-name", "x", "--help"], ["epp", "--help"]),
    (["epp", "validate", "-help"], ["epp", "validate", "--help"]),
    (["epp", "dry-run", "-f", "x", "-h"], ["epp", "dry-run", "--help"]),
    (["epp", "help"], ["help", "epp"]), (["epp", "help", "validate"], ["help", "epp", "validate"]),
    (["help", "epp"], ["help", "epp"]),
  ])
  func helpIsTheTrees(words: [String], expected: [String]) throws {
    #expect(try Invocation.read(words) == .parser(expected))
  }

  @Test func eachCommandHasItsFlags() throws {
    func expected(_ command: any PickerSubcommand.Type, _ words: [String]) -> Invocation {
      .picker(PickerInvocation(command: command, line: PickerWords(words: words)))
    }
    #expect(try Invocation.read(["epp", "-f", "x"]) == expected(PickerCommand.self, ["--filename", "x"]))
    #expect(
      try Invocation.read(["epp", "validate", "-f=x"]) == expected(PickerValidateCommand.self, ["--filename", "x"]))
    #expect(
      try Invocation.read(["epp", "dry-run", "-request=-", "-H", "a: b"])
        == expected(PickerDryRunCommand.self, ["--request", "-", "--header", "a: b"]))
    #expect(throws: LaunchError("unexpected argument 'validate'")) {
      try Invocation.read(["epp", "-f", "x", "validate"])
    }
    #expect(throws: LaunchError("Missing expected argument '--request <file|->'")) {
      guard case .picker(let invocation) = try Invocation.read(["epp", "dry-run", "-f", "x"]) else { return }
      try invocation.run()
    }
  }
}
