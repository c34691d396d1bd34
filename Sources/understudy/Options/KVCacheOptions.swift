import ArgumentParser

/// The KV blocks that running sequences hold.
struct KVCacheOptions: ParsableArguments {
  @Option(help: "Tokens per KV block: 8, 16, 32, 64 or 128. Default: 16.")
  var blockSize: Int?

  @Option(help: "KV blocks. Default: as many as --max-num-seqs full contexts need, at least 1024.")
  var kvCacheSize: Int?

  @Option(help: "vLLM's name for --kv-cache-size; wins when both are given.")
  var numGpuBlocksOverride: Int?
}
