// swift-tools-version: 6.2
import PackageDescription

// Two programs come out of this one package: `firstbad`, which runs on the host with the full Swift
// runtime, and the guest library, which `make guest` compiles as Embedded Swift for a static musl init.
// Targets marked "both" compile in either mode; DESIGN.md draws the map.

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let probeHeaders: [CSetting] = [.headerSearchPath("../../GuestProbes/include")]

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let database = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, path: "Tests/\(name)", resources: resources, swiftSettings: strict)
}

let package = Package(
  name: "firstbad",
  products: [
    .executable(name: "firstbad", targets: ["firstbad"]),
    .library(name: "Firstbad", targets: ["Firstbad"]),
    .library(name: "FirstbadTesting", targets: ["FirstbadTesting"]),
    .library(name: "FirstbadGuest", type: .static, targets: ["LinuxGuest"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // Both: the wire.
    library("VerdictStream"),

    // Guest.
    library("GuestInit", ["VerdictStream"]),
    .target(name: "ProbeKit", cSettings: probeHeaders + [.define("_GNU_SOURCE", to: "")]),
    .target(name: "CGuest", dependencies: ["ProbeKit"], cSettings: probeHeaders),
    library("LinuxGuest", ["GuestInit", "VerdictStream", "CGuest"]),

    // Host, leaves first.
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    library("HostSystem", ["CCrypto", subprocess, system]),
    library("Initramfs"),
    library("GuestImage", ["HostSystem", "Initramfs", "VerdictStream"]),
    library("ProbeLibrary", ["HostSystem", "VerdictStream"]),
    library("Judgement", ["VerdictStream"]),
    library("VirtualMachine", ["HostSystem", "Judgement", "VerdictStream", subprocess, system]),
    library("KernelPackages", ["HostSystem"]),
    library("KernelModules", ["HostSystem"]),
    library("KernelTree", ["HostSystem"]),
    library("KernelBuild", ["HostSystem", "Judgement", "VerdictStream", subprocess, system]),
    library("ImageStore", ["HostSystem", "Judgement", "KernelBuild", database]),
    library(
      "Suite",
      ["GuestImage", "HostSystem", "Initramfs", "Judgement", "KernelModules", "VerdictStream", "VirtualMachine"]),
    library(
      "Bisection",
      [
        "HostSystem", "ImageStore", "Judgement", "KernelBuild", "KernelTree", "Suite", "VerdictStream",
        "VirtualMachine",
      ]),
    library("ConfigSearch", ["Bisection", "HostSystem", "KernelBuild", "KernelTree"]),
    library(
      "Reports",
      [
        "Bisection", "ConfigSearch", "HostSystem", "Judgement", "KernelBuild", "KernelTree", "Suite", "VerdictStream",
        "VirtualMachine",
      ]),
    // For other packages: a front of the host's side in plain values, and its glue to Swift Testing.
    library(
      "Firstbad",
      ["GuestImage", "HostSystem", "Judgement", "KernelPackages", "Suite", "VerdictStream", "VirtualMachine"]),
    library("FirstbadTesting", ["Firstbad"]),
    .executableTarget(
      name: "firstbad",
      dependencies: [
        "Bisection", "ConfigSearch", "GuestImage", "HostSystem", "ImageStore", "Judgement", "KernelBuild",
        "KernelModules",
        "KernelPackages", "KernelTree", "ProbeLibrary", "Reports", "Suite",
        "VerdictStream", "VirtualMachine", arguments,
      ],
      path: "HostRunner", swiftSettings: strict),

    // Tests that boot real kernels; they drive the command that `make build` leaves.
    .target(
      name: "TestKernels", dependencies: ["HostSystem", "KernelPackages"], path: "Tests/TestKernels",
      swiftSettings: strict),
    tests("FirstbadTests", ["Firstbad", "FirstbadTesting", "HostSystem", "TestKernels"]),
    tests("EndToEndTests", ["HostSystem", "TestKernels", "VerdictStream"]),
    tests(
      "PlantedTests", ["Bisection", "ConfigSearch", "HostSystem", "Judgement", "KernelBuild", "TestKernels"]),
    tests("FaultTests", ["HostSystem", "TestKernels"]),

    // Tests, leaves first; none of these boots a kernel.
    tests("VerdictStreamTests", ["TestSupport", "VerdictStream"], resources: [.copy("Golden")]),
    tests("GuestInitTests", ["GuestInit", "VerdictStream"]),
    .target(
      name: "CGuestFixtures", dependencies: ["CGuest"], path: "Tests/CGuestFixtures", cSettings: probeHeaders),
    tests("CGuestTests", ["CGuest", "CGuestFixtures"]),
    tests("InitramfsTests", ["Initramfs"]),
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    tests("HostSystemTests", ["HostSystem", "TestSupport"]),
    tests("GuestImageTests", ["GuestImage", "HostSystem", "Initramfs", "TestSupport", "VerdictStream"]),
    tests("ProbeLibraryTests", ["HostSystem", "ProbeLibrary", "TestSupport", "VerdictStream"]),
    tests("JudgementTests", ["Judgement", "VerdictStream"], resources: [.copy("Consoles")]),
    tests(
      "VirtualMachineTests", ["HostSystem", "Judgement", "TestSupport", "VerdictStream", "VirtualMachine"]),
    tests("KernelTreeTests", ["HostSystem", "KernelTree", "TestSupport"]),
    tests(
      "KernelBuildTests", ["HostSystem", "Judgement", "KernelBuild", "TestSupport"], resources: [.copy("Logs")]),
    tests("ImageStoreTests", ["HostSystem", "ImageStore", "Judgement", "KernelBuild", "TestSupport"]),
    tests(
      "BisectionTests",
      ["Bisection", "HostSystem", "ImageStore", "Judgement", "KernelTree", "TestSupport", "VerdictStream"]),
    tests("ConfigSearchTests", ["Bisection", "ConfigSearch", "HostSystem", "Judgement", "KernelBuild", "TestSupport"]),
    tests("KernelPackagesTests", ["HostSystem", "KernelPackages", "TestSupport"]),
    tests("KernelModulesTests", ["HostSystem", "KernelModules", "TestSupport"]),
    tests(
      "SuiteTests",
      ["HostSystem", "Judgement", "KernelModules", "Suite", "TestSupport", "VerdictStream", "VirtualMachine"]),
    tests(
      "ReportsTests",
      ["Bisection", "Judgement", "KernelTree", "Reports", "Suite", "TestSupport", "VerdictStream", "VirtualMachine"]),
  ]
)
