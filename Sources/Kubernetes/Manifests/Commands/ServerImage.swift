/// Images whose entry point is a model server.
enum ServerImage {
  /// Judged by the last part of the image's name, without registry, tag and digest.
  static func server(of image: String) -> ContainerCommand.Server? {
    let path = image.prefix { $0 != "@" }
    guard let last = path.split(separator: "/").last else { return nil }
    let name = last.prefix { $0 != ":" }
    if name == "llm-d-inference-sim" || name == "understudy" { return .simulator }
    return name.hasPrefix("vllm-openai") || name.hasPrefix("vllm-cpu") ? .vllmServe : nil
  }
}
