import ArgumentParser

/// Where and how the server listens.
struct ListenerOptions: ParsableArguments {
  @Option(help: "An address or a name to listen on. Default: all addresses, IPv4 and IPv6.")
  var host: String?

  @Option(help: "0 picks a free port. Default: 8000.")
  var port: Int?

  @Option(help: "Listen on this Unix socket instead of a port.")
  var uds: String?

  @Option(help: "TLS certificate (PEM); needs --ssl-keyfile.")
  var sslCertfile: String?

  @Option(help: "TLS key (PEM); needs --ssl-certfile.")
  var sslKeyfile: String?

  @Flag(inversion: .prefixedNo, help: "TLS with a certificate made at the start.")
  var selfSignedCerts: Bool?

  @Option(help: "Largest request body in MB, 1 to 512. Default: 4.")
  var maxRequestBodySizeMb: Int?

  @Option(help: "Event loops, each on its own thread. Default: one per core.")
  var eventLoops: Int?
}
