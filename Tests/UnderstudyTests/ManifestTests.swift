import Simulation
import Testing

@testable import understudy

/// Argument lists as they stand in Kubernetes manifests.
@Suite struct ManifestTests {
  static let lists: [[String]] = [
    // A short `vllm serve`, with underscores.
    [
      "serve", "example/base-model", "--trust_remote_code", "--enable_chunked_prefill", "--max_num_batched_tokens",
      "4k",
    ],
    // Production stacks.
    [
      "serve", "meta-llama/Llama-3.1-70B-Instruct", "--host", "0.0.0.0", "--port", "8000", "--tensor-parallel-size",
      "8", "--gpu-memory-utilization", "0.92", "--max-model-len", "32k", "--max-num-seqs", "256",
      "--enable-prefix-caching", "--disable-log-requests", "--dtype", "bfloat16", "--kv-cache-dtype", "fp8",
      "--enable-auto-tool-choice", "--tool-call-parser", "llama3_json", "--chat-template",
      "/templates/tool_chat.jinja", "--swap-space", "0", "--block-size", "64",
    ],
    [
      "--model=Qwen/Qwen3-32B", "--served-model-name=qwen", "-tp=2", "-pp", "1", "-dp=1", "-O3", "--seed=0",
      "--reasoning-parser=qwen3", "--enable-reasoning", "--uvicorn-log-level=warning", "--no-enable-prefix-caching",
      "--compilation-config.cudagraph_mode=FULL", "--limit-mm-per-prompt", #"{"image":4}"#,
      "--distributed-executor-backend", "mp", "--quantization", "awq", "--max-lora-rank", "64", "--hf-token",
    ],
    // A LoRA server with a misspelt flag under --ignore-unknown-flags.
    [
      "--model", "example/base-model", "--ignore-unknown-flags", "--max-num-sequences", "99", "--enable-lora",
      "--max-loras", "4", "--max-cpu-loras", "6", "--max-lora-rank", "16", "--lora-modules",
      #"{"name": "one", "path": "/adapters/one", "base_model_name": "example/base-model"}"#, "two=/adapters/two",
    ],
    // The simulator's image: plain, prefill side with integer delays, adapters with a latency profile.
    ["--port=8000", "--model=example/base-model", "--v=3", "--max-num-seqs=12"],
    [
      "--model", "example/base-model", "--data-parallel-size", "1", "--prefill-overhead=20",
      "--prefill-time-per-token=2", "--prefill-time-std-dev=1", "--render-url", "http://localhost:8082", "-v", "4",
    ],
    [
      "--model", "example/base-model", "--max-loras", "3", "--lora-modules", #"{"name":"first"}"#,
      #"{"name":"second"}"#, "--time-to-first-token", "80ms", "--time-to-first-token-std-dev", "8ms",
      "--inter-token-latency", "9ms", "--inter-token-latency-std-dev", "900us", "--kv-cache-transfer-latency", "3ms",
      "--kv-cache-transfer-latency-std-dev", "300us", "--time-factor-under-load", "1.7", "--enforce-eager",
      "--mm-processor-kwargs", "{}", "--ec-transfer-config", "{}", "--logtostderr=true",
    ],
  ]

  @Test(arguments: lists)
  func starts(words: [String]) throws {
    guard case .serve(let line) = try Invocation.read(words) else {
      Issue.record("not a serve command line")
      return
    }
    let plan = try LaunchPlan(words: line, environment: ["VLLM_PORT": "tcp://10.1.2.3:80"], now: 1) {
      path throws(LaunchError) in
      throw LaunchError("no file was named: \(path)")
    }
    #expect(plan.configuration.listener.port == 8000)
    #expect(!plan.configuration.models[0].servedNames.isEmpty)
  }

  @Test func acceptedFlagsAreNotedWithTheirReason() throws {
    let notes = try plan("m -tp 4 --enable-auto-tool-choice").options.notes
    #expect(
      notes == [
        LaunchNote(level: .debug, text: "--tensor-parallel-size accepted without effect"),
        LaunchNote(
          level: .debug,
          text: "--enable-auto-tool-choice accepted without effect: tool calls are not available yet"),
      ])
  }

  @Test func connectorsOfLaterReleasesAreRefusedByName() throws {
    let message = try refusal("m --kv-transfer-config.kv_role kv_both")
    #expect(message == #"--kv-transfer-config: not available yet (KV transfer), got '{"kv_role":"kv_both"}'"#)
    let events = try refusal("m --kv-events-config.enable_kv_cache_events false --kv-events-config.publisher zmq")
    #expect(events.hasPrefix("--kv-events-config: not available yet"))
    _ = try plan("m --kv-events-config.enable_kv_cache_events=false")
  }
}
