// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target: language mode 6, warnings are errors, upcoming features on, and the numeric
/// code optimised in debug builds too, so that the tests run at a useful speed.
let swiftSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .unsafeFlags(["-O"], .when(configuration: .debug)),
]

let cSettings: [CSetting] = [
  .treatAllWarnings(as: .error),
  .unsafeFlags(["-O2"], .when(configuration: .debug)),
]

let numerics = Target.Dependency.product(name: "Numerics", package: "swift-numerics")

/// A library target under `Sources` together with the test target of the same name under `Tests`.
///
/// `embedded`: files that the library holds as bytes in its code; `pages`: files for readers only.
func module(
  _ name: String, _ dependencies: [Target.Dependency], embedded: [String] = [],
  pages: [String] = []
) -> [Target] {
  [
    .target(
      name: name, dependencies: dependencies, exclude: pages,
      resources: embedded.map { .embedInCode($0) },
      swiftSettings: swiftSettings),
    .testTarget(
      name: "\(name)Tests", dependencies: dependencies + [.byName(name: name), "TestSupport"],
      swiftSettings: swiftSettings),
  ]
}

let arrays: [Target.Dependency] = ["Arrays", numerics]

let package = Package(
  name: "mri-ilo",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    .package(url: "https://github.com/CoreOffice/XMLCoder", from: "0.18.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", path: "Sources/CLibraries/COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CHDF5System", path: "Sources/CLibraries/CHDF5System", pkgConfig: "hdf5",
      providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(
      name: "CZLib", path: "Sources/CLibraries/CZLib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CPNGSystem", path: "Sources/CLibraries/CPNGSystem", pkgConfig: "libpng",
      providers: [.apt(["libpng-dev"])]),
    .systemLibrary(
      name: "COpenSSL", path: "Sources/CLibraries/COpenSSL", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CXLSXWriter", path: "Sources/CLibraries/CXLSXWriter", pkgConfig: "xlsxwriter",
      providers: [.apt(["libxlsxwriter-dev"])]),
    .systemLibrary(
      name: "CRmath", path: "Sources/CLibraries/CRmath", pkgConfig: "libRmath",
      providers: [.apt(["r-mathlib"])]),
    .systemLibrary(name: "CMalloc", path: "Sources/CLibraries/CMalloc"),
    .target(
      name: "CHDF5", dependencies: ["CHDF5System"], path: "Sources/CLibraries/CHDF5",
      cSettings: cSettings),
    // DCMTK's pkg-config file asks for libraries that Debian does not install with it.
    .target(
      name: "CDCMTK", path: "Sources/CLibraries/CDCMTK",
      cxxSettings: [
        .treatAllWarnings(as: .error), .unsafeFlags(["-O2"], .when(configuration: .debug)),
      ],
      linkerSettings: [
        .linkedLibrary("dcmdata"), .linkedLibrary("oflog"), .linkedLibrary("ofstd"),
      ]),
    .target(name: "Kernels", cSettings: cSettings),
    .target(
      name: "TestSupport", dependencies: ["Arrays", "Layers", "COpenSSL", numerics],
      path: "Tests/TestSupport", swiftSettings: swiftSettings),
    .executableTarget(
      name: "mri-ilo",
      dependencies: [
        "Benchmarks", "Reporting", "Experiments", "Training", "Generators", "Reconstruction",
        "LinearOperators",
        "Acquisition", "Arrays",
        "ScanFiles", "Phantoms", "Evaluation", "Optimization", numerics,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "mri-ilo", "Experiments", "Reconstruction", "Acquisition", "ScanFiles", "Generators",
        "Evaluation", "Arrays", "TestSupport",
        numerics,
      ],
      swiftSettings: swiftSettings),
  ]
    + module("Arrays", ["Kernels", "COpenBLAS", "CMalloc", numerics])
    + module("Acquisition", arrays + ["Kernels"])
    + module("Phantoms", arrays + ["Acquisition"])
    + module(
      "ScanFiles",
      arrays + [
        "Acquisition", "CDCMTK", "CHDF5", "CZLib",
        .product(name: "XMLCoder", package: "XMLCoder"),
      ],
      pages: ["README.md"])
    + module("LinearOperators", arrays + ["Acquisition", "Kernels"])
    + module("Layers", arrays + ["Kernels"])
    + module("Optimization", arrays + ["Kernels"])
    + module("Generators", arrays + ["Layers", "Optimization"])
    + module(
      "Reconstruction",
      arrays + ["Acquisition", "LinearOperators", "Layers", "Generators", "Optimization"],
      pages: ["README.md"])
    + module(
      "Training",
      arrays + [
        "Acquisition", "Phantoms", "LinearOperators", "Layers", "Optimization", "Generators",
        "Reconstruction",
      ])
    + module(
      "Evaluation",
      arrays + [
        "CPNGSystem", "CRmath", .product(name: "SwiftCSV", package: "SwiftCSV"),
      ])
    + module(
      "Experiments",
      arrays + [
        "Acquisition", "ScanFiles", "LinearOperators", "Generators", "Optimization",
        "Reconstruction", "Training", "Evaluation", "Phantoms", "COpenSSL",
        .product(name: "Yams", package: "Yams"), .product(name: "SwiftCSV", package: "SwiftCSV"),
      ])
    + module(
      "Reporting",
      arrays + [
        "ScanFiles", "Evaluation", "Experiments", "CXLSXWriter",
        .product(name: "Mustache", package: "swift-mustache"),
      ], embedded: ["HTML/Templates"])
    + module(
      "Benchmarks",
      arrays + [
        "Kernels", "Layers", "Generators", "LinearOperators", "Acquisition", "Phantoms",
        "ScanFiles", "Reconstruction", "Training", "Experiments",
      ], pages: ["README.md"]),
  cxxLanguageStandard: .cxx17
)
