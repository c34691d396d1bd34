import ModelServer
import Simulation
import Testing

@testable import understudy

/// Every limit, with llm-d-inference-sim's text where it has one.
@Suite struct ValidationTests {
  static let refused: [(line: String, message: String)] = [
    ("", "--model: model parameter is empty; name a model, or a file of models with --config"),
    ("--port -1", "--port: invalid port '-1', must be 0 to 65535"),
    ("--port 65536", "--port: invalid port '65536', must be 0 to 65535"),
    (
      "--max-request-body-size-mb 0",
      "--max-request-body-size-mb: max-request-body-size-mb must be between 1 MB and 512 MB, got 0"
    ),
    (
      "--max-request-body-size-mb 513",
      "--max-request-body-size-mb: max-request-body-size-mb must be between 1 MB and 512 MB, got 513"
    ),
    ("--max-model-len 0", "--max-model-len: max model len cannot be less than 1, got 0"),
    ("--max-model-len -2", "--max-model-len: max model len cannot be less than 1, got -2"),
    ("--max-model-len 3t", "--max-model-len: max model len cannot be more than 2147483648, got 3000000000000"),
    ("--max-num-seqs 0", "--max-num-seqs: max num seqs cannot be less than 1, got 0"),
    ("--max-num-seqs 1048577", "--max-num-seqs: max num seqs cannot be more than 1048576, got 1048577"),
    (
      "--max-waiting-queue-length -1",
      "--max-waiting-queue-length: max waiting queue size cannot be less than 0, got -1"
    ),
    ("--max-num-queued-reqs -1", "--max-num-queued-reqs: max waiting queue size cannot be less than 0, got -1"),
    ("--max-loras 0", "--max-loras: max LoRAs cannot be less than 1, got 0"),
    ("--max-loras 4 --max-cpu-loras 3", "--max-cpu-loras: max CPU LoRAs cannot be less than max LoRAs (4), got 3"),
    ("--mode bad", "--mode: invalid mode 'bad', valid values are 'random' and 'echo'"),
    ("--lora-modules =x", "--lora-modules: empty LoRA name"),
    (#"--lora-modules {"name":""}"#, "--lora-modules: empty LoRA name"),
    (
      #"--lora-modules {"name":"a","base_model_name":"z"}"#,
      "--lora-modules: unknown base model 'z' for LoRA 'a'"
    ),
    ("--lora-modules a=p a=q", "--lora-modules: 'a' is already the name of a model or adapter of 'm'"),
    ("--lora-modules m=p", "--lora-modules: 'm' is already the name of a model or adapter of 'm'"),
    ("--ssl-certfile c", "--ssl-certfile: both ssl-certfile and ssl-keyfile must be provided together"),
    ("--ssl-keyfile k", "--ssl-keyfile: both ssl-certfile and ssl-keyfile must be provided together"),
    (
      "--self-signed-certs --ssl-certfile c --ssl-keyfile k",
      "--self-signed-certs: cannot use both self-signed-certs and explicit ssl-certfile/ssl-keyfile"
    ),
    (
      "--failure-injection-rate 101",
      "--failure-injection-rate: failure injection rate should be between 0 and 100, got 101"
    ),
    (
      "--failure-injection-rate -1",
      "--failure-injection-rate: failure injection rate should be between 0 and 100, got -1"
    ),
    (
      "--failure-types rate_limit nope",
      "--failure-types: invalid failure type 'nope', valid types are: rate_limit, invalid_api_key, context_length, "
        + "server_error, invalid_request, model_not_found"
    ),
    ("--time-to-first-token -1ms", "--time-to-first-token: time to first token cannot be negative, got -1ms"),
    (
      "--time-to-first-token-std-dev=-1",
      "--time-to-first-token-std-dev: time to first token standard deviation cannot be negative, got -1ms"
    ),
    (
      "--time-to-first-token 100ms --time-to-first-token-std-dev 31ms",
      "--time-to-first-token-std-dev: time to first token standard deviation cannot be more than 30% of time to "
        + "first token (100ms), got 31ms"
    ),
    ("--inter-token-latency=-1ns", "--inter-token-latency: inter token latency cannot be negative, got -1ns"),
    (
      "--inter-token-latency-std-dev=-1us",
      "--inter-token-latency-std-dev: inter token latency standard deviation cannot be negative, got -1us"
    ),
    (
      "--inter-token-latency-std-dev 1us",
      "--inter-token-latency-std-dev: inter token latency standard deviation cannot be more than 30% of inter token "
        + "latency (0s), got 1us"
    ),
    (
      "--kv-cache-transfer-latency=-1s",
      "--kv-cache-transfer-latency: kv-cache transfer time cannot be negative, got -1s"
    ),
    (
      "--kv-cache-transfer-latency-std-dev=-1s",
      "--kv-cache-transfer-latency-std-dev: kv-cache transfer standard deviation cannot be negative, got -1s"
    ),
    (
      "--kv-cache-transfer-latency 10ms --kv-cache-transfer-latency-std-dev 4ms",
      "--kv-cache-transfer-latency-std-dev: kv-cache transfer standard deviation cannot be more than 30% of kv-cache "
        + "transfer (10ms), got 4ms"
    ),
    ("--prefill-overhead=-1s", "--prefill-overhead: prefill overhead cannot be negative, got -1s"),
    ("--prefill-time-per-token=-1s", "--prefill-time-per-token: prefill time per token cannot be negative, got -1s"),
    (
      "--prefill-time-std-dev=-1s",
      "--prefill-time-std-dev: prefill time standard deviation cannot be negative, got -1s"
    ),
    (
      "--kv-cache-transfer-time-per-token=-1s",
      "--kv-cache-transfer-time-per-token: kv-cache transfer time per token cannot be negative, got -1s"
    ),
    (
      "--kv-cache-transfer-time-std-dev=-1s",
      "--kv-cache-transfer-time-std-dev: kv-cache transfer time standard deviation cannot be negative, got -1s"
    ),
    ("--time-to-first-token 25h", "--time-to-first-token: time to first token cannot exceed 24h, got 90000s"),
    (
      "--time-factor-under-load 0.9",
      "--time-factor-under-load: time factor under load cannot be less than 1.0, got 0.9"
    ),
    (
      "--latency-calculator magic",
      "--latency-calculator: unknown latency-calculator magic, supported calculators are: constant and per-token"
    ),
    ("--kv-cache-size -1", "--kv-cache-size: KV cache size cannot be negative, got -1"),
    ("--kv-cache-size 0", "--kv-cache-size: KV cache size cannot be less than 1, got 0"),
    ("--num-gpu-blocks-override -1", "--num-gpu-blocks-override: KV cache size cannot be negative, got -1"),
    (
      "--block-size 1",
      "--block-size: token block size should be one of the following: 8, 16, 32, 64, 128, got 1"
    ),
    ("--queue-full-status 500", "--queue-full-status: must be 429 or 503, got 500"),
    (
      "--max-num-queued-reqs 1 --max-waiting-queue-length 1",
      "--max-num-queued-reqs: cannot stand beside max-waiting-queue-length, which it replaces"
    ),
    ("--event-loops 0", "--event-loops: must be 1 to 1024, got 0"),
    ("--stream-interval 0", "--stream-interval: cannot be less than 1, got 0"),
    ("--sse-keep-alive-interval=-1", "--sse-keep-alive-interval: cannot be negative, got -1s"),
    ("--shutdown-timeout=-1", "--shutdown-timeout: shutdown timeout cannot be negative, got -1s"),
    ("--startup-duration=-1s", "--startup-duration: startup duration cannot be negative, got -1s"),
    ("--max-logprobs -2", "--max-logprobs: must be -1 or more, got -2"),
    ("--fingerprint-mode odd", "--fingerprint-mode: must be full, hash, custom or none, got 'odd'"),
    ("--fingerprint-mode custom", "--fingerprint-value: needed with fingerprint-mode custom"),
    (
      "--log-level loud",
      "--log-level: must be one of trace, debug, info, notice, warning, error, critical, got 'loud'"
    ),
    ("--log-format xml", "--log-format: must be text or json, got 'xml'"),
    ("--api-key=", "--api-key: a key cannot be empty"),
    ("--served-model-name=", "--served-model-name: a name cannot be empty"),
    ("--response-role=", "--response-role: cannot be empty"),
    ("--data-parallel-size 2", "--data-parallel-size: not available yet (data parallelism), got '2'"),
    ("--enable-kvcache", "--enable-kvcache: not available yet (reuse of KV blocks), got 'true'"),
  ]

  @Test(arguments: refused)
  func refuses(line: String, message: String) throws {
    let model = line.isEmpty ? "" : " --model=m"
    #expect(try refusal(line + model) == message)
  }

  @Test(arguments: [
    "--port 0", "--max-waiting-queue-length 0", "--time-to-first-token 100ms --time-to-first-token-std-dev 30ms",
    "--inter-token-latency 1us --inter-token-latency-std-dev 300ns", "--prefill-time-std-dev 9s",
    "--kv-cache-transfer-time-std-dev 9s", "--max-loras 2 --max-cpu-loras 0", "--latency-calculator=",
    "--max-request-body-size-mb 512", "--time-factor-under-load 1", "--block-size 128", "--enable-kvcache=false",
    #"--lora-modules {"name":"a","base_model_name":"m"}"#, "--data-parallel-size 1", "--failure-injection-rate 100",
  ])
  func accepts(line: String) throws {
    _ = try plan(line + " --model=m")
  }

  @Test(arguments: [
    ("VLLM_MAX_N_SEQUENCES", "x", "VLLM_MAX_N_SEQUENCES: expected an integer, got 'x'"),
    ("VLLM_MAX_N_SEQUENCES", "0", "VLLM_MAX_N_SEQUENCES: must be at least 1, got 0"),
    (
      "VLLM_SKIP_MODEL_NAME_VALIDATION", "2",
      "VLLM_SKIP_MODEL_NAME_VALIDATION: expected 0, 1, true or false, got '2'"
    ),
    (
      "VLLM_LOGGING_LEVEL", "LOUD",
      "VLLM_LOGGING_LEVEL: expected DEBUG, INFO, WARNING, ERROR or CRITICAL, got 'LOUD'"
    ),
  ])
  func refusesEnvironment(name: String, value: String, message: String) throws {
    #expect(try refusal("--model m", environment: [name: value]) == message)
  }

  @Test func longSocketPathsAreRefused() throws {
    let path = String(repeating: "p", count: 108)
    let message = "--uds: a socket's path cannot be longer than 107 bytes, got 108"
    #expect(try refusal(["--model", "m", "--uds", path]) == message)
  }
}
