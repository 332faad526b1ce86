/// The variables that git is started with.
///
/// A hook of git's starts its programs with GIT_DIR, GIT_INDEX_FILE and more of the kind; they would turn every
/// command of ours towards the repository of that hook. git-rev-parse(1) lists them under --local-env-vars, and
/// others (GIT_EXTERNAL_DIFF, GIT_TRACE, GIT_LITERAL_PATHSPECS) change what is put out. So what is not known to be
/// harmless goes.
enum GitEnvironment {
  /// What stays: where git, its configuration and the borders of its search are.
  static let kept: Set<String> = [
    "GIT_EXEC_PATH", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
  ]

  /// What is set in every repository.
  static let always: [String: String] = [
    // git's words go into our failures, which are English.
    "LC_ALL": "C",
    // Without it a mere question may write the user's index.
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    // A partial clone fetches what it lacks in the middle of any command. No protocol has this name.
    "GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1",
  ]

  /// What is set in repositories of ours, besides: the user's configuration has no say there, and nobody's name and
  /// clock are needed for a commit that only lives for a merge.
  static let ours: [String: String] = [
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1", "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_AUTHOR_NAME": "firstbad", "GIT_AUTHOR_EMAIL": "firstbad", "GIT_AUTHOR_DATE": "@1 +0000",
    "GIT_COMMITTER_NAME": "firstbad", "GIT_COMMITTER_EMAIL": "firstbad", "GIT_COMMITTER_DATE": "@1 +0000",
  ]

  /// What to set and, with nil, to unset in an environment as we found it.
  static func changes(to environment: [String: String], isOurs: Bool) -> [String: String?] {
    var changes: [String: String?] = [:]
    for name in environment.keys where name.hasPrefix("GIT_") && !kept.contains(name) {
      changes.updateValue(nil, forKey: name)
    }
    changes.merge(always) { $1 }
    if isOurs { changes.merge(ours) { $1 } }
    return changes
  }
}
