// swift-tools-version: 6.3

import PackageDescription

// The rooms are links to the main package's sources, so that no more is built than what a pick runs through; and
// Fleet's folders Picking and Metrics are compiled into the program, which lets it call what the front door calls.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

let package = Package(
  name: "picks",
  dependencies: [.package(url: "https://github.com/apple/swift-collections", from: "1.6.0")],
  targets: [
    .systemLibrary(name: "CMicrohttpd", pkgConfig: "libmicrohttpd"),
    .systemLibrary(name: "CJSONC", pkgConfig: "json-c"),
    .systemLibrary(name: "CGnuTLS", pkgConfig: "gnutls"),
    .systemLibrary(name: "CLinux"),
    .target(name: "Files", swiftSettings: settings),
    .target(name: "JSON", dependencies: ["CJSONC"], swiftSettings: settings),
    .target(name: "Simulation", swiftSettings: settings),
    .target(name: "EndpointPicking", swiftSettings: settings),
    .target(name: "Prometheus", swiftSettings: settings),
    .target(
      name: "HTTPServer",
      dependencies: [
        "CMicrohttpd", "CGnuTLS", "CLinux", "Files", .product(name: "HeapModule", package: "swift-collections"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "picks", dependencies: ["EndpointPicking", "HTTPServer", "JSON", "Prometheus", "Simulation"],
      swiftSettings: settings),
  ]
)
