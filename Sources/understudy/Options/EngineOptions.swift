import ArgumentParser

/// What may differ from model to model: the keys of an entry of `models` in a configuration file.
struct EngineOptions: ParsableArguments {
  @OptionGroup(title: "Model options") var model: ModelOptions
  @OptionGroup(title: "LoRA options") var lora: LoRAOptions
  @OptionGroup(title: "KV cache options") var kvCache: KVCacheOptions
  @OptionGroup(title: "Latency options (Go durations or milliseconds)") var latency: LatencyOptions
}
