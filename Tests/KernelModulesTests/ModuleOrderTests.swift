import Testing

@testable import KernelModules

/// A kernel of tables: what each module depends on, `pre:` and `post:` recommendations, and what is built in.
private struct Kernel {
  var depends: [String: [String]] = [:]
  var before: [String: [String]] = [:]
  var after: [String: [String]] = [:]
  var builtIn: Set<String> = []
  var aliases: [String: [String]] = [:]

  func order(_ wanted: String...) async throws -> [ModuleOrder.Entry] {
    try await ModuleOrder(of: wanted) { name in
      if builtIn.contains(name) { return .builtIn }
      guard let dependencies = depends[name] else { return .absent }
      var info = ModuleInfo(name: name)
      info.dependencies = dependencies
      info.before = before[name] ?? []
      info.after = after[name] ?? []
      return .module(info)
    } resolve: { alias in
      aliases[alias] ?? (depends[alias] != nil || builtIn.contains(alias) ? [alias] : [])
    }.entries
  }
}

@Suite struct `Modules are loaded` {
  @Test func `each behind what it depends on, and once`() async throws {
    let kernel = Kernel(depends: ["xfs": ["libcrc32c", "b"], "b": ["libcrc32c"], "libcrc32c": [], "veth": []])
    #expect(try await kernel.order("xfs", "veth", "xfs").map(\.name) == ["libcrc32c", "b", "xfs", "veth"])
  }

  @Test func `but not what is built in, wanted or depended on`() async throws {
    let kernel = Kernel(depends: ["xfs": ["libcrc32c"]], builtIn: ["libcrc32c", "ext4"])
    #expect(try await kernel.order("xfs", "ext4") == [.init("xfs")])
  }

  @Test func `however their names are spelt`() async throws {
    let kernel = Kernel(depends: ["nf_tables": []])
    #expect(try await kernel.order("nf-tables", "nf_tables").map(\.name) == ["nf_tables"])
  }

  @Test func `not at all when one is missing; the one that wants it is named`() async throws {
    let kernel = Kernel(depends: ["a": ["b"], "b": ["c"]])
    await #expect(throws: ModuleOrder.Missing(name: "c", dependent: "b")) { try await kernel.order("a") }
    await #expect(throws: ModuleOrder.Missing(name: "z", dependent: nil)) { try await kernel.order("z") }
  }

  @Test func `in a circle in some order, for the kernel to refuse`() async throws {
    let kernel = Kernel(depends: ["a": ["b"], "b": ["c"], "c": ["a"]])
    #expect(try await kernel.order("a").map(\.name) == ["c", "b", "a"])
  }

  @Test func `with what they recommend before and behind them, which may fail`() async throws {
    let kernel = Kernel(
      depends: ["a": ["b"], "b": [], "p": ["q"], "q": [], "s": []], before: ["a": ["p"]], after: ["a": ["s"]])
    let order = try await kernel.order("a")
    #expect(order.map(\.name) == ["q", "p", "b", "a", "s"])
    #expect(order.filter(\.isRequired).map(\.name) == ["b", "a"])
  }

  @Test func `and what is recommended by one and needed by another is required`() async throws {
    let kernel = Kernel(depends: ["a": [], "p": ["q"], "q": []], before: ["a": ["p"]])
    #expect(try await kernel.order("a", "p").map(\.isRequired) == [true, true, true])
  }

  @Test func `without a recommendation of which a part is missing, and without what only that one needs`() async throws
  {
    let kernel = Kernel(depends: ["a": [], "p": ["q", "gone"], "q": []], before: ["a": ["p", "nothing"]])
    #expect(try await kernel.order("a").map(\.name) == ["a"])
  }

  @Test func `by every module that answers to a recommended alias`() async throws {
    let kernel = Kernel(
      depends: ["lib": [], "crc_intel": [], "crc_generic": []], before: ["lib": ["crc"]],
      aliases: ["crc": ["crc_generic", "crc_intel"]])
    #expect(try await kernel.order("lib").map(\.name) == ["crc_generic", "crc_intel", "lib"])
  }

  @Test func `when they recommend each other, once each`() async throws {
    let kernel = Kernel(depends: ["a": [], "b": []], before: ["a": ["b"], "b": ["a"]])
    #expect(try await kernel.order("a").map(\.name) == ["b", "a"])
  }
}
