internal import Prometheus
public import Simulation

/// The HTTP series of one event loop, as vLLM's instrumentation of its web framework counts them.
///
/// Series with labels exist once a request had those labels. Each loop owns one of these; a scrape merges them.
public struct HTTPMetrics: Sendable {
  /// What is counted per handler and method.
  struct Cell: Sendable {
    let handler: Int
    let method: HTTPMethodLabel
    /// Responses by the first digit of their status, 1 to 5.
    var statuses = [Counter](repeating: Counter(), count: 5)
    var duration = Histogram(HTTPMetrics.durationBounds)
  }

  /// What is counted per handler.
  struct Sizes: Sendable {
    var request = Summary()
    var response = Summary()
  }

  static let durationBounds: HistogramBounds = [0.1, 0.5, 1]
  static let preciseDurationBounds: HistogramBounds = [
    0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 7.5, 10, 30, 60,
  ]

  let handlers: HTTPHandlers
  private(set) var cells: [Cell] = []
  private(set) var sizes: [Sizes]
  private(set) var preciseDuration = Histogram(HTTPMetrics.preciseDurationBounds)
  /// The position in `cells` by handler and method; -1 for none yet.
  private var positions: [Int32]

  /// Nothing counted yet; `handlers` are those of the server's page.
  public init(_ handlers: HTTPHandlers) {
    self.handlers = handlers
    sizes = Array(repeating: Sizes(), count: handlers.none + 1)
    positions = Array(repeating: -1, count: (handlers.none + 1) * HTTPMethodLabel.allCases.count)
  }

  /// A response is complete. `handler` is the position of the route's template; nil, and any position beyond them, is
  /// an unknown path. `duration` ends with the last byte of the body, sizes are those of the bodies.
  public mutating func observe(
    handler: Int?, method: HTTPMethodLabel, status: Int, duration: Nanoseconds, requestBytes: Int, responseBytes: Int
  ) {
    let handler = handlers.position(of: handler)
    guard !handlers.isExcluded[handler] else { return }
    let cell = position(handler, method)
    cells[cell].statuses[min(max(status / 100, 1), 5) - 1].increment()
    cells[cell].duration.observe(duration.seconds)
    sizes[handler].request.observe(Double(requestBytes))
    sizes[handler].response.observe(Double(responseBytes))
    preciseDuration.observe(duration.seconds)
  }

  /// Adds what another loop of the same server counted.
  public mutating func merge(_ other: HTTPMetrics) {
    precondition(handlers == other.handlers, "loops of one server have the same routes")
    for cell in other.cells {
      let index = position(cell.handler, cell.method)
      for status in cell.statuses.indices { cells[index].statuses[status].merge(cell.statuses[status]) }
      cells[index].duration.merge(cell.duration)
    }
    for handler in sizes.indices {
      sizes[handler].request.merge(other.sizes[handler].request)
      sizes[handler].response.merge(other.sizes[handler].response)
    }
    preciseDuration.merge(other.preciseDuration)
  }

  private mutating func position(_ handler: Int, _ method: HTTPMethodLabel) -> Int {
    let key = handler * HTTPMethodLabel.allCases.count + method.index
    if positions[key] < 0 {
      positions[key] = Int32(cells.count)
      cells.append(Cell(handler: handler, method: method))
    }
    return Int(positions[key])
  }
}
