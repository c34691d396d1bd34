internal import EndpointPicking
internal import JSON
internal import OpenAIAPI

/// A response's body on its way to the client: the model's name is restored in it, token counts are read out of it.
struct ResponseBody {
  /// An event stream, or asked for as one.
  let isStream: Bool
  private var restorer: ResponseModelRestorer?
  private var usage: UsageReader
  private var grpcUsage: GRPCUsageReader?
  /// Bytes that may be held back until the end; 0 to pass all on at once.
  private var collectLimit: Int
  private var collected: [UInt8] = []

  /// The body that follows `headers`.
  ///
  /// - Parameters:
  ///   - wantsStream: the client asked for a stream.
  ///   - method: of vLLM's gRPC service.
  ///   - direction: where the request went; nil leaves the body as it is.
  ///   - collectLimit: bytes of a JSON document that are collected to go on in one piece.
  init(
    _ headers: ProxyHeaders, wantsStream: Bool, method: String?, direction: Direction?, collectLimit: Int,
    parser: JSONParser
  ) {
    let contentType = headers["content-type"]?.lowercased()
    let encoding = headers["content-encoding"]?.lowercased() ?? "identity"
    // What is compressed is not looked into.
    let readableType = encoding == "identity" ? contentType : nil
    isStream = wantsStream || contentType?.contains("text/event-stream") ?? false
    let isDocument = readableType?.contains("json") ?? false
    self.collectLimit = isDocument && !isStream ? collectLimit : 0
    usage = UsageReader(contentType: readableType, parser: parser)
    if let method, contentType?.hasPrefix("application/grpc") ?? false { grpcUsage = GRPCUsageReader(method: method) }
    if let direction, !direction.targetModel.isEmpty, !direction.incomingModel.isEmpty,
      direction.targetModel != direction.incomingModel
    {
      restorer = ResponseModelRestorer(
        contentType: readableType, target: direction.targetModel, client: direction.incomingModel)
    }
  }

  /// Its length may differ from what came.
  var mayChange: Bool { restorer != nil }

  /// Takes the next bytes, which came at `now`, and gives what goes on now; nil when all is held back.
  mutating func take(_ bytes: [UInt8], isLast: Bool, at now: Int64) -> [UInt8]? {
    usage.read(bytes, at: now, isLast: isLast)
    grpcUsage?.read(bytes)
    let passed = restorer?.transform(bytes, isLast: isLast) ?? bytes
    guard collectLimit > 0 else { return passed.isEmpty && !bytes.isEmpty && !isLast ? nil : passed }
    if collected.isEmpty { collected = passed } else { collected.append(contentsOf: passed) }
    if !isLast, collected.count <= collectLimit { return nil }
    // Too long to be worth the wait, or complete.
    collectLimit = 0
    defer { collected = [] }
    return collected
  }

  /// Says what was read.
  func report(to outcome: inout RequestOutcome) {
    outcome.usage = grpcUsage?.usage ?? usage.usage
    outcome.firstContentAt = usage.firstContentAt
  }
}
