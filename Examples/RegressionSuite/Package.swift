// swift-tools-version: 6.2
import PackageDescription

// A team's regression suite: a test target and nothing else. In a package of your own the dependency is
// `.package(url: "...", from: "...")`.
let package = Package(
  name: "RegressionSuite",
  dependencies: [.package(name: "firstbad", path: "../..")],
  targets: [
    .testTarget(
      name: "RegressionSuite",
      dependencies: [
        .product(name: "Firstbad", package: "firstbad"),
        .product(name: "FirstbadTesting", package: "firstbad"),
      ],
      resources: [.copy("Probes")])
  ]
)
