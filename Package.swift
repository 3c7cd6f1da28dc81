// swift-tools-version: 6.2
import PackageDescription

/// One array for every Swift target: what the compiler can check, it checks, and a warning is an error.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// A Swift target of the house: `scripts/check-floors` holds its imports to the table in docs/ARCHITECTURE.md.
func floor(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

func benchmark(_ name: String, _ path: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "ilk",
    products: [
        .executable(name: "ilk", targets: ["ilk"]),
        .library(name: "IlkClient", targets: ["IlkClient", "IlkProtocol"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Floor 0: C.
        .target(name: "CIlkKernels", cSettings: [.unsafeFlags(["-O3"])]),
        .systemLibrary(name: "CBLAS", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CLAPACKE", providers: [.apt(["liblapacke-dev"])]),
        .systemLibrary(name: "CRoaring", providers: [.apt(["libroaring-dev"])]),
        .systemLibrary(name: "CXXHash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "CICU",
            linkerSettings: [.linkedLibrary("icuuc"), .linkedLibrary("icui18n"), .linkedLibrary("icudata")]),
        .target(
            name: "CMarkup", cSettings: [.unsafeFlags(["-I/usr/include/libxml2"])],
            linkerSettings: [.linkedLibrary("xml2")]),
        .target(name: "CSimdjson", cxxSettings: [.unsafeFlags(["-O3"])], linkerSettings: [.linkedLibrary("simdjson")]),

        // Floor 1
        floor("IlkVectors", ["CIlkKernels", "CBLAS", "CLAPACKE", "CXXHash"]),
        floor("IlkProtocol", ["CSimdjson"]),

        // Floor 2
        floor("IlkANN", ["IlkVectors"]),
        floor("IlkFilter", ["IlkVectors", "IlkProtocol", "CRoaring"]),
        floor("IlkDatasets", ["IlkVectors", "IlkProtocol", "CZlib"]),
        floor("IlkEmbedding", ["IlkVectors", "IlkProtocol", "CZlib"]),
        floor("IlkLexical", ["IlkVectors", "IlkProtocol", "CICU"]),
        floor("IlkCollaborative", ["IlkVectors"]),

        // Floor 3
        floor(
            "IlkCollection",
            ["IlkVectors", "IlkProtocol", "IlkANN", "IlkFilter", "IlkEmbedding", "IlkLexical", grdb]),

        // Floor 4
        floor(
            "IlkKnowledge",
            ["IlkVectors", "IlkProtocol", "IlkEmbedding", "IlkLexical", "IlkCollection", "CMarkup"]),
        floor("IlkThemes", ["IlkVectors", "IlkProtocol", "IlkFilter", "IlkLexical", "IlkCollection"]),
        floor(
            "IlkMatching",
            ["IlkVectors", "IlkProtocol", "IlkANN", "IlkFilter", "IlkCollaborative", "IlkCollection", grdb]),

        // Floor 5
        floor(
            "IlkService",
            [
                "IlkVectors", "IlkProtocol", "IlkEmbedding", "IlkLexical", "IlkCollection", "IlkKnowledge",
                "IlkMatching", "IlkThemes", grdb, logging,
            ]),

        // Floor 6
        floor("IlkServer", ["IlkProtocol", "IlkService", nio, nioPosix, lifecycle, logging]),
        floor("IlkClient", ["IlkProtocol", nio, nioPosix]),

        // Floor 7
        .executableTarget(
            name: "ilk",
            dependencies: [
                "IlkVectors", "IlkProtocol", "IlkDatasets", "IlkEmbedding", "IlkCollaborative", "IlkCollection",
                "IlkThemes", "IlkService", "IlkServer", "IlkClient",
                arguments, lifecycle, signals, logging,
            ],
            swiftSettings: settings),

        // Benchmarks
        benchmark(
            "bench-recall", "benchmarks/Recall", ["IlkVectors", "IlkANN", "IlkDatasets", "IlkProtocol", arguments]),
        benchmark("bench-load", "benchmarks/Load", ["IlkVectors", "IlkProtocol", "IlkDatasets", arguments]),
        benchmark("bench-embedding", "benchmarks/Embedding", ["IlkVectors", "IlkProtocol", "IlkEmbedding", arguments]),
        benchmark(
            "bench-matching", "benchmarks/Matching",
            ["IlkVectors", "IlkProtocol", "IlkDatasets", "IlkCollaborative", arguments]),
        benchmark(
            "bench-retrieval", "benchmarks/Retrieval",
            ["IlkVectors", "IlkProtocol", "IlkEmbedding", "IlkLexical", arguments]),
        benchmark(
            "bench-shop", "benchmarks/Shop",
            ["IlkVectors", "IlkProtocol", "IlkCollection", "IlkMatching", arguments]),

        // Tests
        .target(
            name: "IlkTestSupport", dependencies: ["IlkVectors", "IlkProtocol"], path: "Tests/IlkTestSupport",
            swiftSettings: settings),
        tests("IlkVectorsTests", ["IlkVectors", "CIlkKernels", "IlkTestSupport"]),
        tests("IlkProtocolTests", ["IlkProtocol", "IlkTestSupport"]),
        tests("IlkANNTests", ["IlkANN", "IlkVectors", "IlkTestSupport"]),
        tests("IlkFilterTests", ["IlkFilter", "IlkVectors", "IlkProtocol", "IlkTestSupport"]),
        tests("IlkDatasetsTests", ["IlkDatasets", "IlkVectors", "IlkProtocol", "IlkTestSupport"]),
        tests(
            "IlkEmbeddingTests", ["IlkEmbedding", "IlkVectors", "IlkProtocol", "IlkTestSupport"],
            exclude: ["Fixtures"]),
        tests("IlkLexicalTests", ["IlkLexical", "IlkVectors", "IlkProtocol", "IlkTestSupport"]),
        tests(
            "IlkCollaborativeTests", ["IlkCollaborative", "IlkVectors", "IlkProtocol", "IlkTestSupport"],
            exclude: ["Fixtures"]),
        tests(
            "IlkKnowledgeTests",
            [
                "IlkKnowledge", "IlkCollection", "IlkEmbedding", "IlkLexical", "IlkVectors", "IlkProtocol",
                "IlkTestSupport",
            ]),
        tests(
            "IlkThemesTests",
            ["IlkThemes", "IlkCollection", "IlkEmbedding", "IlkFilter", "IlkVectors", "IlkProtocol", "IlkTestSupport"]),
        tests(
            "IlkCollectionTests",
            [
                "IlkCollection", "IlkANN", "IlkFilter", "IlkEmbedding", "IlkLexical", "IlkVectors", "IlkProtocol",
                "IlkTestSupport", grdb,
            ]),
        tests(
            "IlkMatchingTests",
            ["IlkMatching", "IlkCollection", "IlkFilter", "IlkVectors", "IlkProtocol", "IlkTestSupport", grdb]),
        tests("IlkServiceTests", ["IlkService", "IlkCollection", "IlkEmbedding", "IlkProtocol", "IlkTestSupport"]),
        tests("SystemTests", ["IlkClient", "IlkProtocol", "IlkTestSupport", "ilk"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
