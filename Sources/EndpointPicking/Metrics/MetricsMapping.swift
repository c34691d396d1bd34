/// Which series of an engine's metrics page say what of its load.
///
/// Of several selectors for one thing the first that the page has counts: engines rename their metrics.
public struct MetricsMapping: Sendable, Hashable {
  /// The engine's name as pods' labels have it.
  public var engine: String
  /// Where the engine has its page, unless settings say so.
  public var path = "/metrics"
  /// Requests that wait.
  public var waiting: [MetricSelector] = []
  /// Requests that run.
  public var running: [MetricSelector] = []
  /// The used share of the KV cache, 0 to 1.
  public var kvUsage: [MetricSelector] = []
  /// LoRA adapters in labels `running_lora_adapters`, `waiting_lora_adapters`, both with commas, and `max_lora`. The
  /// value is a time: of several series the greatest counts.
  public var adapters: [MetricSelector] = []
  /// The KV cache's shape, in labels.
  public var cacheInfo: [MetricSelector] = []
  /// The label of `cacheInfo` that has the tokens per block.
  public var blockSizeLabel = "block_size"
  /// The label of `cacheInfo` that has the number of blocks.
  public var blocksLabel = "num_gpu_blocks"
  /// Tokens per block, as a value.
  public var blockSize: [MetricSelector] = []
  /// The number of blocks, as a value.
  public var blocks: [MetricSelector] = []

  /// An engine of which nothing is known.
  public init(engine: String) { self.engine = engine }
}

/// The engines that GIE v1.5 and llm-d 0.10 know (core-metrics-extractor), and older names of theirs.
extension MetricsMapping {
  /// Labels of a pod that name its engine; the first that is there and not empty counts.
  public static let engineLabels = ["llm-d.ai/engine-type", "inference.networking.k8s.io/engine-type"]

  /// In the order in which they are looked for on a page.
  public static let all = [vllm, sglang, trtllmServe, tritonTensorRTLLM, triton]

  /// vLLM, and what calls itself that.
  public static let vllm: MetricsMapping = {
    var mapping = MetricsMapping(engine: "vllm")
    mapping.waiting = [MetricSelector(name: "vllm:num_requests_waiting")]
    mapping.running = [MetricSelector(name: "vllm:num_requests_running")]
    // The second name is from before vLLM 0.10.
    mapping.kvUsage = [
      MetricSelector(name: "vllm:kv_cache_usage_perc"), MetricSelector(name: "vllm:gpu_cache_usage_perc"),
    ]
    mapping.adapters = [MetricSelector(name: "vllm:lora_requests_info")]
    mapping.cacheInfo = [MetricSelector(name: "vllm:cache_config_info")]
    return mapping
  }()

  /// SGLang.
  public static let sglang: MetricsMapping = {
    var mapping = MetricsMapping(engine: "sglang")
    mapping.waiting = [MetricSelector(name: "sglang:num_queue_reqs")]
    mapping.running = [MetricSelector(name: "sglang:num_running_reqs")]
    mapping.kvUsage = [MetricSelector(name: "sglang:token_usage")]
    mapping.cacheInfo = [MetricSelector(name: "sglang:cache_config_info")]
    mapping.blockSizeLabel = "page_size"
    mapping.blocksLabel = "num_pages"
    return mapping
  }()

  /// TensorRT-LLM's own server.
  public static let trtllmServe: MetricsMapping = {
    var mapping = MetricsMapping(engine: "trtllm-serve")
    // Its /metrics is something else, in JSON.
    mapping.path = "/prometheus/metrics"
    mapping.waiting = [MetricSelector(name: "trtllm_num_requests_waiting")]
    mapping.running = [MetricSelector(name: "trtllm_num_requests_running")]
    mapping.kvUsage = [MetricSelector(name: "trtllm_kv_cache_utilization")]
    mapping.blockSize = [MetricSelector(name: "trtllm_kv_cache_tokens_per_block")]
    mapping.blocks = [MetricSelector(name: "trtllm_kv_cache_max_blocks")]
    return mapping
  }()

  /// Triton with the TensorRT-LLM backend.
  public static let tritonTensorRTLLM: MetricsMapping = {
    func requests(_ type: String) -> [MetricSelector] {
      [MetricSelector(name: "nv_trt_llm_request_metrics", labels: [.init(name: "request_type", value: type)])]
    }
    func cache(_ type: String) -> [MetricSelector] {
      [
        MetricSelector(
          name: "nv_trt_llm_kv_cache_block_metrics", labels: [.init(name: "kv_cache_block_type", value: type)])
      ]
    }
    var mapping = MetricsMapping(engine: "triton-tensorrt-llm")
    mapping.waiting = requests("waiting")
    mapping.running = requests("scheduled")
    mapping.kvUsage = cache("fraction")
    mapping.blockSize = cache("tokens_per")
    mapping.blocks = cache("max")
    return mapping
  }()

  /// Triton with another backend. It does not say how many requests run: as in GIE, its count of executions stands in.
  public static let triton: MetricsMapping = {
    var mapping = MetricsMapping(engine: "triton")
    mapping.waiting = [MetricSelector(name: "nv_inference_pending_request_count")]
    mapping.running = [MetricSelector(name: "nv_inference_exec_count")]
    return mapping
  }()
}
