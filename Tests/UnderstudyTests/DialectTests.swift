import Testing

@testable import understudy

/// The dialect alone: which words become which settings.
@Suite struct DialectTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let words: [String]
    let settings: [String: [String]]
    var model: String?

    init(_ words: [String], _ settings: [String: [String]], model: String? = nil) {
      (self.words, self.settings, self.model) = (words, settings, model)
    }

    var testDescription: String { words.joined(separator: " ") }
  }

  static let cases: [Case] = [
    // Names.
    Case(["--max-num-seqs", "4"], ["max-num-seqs": ["4"]]),
    Case(["--max_num_seqs=4"], ["max-num-seqs": ["4"]]),
    Case(["--device-memory-utilization", "0.9"], ["gpu-memory-utilization": ["0.9"]]),
    Case(["--log_dir=/x"], ["log-dir": ["/x"]]),
    // Short names.
    Case(["-tp", "4", "-pp=2"], ["tensor-parallel-size": ["4"], "pipeline-parallel-size": ["2"]]),
    Case(["-v", "5"], ["v": ["5"]]),
    Case(["-v=5"], ["v": ["5"]]),
    Case(["-v5"], ["v": ["5"]]),
    Case(["--v=4"], ["v": ["4"]]),
    Case(["-O3"], ["optimization-level": ["3"]]),
    Case(["-O", "2"], ["optimization-level": ["2"]]),
    Case(["-cc", #"{"mode":3}"#], ["compilation-config": [#"{"mode":3}"#]]),
    Case(["-cc.mode=3"], ["compilation-config": [#"{"mode":3}"#]]),
    Case(["-q", "awq"], ["quantization": ["awq"]]),
    Case(["-dp", "1"], ["data-parallel-size": ["1"]]),
    // Booleans.
    Case(["--enforce-eager"], ["enforce-eager": ["true"]]),
    Case(["--no-enforce-eager"], ["enforce-eager": ["false"]]),
    Case(["--no_enforce_eager"], ["enforce-eager": ["false"]]),
    Case(["--enforce-eager=false"], ["enforce-eager": ["false"]]),
    Case(["--enforce-eager", "False"], ["enforce-eager": ["false"]]),
    Case(["--enforce-eager", "true", "m"], ["enforce-eager": ["true"]], model: "m"),
    Case(["--enforce-eager", "m"], ["enforce-eager": ["true"]], model: "m"),
    Case(["--no-enforce-eager=false"], ["enforce-eager": ["true"]]),
    Case(["-ep"], ["enable-expert-parallel": ["true"]]),
    // Lists.
    Case(["--served-model-name", "a", "b", "--port", "1"], ["served-model-name": ["a", "b"], "port": ["1"]]),
    Case(["--served-model-name=a", "m"], ["served-model-name": ["a"]], model: "m"),
    Case(["--served-model-name", "a", "-tp", "2"], ["served-model-name": ["a"], "tensor-parallel-size": ["2"]]),
    Case(["--lora-modules"], ["lora-modules": []]),
    Case(["--lora-modules", "--port", "1"], ["lora-modules": [], "port": ["1"]]),
    Case(["--failure-types", "rate_limit", "server_error"], ["failure-types": ["rate_limit", "server_error"]]),
    Case(["--api-key", "-k1", "k2"], ["api-key": ["-k1", "k2"]]),
    // JSON with dots.
    Case(["--kv-transfer-config.kv_role", "kv_both"], ["kv-transfer-config": [#"{"kv_role":"kv_both"}"#]]),
    Case(["--kv_transfer_config.a.b=5"], ["kv-transfer-config": [#"{"a":{"b":5}}"#]]),
    Case(
      ["--eplb-config.window_size", "8", "--eplb-config.log", "true"],
      ["eplb-config": [#"{"window_size":8}"#, #"{"log":true}"#]]),
    // Values.
    Case(["--seed", "-7"], ["seed": ["-7"]]),
    Case(["--seed=-7"], ["seed": ["-7"]]),
    Case(["--max-model-len", "-1"], ["max-model-len": ["-1"]]),
    Case(["--root-path="], ["root-path": [""]]),
    Case(["--hf-token"], ["hf-token": []]),
    Case(["--hf-token", "--port", "1"], ["hf-token": [], "port": ["1"]]),
    Case(["--hf-token", "t"], ["hf-token": ["t"]]),
    Case(["--dp-supervisor-probe-anything", "3"], ["dp-supervisor-": ["3"]]),
    // The last one counts.
    Case(["--port", "1", "--port", "2"], ["port": ["2"]]),
    Case(["--api-key", "a", "--api-key", "b"], ["api-key": ["b"]]),
    // The argument.
    Case(["m", "--port", "1"], ["port": ["1"]], model: "m"),
    Case(["--port", "1", "--", "-m"], ["port": ["1"]], model: "-m"),
  ]

  @Test(arguments: cases)
  func reads(_ example: Case) throws {
    let line = try Dialect.parse(example.words)
    let settings = Dictionary(uniqueKeysWithValues: line.settings.map { ($0.flag.name, $0.values) })
    #expect(settings == example.settings)
    #expect(line.model == example.model)
  }

  @Test(arguments: [
    (["--prot", "1"], "unknown flag '--prot' (did you mean '--port'?)"),
    (["--max-num-seq=1"], "unknown flag '--max-num-seq' (did you mean '--max-num-seqs'?)"),
    (["--entirely-different"], "unknown flag '--entirely-different'"),
    (["-z"], "unknown flag '-z'"),
    (["-5"], "unknown flag '-5'"),
    (["--no-port"], "unknown flag '--no-port'"),
    (["--port.x", "1"], "unknown flag '--port.x'"),
    (["a", "b"], "unexpected argument 'b'"),
    (["--port"], "--port: needs a value"),
    (["--port", "--host"], "--port: needs a value"),
    (["--model", "-tp", "1"], "--model: needs a value"),
    (["--port", "x"], "--port: expected an integer, got 'x'"),
    (["--port="], "--port: expected an integer, got ''"),
    (["--port", "1.5"], "--port: expected an integer, got '1.5'"),
    (["--port", "99999999999999999999"], "--port: integer out of range: '99999999999999999999'"),
    (["--tensor-parallel-size", "two"], "--tensor-parallel-size: expected an integer, got 'two'"),
    (["--enforce-eager=maybe"], "--enforce-eager: expected true or false, got 'maybe'"),
    (["--time-factor-under-load", "nan"], "--time-factor-under-load: expected a number, got 'nan'"),
    (["--replicas", "2"], "--replicas: only for entries of 'models' in a configuration file"),
    (
      ["--max-model-len", "1.5K"],
      "--max-model-len: fractions need a decimal suffix, got '1.5K' (did you mean '1.5k'?)"
    ),
    (
      ["--time-to-first-token", "5 bananas"],
      "--time-to-first-token: expected a duration such as 250us, 30ms or 1.5s, or a number of milliseconds, "
        + "got '5 bananas'"
    ),
    (
      ["--shutdown-timeout", "x"],
      "--shutdown-timeout: expected a number of seconds or a duration such as 1.5s, got 'x'"
    ),
  ])
  func refuses(words: [String], message: String) {
    #expect(throws: LaunchError(message)) { try Dialect.parse(words) }
  }

  @Test func unknownFlagsAreSkippedOnRequest() throws {
    let line = try Dialect.parse(
      ["--frobnicate", "yes", "--port", "1", "--wibble=2", "--wobble", "-x", "--ignore_unknown_flags", "m"])
    #expect(line.settings.last("port")?.values == ["1"])
    #expect(line.model == "m")
    let texts = line.notes.map(\.text)
    #expect(texts.contains("ignored unknown flag '--frobnicate' and its value 'yes'"))
    #expect(texts.contains("ignored unknown flag '--wibble'"))
    #expect(texts.contains("ignored unknown flag '--wobble'"))
    #expect(texts.contains("ignored unknown flag '-x'"))
    #expect(line.notes.allSatisfy { $0.level == .warning })
  }

  @Test func repetitionIsNoted() throws {
    #expect(try Dialect.parse(["--port", "1", "--port=2"]).notes.count == 1)
    #expect(try Dialect.parse(["--port", "1", "--port=1"]).notes.isEmpty)
  }

  @Test(arguments: [
    (["--help"], Invocation.parser(["--help"])), (["-h"], .parser(["--help"])),
    (["serve", "--help"], .parser(["serve", "--help"])), (["m", "-h"], .parser(["serve", "--help"])),
    (["--version"], .parser(["--version"])), (["help", "serve"], .parser(["help", "serve"])),
    (["serve", "m"], .serve(CommandLineWords(model: "m"))), (["m"], .serve(CommandLineWords(model: "m"))),
  ])
  func invocations(words: [String], expected: Invocation) throws {
    #expect(try Invocation.read(words) == expected)
  }
}
