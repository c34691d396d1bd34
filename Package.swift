// swift-tools-version: 6.3

import PackageDescription

// The macros of Swift Testing expand to code with warnings, so tests are spared that one setting.
let testSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let settings: [SwiftSetting] =
  testSettings + [
    .treatAllWarnings(as: .error),
    // Debug builds, and with them the tests, check exclusive access; a release does not pay for it per token.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
  ]

// Some dependencies import Foundation: without this, a member of it may be taken unseen, and the binary grows by 45 MB.
let settingsWithoutFoundation = settings + [SwiftSetting.enableUpcomingFeature("MemberImportVisibility")]

/// One target per room of docs/architecture.md; a room imports only rooms on lower floors.
let package = Package(
  name: "understudy",
  products: [.executable(name: "understudy", targets: ["understudy"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.1"),
  ],
  targets: [
    // Floor 0: the system's libraries.
    .systemLibrary(
      name: "CMicrohttpd", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
    .systemLibrary(name: "CJSONC", pkgConfig: "json-c", providers: [.apt(["libjson-c-dev"])]),
    .systemLibrary(name: "CGnuTLS", pkgConfig: "gnutls", providers: [.apt(["libgnutls28-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-gnutls-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CLinux"),

    // Floor 1: pure parts and the two wire libraries.
    .target(name: "Files", swiftSettings: settings),
    .target(name: "Simulation", swiftSettings: settings),
    .target(name: "EndpointPicking", swiftSettings: settings),
    .target(name: "Prometheus", swiftSettings: settings),
    .target(name: "JSON", dependencies: ["CJSONC"], swiftSettings: settings),
    .target(name: "YAML", dependencies: ["CYAML"], swiftSettings: settings),
    .target(
      name: "HTTPServer",
      dependencies: [
        "CMicrohttpd", "CGnuTLS", "CLinux", "Files",
        .product(name: "HeapModule", package: "swift-collections"),
      ],
      swiftSettings: settings),

    .target(name: "HTTPClient", dependencies: ["HTTPServer", "CCurl"], swiftSettings: settings),

    // Floor 2: wire types and manifests.
    .target(name: "Kubernetes", dependencies: ["EndpointPicking", "YAML"], swiftSettings: settings),
    .target(name: "OpenAIAPI", dependencies: ["JSON"], swiftSettings: settings),

    .target(
      name: "KubernetesClient",
      dependencies: ["EndpointPicking", "Files", "HTTPClient", "HTTPServer", "JSON", "Kubernetes", "YAML"],
      swiftSettings: settings),

    .target(
      name: "ExternalProcessor",
      dependencies: [
        "EndpointPicking", "Files", "JSON", "OpenAIAPI",
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
        .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
        .product(name: "NIOCertificateReloading", package: "swift-nio-extras"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["Protos"],
      swiftSettings: settingsWithoutFoundation),

    // Floor 3: one simulated vLLM server.
    .target(
      name: "ModelServer",
      dependencies: [
        "Simulation", "Prometheus", "JSON", "HTTPServer", "OpenAIAPI",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),

    // Floor 4: many of them, the picker and the front door.
    .target(
      name: "Fleet",
      dependencies: [
        "EndpointPicking", "Files", "Prometheus", "JSON", "YAML", "HTTPServer", "HTTPClient", "Kubernetes", "OpenAIAPI",
        "ModelServer", "ExternalProcessor", "KubernetesClient",
        .product(name: "Logging", package: "swift-log"),
      ],
      resources: [.embedInCode("Live/ui.html")],
      swiftSettings: settings),

    // Floor 5: the command line.
    .executableTarget(
      name: "understudy",
      dependencies: [
        "Fleet",
        "ModelServer",
        "EndpointPicking",
        "Files",
        "Kubernetes",
        "KubernetesClient",
        "HTTPClient",
        "Simulation",
        "HTTPServer",
        "JSON",
        "Prometheus",
        "YAML",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settingsWithoutFoundation,
      // Nothing is loaded into the program that would look for its symbols. Their tables are 5 MB and 2 ms of each start.
      linkerSettings: [.unsafeFlags(["-Xlinker", "--no-export-dynamic"], .when(configuration: .release))]),

    .target(name: "TestSupport", dependencies: ["Files"], path: "Tests/TestSupport", swiftSettings: settings),
    .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"], swiftSettings: testSettings),
    .testTarget(name: "SimulationTests", dependencies: ["Simulation"], swiftSettings: testSettings),
    .testTarget(
      name: "EndpointPickingTests", dependencies: ["Simulation", "EndpointPicking"], swiftSettings: testSettings),
    .testTarget(name: "YAMLTests", dependencies: ["YAML"], swiftSettings: testSettings),
    .testTarget(
      name: "KubernetesTests", dependencies: ["Kubernetes", "EndpointPicking", "YAML"], swiftSettings: testSettings),
    .testTarget(name: "PrometheusTests", dependencies: ["Simulation", "Prometheus"], swiftSettings: testSettings),
    .testTarget(name: "JSONTests", dependencies: ["Simulation", "JSON"], swiftSettings: testSettings),
    .testTarget(
      name: "OpenAIAPITests", dependencies: ["Simulation", "OpenAIAPI", "JSON"], swiftSettings: testSettings),
    .testTarget(name: "HTTPServerTests", dependencies: ["Simulation", "HTTPServer"], swiftSettings: testSettings),
    .testTarget(
      name: "HTTPClientTests", dependencies: ["TestSupport", "HTTPClient", "HTTPServer", "CGnuTLS"],
      swiftSettings: testSettings),
    .testTarget(
      name: "ExternalProcessorTests",
      dependencies: [
        "Simulation", "ExternalProcessor", "EndpointPicking", "HTTPServer", "OpenAIAPI",
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
        .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      swiftSettings: testSettings),
    .testTarget(
      name: "KubernetesClientTests",
      dependencies: [
        "TestSupport", "Simulation", "KubernetesClient", "EndpointPicking", "HTTPClient", "HTTPServer", "JSON",
        "Kubernetes", "YAML",
      ],
      swiftSettings: testSettings),
    .testTarget(
      name: "ModelServerTests", dependencies: ["ModelServer", "Prometheus", "Simulation"], swiftSettings: testSettings),
    .testTarget(
      name: "FleetTests",
      dependencies: [
        "Simulation", "Fleet", "EndpointPicking", "Files", "HTTPClient", "HTTPServer", "JSON", "Kubernetes",
        "ModelServer",
        "OpenAIAPI",
        "Prometheus", "YAML",
      ],
      swiftSettings: testSettings),
    .testTarget(
      name: "UnderstudyTests",
      dependencies: [
        "TestSupport", "understudy", "EndpointPicking", "Fleet", "HTTPClient", "HTTPServer", "Kubernetes",
        "ModelServer", "Simulation",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: testSettings),
  ]
)
