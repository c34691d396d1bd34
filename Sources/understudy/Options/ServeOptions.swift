import ArgumentParser

/// Every flag of `understudy serve` that is obeyed; all optional, so that layers can lie upon each other.
///
/// The declarations give the help; the values come through `FlagTable`'s bindings. ArgumentParser's own parser would
/// read its reflection of these structs six times over, which takes longer than all the rest of the start.
struct ServeOptions: ParsableArguments {
  @OptionGroup var engine: EngineOptions
  @OptionGroup(title: "Listener options") var listener: ListenerOptions
  @OptionGroup(title: "Queue options") var admission: AdmissionOptions
  @OptionGroup(title: "Access options") var access: AccessOptions
  @OptionGroup(title: "Response options") var response: ResponseOptions
  @OptionGroup(title: "Failure options") var failure: FailureOptions
  @OptionGroup(title: "Logging options") var logging: LoggingOptions
  @OptionGroup(title: "Process options") var process: ProcessOptions
}

extension ServeOptions {
  /// The options that `settings` make; nil in all others.
  init(_ settings: [Setting]) {
    self = .unset
    for setting in settings { setting.flag.binding?.assign(setting.values, &self) }
  }

  /// No flag given.
  private static let unset: ServeOptions = {
    var options = ServeOptions()
    options.engine = EngineOptions()
    options.engine.model = ModelOptions()
    options.engine.lora = LoRAOptions()
    options.engine.kvCache = KVCacheOptions()
    options.engine.latency = LatencyOptions()
    options.listener = ListenerOptions()
    options.admission = AdmissionOptions()
    options.access = AccessOptions()
    options.response = ResponseOptions()
    options.failure = FailureOptions()
    options.logging = LoggingOptions()
    options.process = ProcessOptions()
    for flag in FlagTable.honoured { flag.binding?.clear(&options) }
    return options
  }()
}
