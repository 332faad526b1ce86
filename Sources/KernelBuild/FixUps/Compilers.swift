extension FixUp {
  /// What newer compilers refuse.
  static let compilers = [
    FixUp(
      "c23-keywords", "gcc 15 takes the kernel's own bool, true and false for keywords where no standard is named",
      symptom: .build("cannot use keyword 'false' as enumeration constant"), moment: .afterwards,
      tools: [ToolRange(.gcc, from: "15")],
      actions: [.compilerFlag("-std=gnu11")],
      provenance: "mended by b3bee1e7c3f2, ee2ab467bddf, 8ba14d9f490a (6.7 to 6.14), a makefile at a time", .unverified),
    FixUp(
      "c23-bool", "the same, where it is the type that is met first",
      symptom: .build("error: 'bool' cannot be defined via 'typedef'"), moment: .afterwards,
      tools: [ToolRange(.gcc, from: "15")], actions: [.compilerFlag("-std=gnu11")],
      provenance: "see c23-keywords", .unverified),
    FixUp(
      "control-flow-protection",
      "a compiler that protects the flow of control by default does not go with the kernel's retpolines",
      symptom: .build("'-mindirect-branch' and '-fcf-protection' are not compatible"), moment: .afterwards,
      tools: [ToolRange(.gcc, from: "8")], trees: [.lacks("Makefile", "-fcf-protection=none")],
      actions: [.compilerFlag("-fcf-protection=none")],
      provenance: "mended by 29be86d7f9cb, \"kbuild: add -fcf-protection=none when using retpoline flags\" (5.3)",
      .unverified),
    FixUp(
      "compiler-header", "up to 4.1 there is a header for each version of gcc, and none for those to come",
      symptom: .build("linux/compiler-gcc*.h: No such file"), moment: .afterwards,
      tools: [ToolRange(.gcc, from: "5")], trees: [.holds("include/linux/compiler-gcc.h", "gcc_header")],
      actions: [.copy(to: "include/linux/compiler-gcc%.h", from: "include/linux/compiler-gcc*.h")],
      provenance: "mended by cb984d101b30, \"compiler-gcc: integrate the various compiler-gcc[345].h files\" (4.2)",
      .unverified),
    FixUp(
      "log-of-nothing", "gcc 7 works out a branch that is never taken, and calls a function that there is not",
      symptom: .build("undefined reference to '____ilog2_NaN'"), moment: .afterwards,
      tools: [ToolRange(.gcc, from: "7")], trees: [.holds("include/linux/log2.h", "____ilog2_NaN")],
      actions: [.cherryPick(CommitName("474c90156c8d", "give up on gcc ilog2() constant optimizations"))],
      provenance: "mended by 474c90156c8d (4.11)", .unverified),
    FixUp(
      "cold-shifts",
      "Swift's clang makes what is seldom run as small as can be, and of a shift of 128 bits there a call of a function "
        + "that the kernel has only on other processors",
      symptom: .build("undefined reference to '__lshrti3'"), moment: .ahead, tools: [ToolRange(.swiftClang)],
      trees: [.holds("arch/x86/Makefile", "-mcmodel=kernel")], actions: [.compilerFlag("-Xclang -fno-split-cold-code")],
      provenance: "LLVM's pass HotColdSplitting marks such functions minsize; only Apple's branch runs it unasked",
      .verified(
        "Linux 5.10.262 with clang 21.0.0 of Swift 6.3.1: vmlinux does not link without it (tsc.o asks for __lshrti3), and "
          + "boots with it (make old-trees)")),
  ]
}

extension FixUp {
  /// What stands in for all that nobody has a row for yet; asked last.
  static let rest = [
    FixUp(
      "new-warnings", "a folder asks for warnings to be errors, and a newer compiler warns of more",
      symptom: .build("[-Werror"), moment: .afterwards, actions: [.makeArgument("KCFLAGS=-Wno-error")],
      provenance: "each new compiler brings some; CONFIG_WERROR is off in every kernel of ours", .unverified)
  ]
}
