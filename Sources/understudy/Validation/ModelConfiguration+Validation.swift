import ModelServer
import Simulation

extension ModelConfiguration {
  /// - Parameter index: the model's place in the server's list, for messages.
  func validate(index: Int) throws(FlagError) {
    guard !model.isEmpty else { throw FlagError("model", "model parameter is empty", model: index) }
    guard !servedNames.contains("") else {
      throw FlagError("served-model-name", "a name cannot be empty", model: index)
    }
    guard (1...10_000).contains(replicas) else {
      throw FlagError("replicas", "must be 1 to 10000", got: replicas, model: index)
    }
    try engine.validate(index: index)
    for adapter in adapters {
      guard !adapter.name.isEmpty else { throw FlagError("lora-modules", "empty LoRA name", model: index) }
      if let base = adapter.baseModelName, base != model, !servedNames.contains(base) {
        throw FlagError("lora-modules", "unknown base model '\(base)' for LoRA '\(adapter.name)'", model: index)
      }
    }
  }
}

extension EngineConfiguration {
  /// Beyond these no arithmetic on blocks and tokens can be trusted to fit into 64 bits.
  private static let mostSequences = 1 << 20
  private static let longestContext = 1 << 31
  private static let mostTokens = 1 << 50

  private static let blockSizes = [8, 16, 32, 64, 128]

  func validate(index: Int) throws(FlagError) {
    try atLeast(1, maxModelLen, "max-model-len", "max model len", most: Self.longestContext, index)
    try atLeast(1, maxNumSeqs, "max-num-seqs", "max num seqs", most: Self.mostSequences, index)
    if let length = maxWaitingQueueLength {
      try atLeast(
        0, length, "max-waiting-queue-length", "max waiting queue size", most: Self.longestContext, index)
    }
    if let maxQueuedTokens {
      try atLeast(0, maxQueuedTokens, "max-num-queued-tokens", "max queued tokens", most: Self.mostTokens, index)
    }
    try atLeast(1, maxLoras, "max-loras", "max LoRAs", most: Self.mostSequences, index)
    if let maxCPULoras {
      guard maxCPULoras >= maxLoras else {
        let reason = "max CPU LoRAs cannot be less than max LoRAs (\(maxLoras))"
        throw FlagError("max-cpu-loras", reason, got: maxCPULoras, model: index)
      }
      try atLeast(1, maxCPULoras, "max-cpu-loras", "max CPU LoRAs", most: Self.mostSequences, index)
    }
    guard Self.blockSizes.contains(blockSize) else {
      let reason = "token block size should be one of the following: 8, 16, 32, 64, 128"
      throw FlagError("block-size", reason, got: blockSize, model: index)
    }
    if let numKVBlocks {
      guard numKVBlocks >= 0 else {
        throw FlagError("kv-cache-size", "KV cache size cannot be negative", got: numKVBlocks, model: index)
      }
      // Without a block no request could ever run.
      try atLeast(1, numKVBlocks, "kv-cache-size", "KV cache size", most: Self.longestContext, index)
    }
    try latency.validate(index: index)
  }

  private func atLeast(
    _ least: Int, _ value: Int, _ flag: String, _ name: String, most: Int, _ index: Int
  ) throws(FlagError) {
    guard value >= least else {
      throw FlagError(flag, "\(name) cannot be less than \(least)", got: value, model: index)
    }
    guard value <= most else {
      throw FlagError(flag, "\(name) cannot be more than \(most)", got: value, model: index)
    }
  }
}
