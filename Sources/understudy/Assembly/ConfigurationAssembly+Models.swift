import ModelServer
import Simulation

extension ConfigurationAssembly {
  /// The models to serve: the file's entries, or the one that the command line, environment or file names.
  func models() throws(FlagError) -> [ModelConfiguration] {
    let top = sources.fileOptions
    if let entries = sources.entries {
      try refusePerModelNames(count: entries.count)
      var models: [ModelConfiguration] = []
      for (index, entry) in entries.enumerated() {
        let layers = [sources.commandLine, entry.options] + [top].compactMap { $0 }
        let name = entry.options.engine.model.model ?? ""
        models.append(try model(named: name, Overlay(layers: layers), entry: entry.options, index: index))
      }
      return models
    }
    let name =
      ConfigurationSources.model(sources.words, sources.commandLine) ?? sources.environment.model
      ?? top?.engine.model.model
    guard let name, !name.isEmpty else {
      throw FlagError("model", "model parameter is empty; name a model, or a file of models with --config")
    }
    let layers = [sources.commandLine] + [top].compactMap { $0 }
    return [try model(named: name, Overlay(layers: layers), entry: nil, index: 0)]
  }

  /// Whether a limit on waiting requests in force is vLLM's, which answers 503.
  func queueLimitIsVLLMs() throws(FlagError) -> Bool {
    guard let entries = sources.entries else { return try queueLimit(entry: nil)?.isVLLMs ?? false }
    for entry in entries where try queueLimit(entry: entry.options)?.isVLLMs == true { return true }
    return false
  }

  /// The limit on waiting requests of the strongest layer that has one, under either of its names.
  private func queueLimit(entry: ServeOptions?) throws(FlagError) -> (count: Int, isVLLMs: Bool)? {
    let commandLine = sources.commandLine
    let layers = [
      (commandLine.engine.model.maxWaitingQueueLength, commandLine.admission.maxNumQueuedReqs),
      (entry?.engine.model.maxWaitingQueueLength, nil),
      (sources.fileOptions?.engine.model.maxWaitingQueueLength, sources.fileOptions?.admission.maxNumQueuedReqs),
    ]
    for layer in layers {
      switch layer {
      case (nil, nil): continue
      case (let count?, nil): return (count, false)
      case (nil, let count?): return (count, true)
      case (_?, _?):
        throw FlagError("max-num-queued-reqs", "cannot stand beside max-waiting-queue-length, which it replaces")
      }
    }
    return nil
  }

  /// Names cannot be shared, so on the command line they need a single model.
  private func refusePerModelNames(count: Int) throws(FlagError) {
    guard count > 1 else { return }
    let reason = "needs a single model, but \(count) are configured; choose one with --model"
    if sources.commandLine.engine.model.servedModelName != nil { throw FlagError("served-model-name", reason) }
    if sources.commandLine.engine.lora.loraModules != nil { throw FlagError("lora-modules", reason) }
  }

  private func model(
    named name: String, _ options: Overlay, entry: ServeOptions?, index: Int
  ) throws(FlagError) -> ModelConfiguration {
    let names = options[\.engine.model.servedModelName]?.words ?? []
    var model = ModelConfiguration(model: name, servedNames: names.isEmpty ? nil : names)
    for word in options[\.engine.lora.loraModules]?.words ?? [] {
      do {
        model.adapters += try LoRAModuleText.parse(word)
      } catch {
        throw FlagError("lora-modules", error.reason, model: index)
      }
    }
    model.loraEnabled = options[\.engine.lora.enableLora] ?? !model.adapters.isEmpty
    model.replicas = options[\.engine.model.replicas] ?? model.replicas
    model.engine = try engine(options, entry: entry, index: index)
    return model
  }

  private func engine(
    _ options: Overlay, entry: ServeOptions?, index: Int
  ) throws(FlagError) -> EngineConfiguration {
    var engine = EngineConfiguration()
    engine.maxNumSeqs = options[\.engine.model.maxNumSeqs] ?? engine.maxNumSeqs
    engine.maxWaitingQueueLength = try queueLimit(entry: entry)?.count ?? engine.maxWaitingQueueLength
    if case .count(let tokens) = server[\.admission.maxNumQueuedTokens] { engine.maxQueuedTokens = tokens }
    engine.maxModelLen =
      options[\.engine.model.maxModelLen]?.resolved(automatic: engine.maxModelLen) ?? engine.maxModelLen
    engine.maxLoras = options[\.engine.lora.maxLoras] ?? engine.maxLoras
    // 0 is the simulator's way to say "as many as max-loras".
    engine.maxCPULoras = options[\.engine.lora.maxCpuLoras].flatMap { $0 == 0 ? nil : $0 }
    engine.blockSize = options[\.engine.kvCache.blockSize] ?? engine.blockSize
    // Two names for one thing: the stronger layer wins, whichever name it uses.
    engine.numKVBlocks =
      options.layers.lazy.compactMap { $0.engine.kvCache.numGpuBlocksOverride ?? $0.engine.kvCache.kvCacheSize }.first
    if let name = options[\.engine.model.mode] {
      guard let mode = GenerationMode(rawValue: name) else {
        let reason = "invalid mode '\(name)', valid values are 'random' and 'echo'"
        throw FlagError("mode", reason, model: index)
      }
      engine.mode = mode
    }
    engine.seed = options[\.engine.model.seed].map { UInt64(bitPattern: Int64($0)) } ?? now
    engine.latency = try latency(options, index: index)
    return engine
  }

  private func latency(_ options: Overlay, index: Int) throws(FlagError) -> LatencyConfiguration {
    var latency = LatencyConfiguration()
    if let name = options[\.engine.latency.latencyCalculator] {
      guard let calculator = LatencyCalculator(rawValue: name) else {
        let reason = "unknown latency-calculator \(name), supported calculators are: constant and per-token"
        throw FlagError("latency-calculator", reason, model: index)
      }
      latency.calculator = calculator
    }
    latency.timeToFirstToken = options[\.engine.latency.timeToFirstToken]?.span ?? .zero
    latency.timeToFirstTokenStdDev = options[\.engine.latency.timeToFirstTokenStdDev]?.span ?? .zero
    latency.interTokenLatency = options[\.engine.latency.interTokenLatency]?.span ?? .zero
    latency.interTokenLatencyStdDev = options[\.engine.latency.interTokenLatencyStdDev]?.span ?? .zero
    latency.prefillOverhead = options[\.engine.latency.prefillOverhead]?.span ?? .zero
    latency.prefillTimePerToken = options[\.engine.latency.prefillTimePerToken]?.span ?? .zero
    latency.prefillTimeStdDev = options[\.engine.latency.prefillTimeStdDev]?.span ?? .zero
    latency.kvCacheTransferLatency = options[\.engine.latency.kvCacheTransferLatency]?.span ?? .zero
    latency.kvCacheTransferLatencyStdDev = options[\.engine.latency.kvCacheTransferLatencyStdDev]?.span ?? .zero
    latency.kvCacheTransferTimePerToken = options[\.engine.latency.kvCacheTransferTimePerToken]?.span ?? .zero
    latency.kvCacheTransferTimeStdDev = options[\.engine.latency.kvCacheTransferTimeStdDev]?.span ?? .zero
    latency.timeFactorUnderLoad = options[\.engine.latency.timeFactorUnderLoad] ?? latency.timeFactorUnderLoad
    return latency
  }
}
