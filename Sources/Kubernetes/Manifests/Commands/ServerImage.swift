/// Images whose entry point is a model server.
enum ServerImage {
  /// The program that an image starts with the container's arguments, as one would type it.
  ///
  /// Judged by the last part of the image's name, without registry, tag and digest.
  static func program(of image: String) -> [String]? {
    let path = image.prefix { $0 != "@" }
    guard let last = path.split(separator: "/").last else { return nil }
    let name = last.prefix { $0 != ":" }
    if name == "llm-d-inference-sim" || name == "understudy" { return [String(name)] }
    return name.hasPrefix("vllm-openai") || name.hasPrefix("vllm-cpu") ? ["vllm", "serve"] : nil
  }
}
