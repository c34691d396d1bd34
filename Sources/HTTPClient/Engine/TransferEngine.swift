internal import CCurl
internal import HTTPServer

/// Runs transfers on a loop.
///
/// curl must not be called from its own callbacks, from which handlers are called. What handlers ask for meanwhile
/// waits until curl has returned.
final class TransferEngine {
  private enum Command {
    case start(Transfer)
    case cancel(Transfer)
    case applyPause(Transfer)
    case shutDown
  }

  private let loop: EventLoop
  private let options: HTTPClientOptions
  private let budget: ConnectionBudget
  private let maxIdleTransfers: Int
  private var multi: CurlMulti?
  /// What curl has been told of `budget.isSpent`.
  private var keepsConnections = true
  private var running: [Transfer] = []
  private var idle: [Transfer] = []
  private var sockets = SocketWatches()

  private var isInsideCurl = false
  private var isSettling = false
  private var commands: [Command] = []
  /// Calls whose failure is told in the loop's next turn.
  private var failing: [ClientCall] = []

  /// For what is due at once, and for what is due later: moving a single timer to and fro would leave an entry in the
  /// loop's queue each time.
  private var soon: LoopTimer!
  private var later: LoopTimer!
  /// One for all sockets: they come and go with every call.
  private var socketHandler: ((Int32, DescriptorEvents) -> Void)!

  init(loop: EventLoop, options: HTTPClientOptions, budget: ConnectionBudget, maxIdleTransfers: Int) {
    self.loop = loop
    self.options = options
    self.budget = budget
    self.maxIdleTransfers = maxIdleTransfers
    soon = loop.makeTimer { [weak self] in self?.timerFired() }
    later = loop.makeTimer { [weak self] in self?.timerFired() }
    socketHandler = { [weak self] in self?.socketIsReady($0, $1) }
    multi = CurlMulti(for: self)
    multi?.limitConnections(to: Self.unlimited)
  }

  /// Calls under way.
  var runningCount: Int { running.count }

  // MARK: - Calls

  func send(_ request: ClientRequest, to handler: any ResponseHandler) -> ClientCall {
    let call = ClientCall(handler)
    guard multi != nil else { return fail(call, .cannotConnect("the client was shut down")) }
    guard let transfer = idle.popLast() ?? Transfer(options: options, engine: self) else {
      return fail(call, .cannotConnect("out of memory"))
    }
    if let defect = transfer.begin(request, for: call) {
      recycle(transfer)
      return fail(call, .invalidRequest(defect))
    }
    call.phase = .running(transfer, self)
    perform(.start(transfer))
    return call
  }

  func cancel(_ transfer: Transfer) {
    transfer.detach()
    perform(.cancel(transfer))
  }

  func pauseChanged(_ transfer: Transfer) { perform(.applyPause(transfer)) }

  func shutDown() { perform(.shutDown) }

  /// Handlers are not called from inside `send`, whose caller does not know the call yet.
  private func fail(_ call: ClientCall, _ error: ClientError) -> ClientCall {
    call.phase = .failing(error)
    failing.append(call)
    // This timer keeps the engine until then, even when the client is gone.
    if failing.count == 1 { loop.set(loop.makeTimer { self.tellFailing() }, to: Clock.monotonic) }
    return call
  }

  private func tellFailing() {
    let told = failing
    failing = []
    for call in told { if case .failing(let error) = call.phase { call.finish(.failed(error)) } }
  }

  // MARK: - Turns

  private func perform(_ command: Command) {
    if isInsideCurl { commands.append(command) } else { enter { execute(command) } }
  }

  /// Runs `body`, which calls curl, and then what was asked for meanwhile.
  private func enter(_ body: () -> Void) {
    applyBudget()
    isInsideCurl = true
    body()
    isInsideCurl = false
    settle()
  }

  private func settle() {
    // What is asked for from here on is executed by the loop below, not one level deeper.
    guard !isSettling else { return }
    isSettling = true
    defer { isSettling = false }
    while true {
      if !commands.isEmpty {
        var batch: [Command] = []
        swap(&batch, &commands)
        isInsideCurl = true
        for command in batch { execute(command) }
        isInsideCurl = false
      } else if let (transfer, result) = multi?.takeEnded() ?? nil {
        finish(transfer, transfer.outcome(result))
      } else {
        return
      }
    }
  }

  private func execute(_ command: Command) {
    switch command {
    case .start(let transfer): start(transfer)
    case .cancel(let transfer): takeOut(transfer)
    case .applyPause(let transfer): transfer.applyPause()
    case .shutDown: tearDown()
    }
  }

  private func start(_ transfer: Transfer) {
    // Cancelled, or shut down, before it began.
    guard let call = transfer.call else { return recycle(transfer) }
    guard multi != nil else {
      recycle(transfer)
      return _ = fail(call, .cannotConnect("the client was shut down"))
    }
    transfer.index = running.count
    running.append(transfer)
    budget.busy += 1
    if let defect = multi!.add(transfer) {
      takeOut(transfer)
      return _ = fail(call, .cannotConnect(defect))
    }
  }

  private func finish(_ transfer: Transfer, _ end: ClientEnd) {
    let call = transfer.call
    isInsideCurl = true
    takeOut(transfer)
    isInsideCurl = false
    call?.finish(end)
  }

  /// Takes a transfer out of curl, if it is there, and keeps it for later calls.
  private func takeOut(_ transfer: Transfer) {
    guard let index = transfer.index else { return }
    multi?.remove(transfer)
    let last = running.removeLast()
    if last !== transfer {
      running[index] = last
      last.index = index
    }
    transfer.index = nil
    budget.busy -= 1
    recycle(transfer)
  }

  private func recycle(_ transfer: Transfer) {
    transfer.end()
    if idle.count < maxIdleTransfers, multi != nil { idle.append(transfer) }
  }

  private static let unlimited = Int(Int32.max)

  /// curl's own limit counts busy connections too. So it is off, or, when no connection more may be kept, so low that
  /// every call that ends closes the connection that has been idle for the longest time.
  private func applyBudget() {
    guard budget.isSpent == keepsConnections else { return }
    keepsConnections.toggle()
    multi?.limitConnections(to: keepsConnections ? Self.unlimited : 1)
  }

  private func tearDown() {
    guard multi != nil else { return }
    for transfer in running {
      multi!.remove(transfer)
      transfer.index = nil
      budget.busy -= 1
      if let call = transfer.call { _ = fail(call, .brokenOff("the client was shut down")) }
      transfer.end()
    }
    running = []
    idle = []
    multi = nil
    sockets.removeAll(from: loop)
    loop.set(later, to: nil)
  }

  // MARK: - Events

  private func timerFired() {
    guard multi != nil else { return }
    enter { multi!.actOnTimer() }
  }

  private func socketIsReady(_ socket: Int32, _ events: DescriptorEvents) {
    guard multi != nil, sockets.wantsEvent(of: socket, on: loop) else { return }
    enter { multi!.act(on: socket, events) }
  }

  /// Called by curl.
  func setTimer(_ milliseconds: Int) {
    switch milliseconds {
    case 0: loop.set(soon, to: Clock.monotonic)
    case 1...: loop.set(later, to: Clock.monotonic + Int64(milliseconds) * 1_000_000)
    default: loop.set(later, to: nil)
    }
  }

  /// Called by curl.
  func watch(_ socket: Int32, for events: DescriptorEvents) {
    sockets.watch(socket, for: events, on: loop, socketHandler)
  }

  /// Called by curl.
  func unwatch(_ socket: Int32) { sockets.unwatch(socket, on: loop) }

  /// Called by curl.
  func opened(_ socket: Int32) {
    budget.open += 1
    sockets.opened(socket)
  }

  /// Called by curl.
  func closed(_ socket: Int32) {
    budget.open -= 1
    sockets.closed(socket, on: loop)
  }
}
