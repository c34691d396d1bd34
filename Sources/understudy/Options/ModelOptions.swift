import ArgumentParser

/// Which model is served and how much of it at once.
struct ModelOptions: ParsableArguments {
  @Option(help: "The model, as clients name it. Default: the environment's SIM_MODEL; one must be given.")
  var model: String?

  @Option(help: "Names that clients may use instead of the model's; the first is shown. Takes several words.")
  var servedModelName: WordList?

  @Option(help: "Prompt and output tokens together, for example 8192, 32k or 32K; auto is the default. Default: 1024.")
  var maxModelLen: HumanInteger?

  @Option(help: "Sequences that run at once. Default: 5.")
  var maxNumSeqs: Int?

  @Option(help: "Requests that may wait; 0 means none. Default: 1000.")
  var maxWaitingQueueLength: Int?

  @Option(help: "How answers are made: random sentences, or an echo of the prompt. Default: random.")
  var mode: String?

  @Option(help: "Seed of everything random: equal seeds give equal answers. Default: the time.")
  var seed: Int?

  @Option(help: .hidden)
  var replicas: Int?
}
