internal import Prometheus

/// The KV cache's settings as `vllm:cache_config_info` shows them.
public struct CacheSettings: Sendable, Equatable {
  /// Tokens per block.
  public var blockSize: Int
  /// KV blocks in force.
  public var blocks: Int
  /// KV blocks as given by the user; nil when they were not.
  public var blocksOverride: Int?
  /// Whether prefixes are looked up.
  public var prefixCaching = true

  /// The settings of an engine without a sliding window or other caches.
  public init(blockSize: Int, blocks: Int, blocksOverride: Int?) {
    self.blockSize = blockSize
    self.blocks = blocks
    self.blocksOverride = blocksOverride
  }

  /// The labels of `vllm:cache_config_info`: vLLM prints every field of its cache configuration the way Python prints
  /// it. Fields that mean nothing without a GPU have vLLM's defaults.
  func labels(maxModelLen: Int) -> Labels {
    let tokens = blocks.multipliedReportingOverflow(by: blockSize).partialValue
    return [
      "engine": "0",
      "block_size": "\(blockSize)",
      "user_specified_block_size": Self.python(blockSize != 16),
      "hash_block_size": "None",
      "num_gpu_blocks": "\(blocks)",
      "num_gpu_blocks_override": Self.python(blocksOverride),
      "num_cpu_blocks": "None",
      "gpu_memory_utilization": "0.92",
      "cache_dtype": "auto",
      "enable_prefix_caching": Self.python(prefixCaching),
      "prefix_caching_hash_algo": "sha256",
      "sliding_window": "None",
      "is_attention_free": "False",
      "kv_cache_memory_bytes": "None",
      "kv_cache_size_tokens": "\(tokens)",
      "kv_cache_max_concurrency": "\(Double(tokens) / Double(max(1, maxModelLen)))",
      "kv_offloading_size": "None",
      "kv_offloading_backend": "native",
      "kv_sharing_fast_prefill": "False",
      "mamba_block_size": "None",
      "user_specified_mamba_block_size": "False",
      "mamba_cache_dtype": "auto",
      "mamba_ssm_cache_dtype": "auto",
      "mamba_cache_mode": "none",
      "mamba_page_size_padded": "None",
    ]
  }

  private static func python(_ value: Bool) -> String { value ? "True" : "False" }
  private static func python(_ value: Int?) -> String { value.map { "\($0)" } ?? "None" }
}
