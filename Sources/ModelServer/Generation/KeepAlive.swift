internal import HTTPServer
internal import OpenAIAPI
internal import Simulation

/// Sends a comment when a stream has been silent for a while (vLLM: `--sse-keep-alive-interval`).
final class KeepAlive {
  private let exchange: Exchange
  private let interval: Nanoseconds
  private var timer: LoopTimer?

  init(exchange: Exchange, interval: Nanoseconds) {
    self.exchange = exchange
    self.interval = interval
    timer = exchange.loop.makeTimer { [unowned self] in
      exchange.write { ServerSentEvents.appendKeepAlive(to: &$0) }
      postpone()
    }
    postpone()
  }

  /// Something else has been sent.
  func postpone() {
    if let timer { exchange.loop.set(timer, to: Clock.monotonic + interval.count) }
  }

  func stop() {
    if let timer { exchange.loop.set(timer, to: nil) }
    timer = nil
  }
}
