import ArgumentParser

/// Adapters and how many of them are loaded at once.
struct LoRAOptions: ParsableArguments {
  @Option(help: "Adapters as name=path or JSON with name, path and base_model_name. Takes several words.")
  var loraModules: WordList?

  @Flag(inversion: .prefixedNo, help: "Serve LoRA adapters. Default: when --lora-modules is given.")
  var enableLora: Bool?

  @Option(help: "Adapters that are loaded at once. Default: 1.")
  var maxLoras: Int?

  @Option(help: "Adapters kept in host memory. Default: as many as --max-loras.")
  var maxCpuLoras: Int?
}
