extension FixUp {
  /// What newer linkers, libraries and other programs of the host refuse, and the build's own programs.
  static let programs = [
    FixUp(
      "objtool-realloc", "gcc 12 sees a pointer used after realloc() in a library of objtool's",
      symptom: .build("subcmd-util.h*after 'realloc'"), moment: .afterwards,
      tools: [ToolRange(.hostGCC, from: "12")], actions: [.makeArgument("WERROR=0")],
      provenance: "mended by 52a9dab6d892, \"libsubcmd: Fix use-after-free for realloc(..., 0)\" (5.17)",
      .verified(
        "Linux 5.10.13 with gcc 12.2 and CONFIG_STACK_VALIDATION: objtool does not build without it and builds with it; "
          + "not followed to a boot, as nothing of it is in the kernel")),
    FixUp(
      "objtool-truncation", "gcc 12 sees a text cut off in objtool",
      symptom: .build("tools/objtool/*[-Werror=*truncation"), moment: .afterwards,
      tools: [ToolRange(.hostGCC, from: "8")], actions: [.makeArgument("WERROR=0")],
      provenance: "mended by 82880283d7fc, \"objtool: Fix truncated string warning\" (6.1)", .unverified),
    FixUp(
      "objtool-symbol-table", "newer assemblers leave out a symbol table that objtool looks for",
      symptom: .build("missing symbol table"), moment: .afterwards,
      tools: [ToolRange(.binutils, from: "2.36"), ToolRange(.clang)],
      actions: [.cherryPick(CommitName("1d489151e9f9", "objtool: Don't fail on missing symbol table"))],
      provenance: "mended by 1d489151e9f9 (5.11)", .unverified),
    FixUp(
      "device-tree-lexer", "gcc 10 puts a variable that is defined twice into two places",
      symptom: .build("multiple definition of 'yylloc'"), moment: .afterwards,
      tools: [ToolRange(.hostGCC, from: "10")], actions: [.hostFlag("-fcommon")],
      provenance: "mended by e33a814e772c, \"scripts/dtc: Remove redundant YYLOC global declaration\" (5.6)",
      .verified(
        "Linux 5.10.13 with that line put back, gcc 12.2 and CONFIG_OF_UNITTEST: dtc does not link without it and links "
          + "with it; not followed to a boot, as nothing of it is in the kernel")),
    FixUp(
      "relocation-kinds", "newer assemblers mark calls in a way that the build's own program does not know",
      symptom: .build("Unsupported relocation type: R_X86_64_PLT32"), moment: .afterwards,
      tools: [ToolRange(.binutils, from: "2.31")],
      actions: [.cherryPick(CommitName("b21ebf2fb4cd", "x86: Treat R_X86_64_PLT32 as R_X86_64_PC32"))],
      provenance: "mended by b21ebf2fb4cd (4.16)", .unverified),
    FixUp(
      "address-families", "newer C libraries know address families that SELinux's own program does not",
      symptom: .build("New address family defined, please update"), moment: .afterwards,
      actions: [.config("CONFIG_SECURITY_SELINUX", "n")],
      provenance: "mended by dfbd199a7cfe, \"selinux: use kernel linux/socket.h for genheaders and mdp\" (5.1)",
      .unverified),
    FixUp(
      "time-constants", "perl 5.22 refuses the way in which a script asks whether an array is there",
      symptom: .build("Can't use 'defined(@array)'"), moment: .afterwards,
      actions: [.cherryPick(CommitName("63a3f603413f", "timeconst.pl: Eliminate Perl warning"))],
      provenance: "mended by 63a3f603413f (3.9)", .unverified),
  ]
}
