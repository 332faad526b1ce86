import HostSystem
import TestSupport
import Testing

@testable import VirtualMachine

@Suite struct `A bzImage` {
  private let image = BzImage()

  @Test func `tells which kernel it is`() throws {
    let scratch = try Scratch()
    let file = try scratch.file(
      "linux-image-6.1.0-37-cloud-amd64_6.1.140-1/boot/vmlinuz-6.1.0-37", image.bytes)
    let kernel = try KernelImage(at: file.path)
    #expect(kernel.version == image.version)
    #expect(kernel.release == "6.1.0-37-cloud-amd64")
    #expect(kernel.label == "6.1.0-37-cloud-amd64")
    #expect(kernel.package?.name == "linux-image-6.1.0-37-cloud-amd64")
    #expect(kernel.package?.version == "6.1.140-1")
    #expect(try kernel.sha256().count == 64)
  }

  @Test func `without a version string is taken, but tells nothing`() throws {
    var image = image
    image.version = ""
    let scratch = try Scratch()
    let kernel = try KernelImage(at: try scratch.file("bzImage", image.bytes).path)
    #expect(kernel.version == nil)
    #expect(kernel.label == "bzImage")
    #expect(kernel.package == nil)
  }

  @Test(arguments: [0, 1, 4, 30]) func `is whole by its header's own count`(_ sectors: Int) throws {
    var image = image
    image.setupSectors = sectors
    // The version string lies in the second sector; with one sector of set-up it is still in the file.
    let header = try #require(BootHeader(image.bytes))
    let whole = image.bytes.count
    #expect(header.fault(fileSize: whole) == nil)
    #expect(header.fault(fileSize: whole + 4096) == nil)
    #expect(header.fault(fileSize: whole - 15) == nil)
    #expect(header.fault(fileSize: whole - 16) == "is cut short: \(whole - 16) of \(whole) bytes")
    #expect(header.fault(fileSize: 0) != nil)
  }

  @Test(arguments: [
    (0x20F, 0, true), (0x20F, 1, false), (0x20F, 0x3F, false), (0x20C, 0, true), (0x20B, 0, false),
  ])
  func `of 32 bits is refused where the protocol says so`(_ version: Int, _ flags: Int, _ isRefused: Bool)
    throws
  {
    var image = image
    (image.protocolVersion, image.loadFlags) = (version, flags)
    let fault = try #require(BootHeader(image.bytes)).fault(fileSize: image.bytes.count)
    #expect((fault == "is a 32-bit kernel") == isRefused)
  }

  // No cut of the header may read beyond its bytes.
  @Test func `cut anywhere is refused, never a trap`() throws {
    let bytes = image.bytes
    for size in 0..<bytes.count - 15 {
      let header = BootHeader(Array(bytes.prefix(size)))
      #expect(header == nil || header?.fault(fileSize: size) != nil)
    }
  }

  @Test(arguments: [0, 1, 0x50, 0xFFFF]) func `whose version points anywhere is read without harm`(
    _ pointer: Int
  ) throws {
    var bytes = image.bytes
    (bytes[0x20E], bytes[0x20F]) = (UInt8(pointer & 0xFF), UInt8(pointer >> 8))
    let version = try #require(BootHeader(bytes)).version
    #expect(version != image.version)
  }
}

@Suite struct `What is no kernel is refused` {
  private static func elf(_ machine: UInt8, is64: Bool = true, size: Int = 128) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    bytes.replaceSubrange(0..<6, with: [0x7F, 0x45, 0x4C, 0x46, is64 ? 2 : 1, 1])
    bytes[0x12] = machine
    return bytes
  }

  private static func arm64() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 128)
    bytes.replaceSubrange(0x38..<0x3C, with: Array("ARMd".utf8))
    return bytes
  }

  @Test(
    arguments: [
      ([], "is empty"), (Array("#!/bin/sh\n".utf8), "is no kernel"),
      ([UInt8](repeating: 0, count: 70_000), "is no kernel"),
      (elf(183), "is an ELF file of another architecture"), (elf(62, is64: false), "another architecture"),
      (elf(62, size: 64), "another architecture"), (arm64(), "is for arm64"),
      (Array(BzImage().bytes.prefix(3000)), "is cut short: 3000 of 3584 bytes"),
    ] as [([UInt8], String)])
  func `by its bytes, with words that say why`(_ bytes: [UInt8], _ why: String) throws {
    let scratch = try Scratch()
    let path = try scratch.file("vmlinuz", bytes).path
    let failure = #expect(throws: Failure.self) { try KernelImage(at: path) }
    #expect(failure?.kind == .badInput)
    #expect(failure?.message.contains(why) == true)
    #expect(failure?.remedy != nil)
  }

  @Test func `when it is a folder, or is not there`() throws {
    let scratch = try Scratch()
    for path in [scratch.url.path, scratch.url.path + "/nothing"] {
      let failure = #expect(throws: Failure.self) { try KernelImage(at: path) }
      #expect(failure?.message.contains("cannot be read") == true)
    }
  }

  @Test func `but a vmlinux for x86-64 is one`() throws {
    let scratch = try Scratch()
    let kernel = try KernelImage(at: try scratch.file("vmlinux", Self.elf(62)).path)
    #expect(kernel.version == nil)
    #expect(kernel.label == "vmlinux")
  }

  // linux_banner, behind the format of the same words that /proc/version is made by.
  @Test func `a vmlinux has its version in the first line of its log`() throws {
    let scratch = try Scratch()
    let text = """
      \(String(repeating: "x", count: 70_000))%s version %s (me@here) (gcc (Debian) 12.2.0) %s\0Linux version %s\0\
      Linux version 6.1.0-rc3+ (me@here) (gcc (Debian 12.2.0-14) 12.2.0, GNU ld 2.40) #7 SMP Debian 6.1.192-2\n\0
      """
    let kernel = try KernelImage(at: try scratch.file("vmlinux", Self.elf(62) + Array(text.utf8)).path)
    #expect(kernel.version == "6.1.0-rc3+ (me@here) #7 SMP Debian 6.1.192-2")
    #expect(kernel.release == "6.1.0-rc3+" && kernel.versionText == "#7 SMP Debian 6.1.192-2")
  }
}

@Suite struct `A kernel's configuration` {
  private let text = """
    # Automatically generated file; DO NOT EDIT.
    CONFIG_INET=y
    CONFIG_TUN=m
    # CONFIG_IPV6 is not set
    CONFIG_HZ=250
    CONFIG_CMDLINE="a=b"

    """

  @Test(arguments: [
    ("vmlinuz-6.1.0", "config-6.1.0"), ("arch/x86/boot/bzImage", ".config"), ("bzImage", ".config"),
    ("usr/lib/modules/6.1.0/vmlinuz", "usr/lib/modules/6.1.0/config"),
  ])
  func `is found where kernels keep it`(_ kernel: String, _ config: String) throws {
    let scratch = try Scratch()
    let image = try KernelImage(at: try scratch.file(kernel, BzImage().bytes).path)
    #expect(KernelConfig(of: image) == nil)
    try scratch.file(config, text)
    let found = try #require(KernelConfig(of: image))
    #expect(config.hasSuffix(found.file.lastPathComponent))
    #expect(found["CONFIG_HZ"] == "250")
    #expect(found["CONFIG_CMDLINE"] == "\"a=b\"")
    #expect(found["CONFIG_IPV6"] == nil)
    #expect(found["CONFIG_TUN"] == "m")
    #expect(found["CONFIG_IN"] == nil)
    #expect(found.values { $0.hasPrefix("CONFIG_H") || $0 == "CONFIG_INET" }.sorted() == ["250", "y"])
  }
}
