import ArgumentParser

/// All flags of `understudy epp`.
struct PickerOptions: ParsableArguments {
  @OptionGroup(title: "Pools") var sources: PickerSourceOptions
  @OptionGroup(title: "Listeners and answers") var listeners: PickerListenerOptions
  @OptionGroup(title: "Reading metrics") var metrics: MetricsReadingOptions
  @OptionGroup(title: "Picking options") var picking: PickingOptions
  @OptionGroup(title: "Process options") var process: PickerProcessOptions
}
