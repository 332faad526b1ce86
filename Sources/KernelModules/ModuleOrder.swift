/// Modules in the order in which they can be loaded, each behind what it depends on.
public struct ModuleOrder: Sendable, Equatable {
  /// One of them.
  public struct Entry: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// Whether what was wanted depends on it; what is only recommended may fail.
    public let isRequired: Bool

    /// Both.
    public init(_ name: String, isRequired: Bool = true) {
      self.name = name
      self.isRequired = isRequired
    }
  }

  /// What a kernel knows of a name.
  public enum Knowledge: Sendable, Equatable {
    /// It is part of the kernel already.
    case builtIn
    /// It has to be loaded, and says this of itself.
    case module(ModuleInfo)
    /// There is no such thing.
    case absent
  }

  /// Why there is no order.
  public struct Missing: Error, Equatable {
    /// What is not there.
    public let name: String
    /// Which module depends on it; nil when it was wanted itself.
    public let dependent: String?
  }

  /// In the order of loading.
  public private(set) var entries: [Entry] = []

  private var infos: [String: ModuleInfo] = [:]
  private var settled: Set<String> = []
  private var order: [String] = []

  /// Finds the order. Among what does not depend on each other it is that of the wish and of the modules' own lists. A
  /// circle, which the build of a kernel refuses and recommendations may have, is cut where it closes.
  ///
  /// - Parameters:
  ///   - look: What the kernel knows of a module.
  ///   - resolve: The modules that answer to a name which may be an alias.
  public init(
    of wanted: [String], look: (String) async throws -> Knowledge, resolve: (String) async throws -> [String]
  ) async throws {
    for name in wanted {
      try await visit(ModuleInfo.spelling(name), dependent: nil, isRequired: true, look, resolve)
    }
    var required: Set<String> = []
    func require(_ name: String) {
      guard let info = infos[name], required.insert(name).inserted else { return }
      for dependency in info.dependencies { require(dependency) }
    }
    for name in wanted { require(ModuleInfo.spelling(name)) }
    entries = order.map { Entry($0, isRequired: required.contains($0)) }
  }

  private mutating func visit(
    _ name: String, dependent: String?, isRequired: Bool, _ look: (String) async throws -> Knowledge,
    _ resolve: (String) async throws -> [String]
  ) async throws {
    guard settled.insert(name).inserted else { return }
    let info: ModuleInfo
    switch try await look(name) {
    case .builtIn: return
    case .absent: throw Missing(name: name, dependent: dependent)
    case .module(let found): info = found
    }
    infos[name] = info
    try await recommend(info.before, look, resolve)
    for dependency in info.dependencies {
      try await visit(dependency, dependent: name, isRequired: isRequired, look, resolve)
    }
    order.append(name)
    try await recommend(info.after, look, resolve)
  }

  /// What cannot be loaded for lack of a part is left out with all that only it wants.
  private mutating func recommend(
    _ names: [String], _ look: (String) async throws -> Knowledge, _ resolve: (String) async throws -> [String]
  ) async throws {
    for alias in names {
      for name in try await resolve(alias) {
        let before = self
        do {
          try await visit(name, dependent: nil, isRequired: false, look, resolve)
        } catch is Missing {
          self = before
        }
      }
    }
  }
}
