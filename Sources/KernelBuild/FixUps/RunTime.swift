extension FixUp {
  /// All rows, in the order in which they are tried. What bites at run time comes first: it builds, and then looks like
  /// the regression that is hunted.
  public static let table = runTime + compilers + programs + rest

  /// Kernels that build and then do not work, or not as they should.
  static let runTime = [
    FixUp(
      "stack-protector-secondary",
      "with a stack protector, a second processor panics when it comes up: gcc makes the last call of a function that "
        + "changes the canary a jump, and checks the canary before it",
      symptom: .console("stack-protector: Kernel stack is corrupted in: start_secondary"), moment: .ahead,
      tools: [ToolRange(.gcc, from: "10")],
      trees: [
        // From 5.8 on the canary is set before, and by another processor.
        .holds("arch/x86/kernel/smpboot.c", "boot_init_stack_canary()"),
        .lacks("arch/x86/kernel/smpboot.c", "prevent_tail_call_optimization"),
      ],
      actions: [.makeArgument("CFLAGS_smpboot.o=-fno-optimize-sibling-calls")],
      provenance: "mended by a9a3ed1eff36, \"x86: Fix early boot crash on gcc-10, third try\" (5.7)",
      .verified(
        "Linux 5.10.262 with that call put back, gcc 12.2 and CONFIG_STACKPROTECTOR_STRONG, two processors: it panics with those "
          + "words without it, and boots with it (make old-trees)")),
    FixUp(
      "two-megabyte-alignment",
      "the kernel is not loaded: the linker aligns segments to 4 KiB, and the decompressor wants 2 MiB",
      symptom: .console("Alignment of LOAD segment isn't multiple of 2MB"), moment: .ahead,
      tools: [ToolRange(.binutils, from: "2.31")],
      trees: [.holds("arch/x86/Makefile", "-mcmodel=kernel"), .lacks("arch/x86/Makefile", "max-page-size=")],
      actions: [.linkerFlag("-z max-page-size=0x200000")],
      provenance: "mended by e3d03598e8ae, \"x86/build/64: Force the linker to use 2MB page size\" (4.16)",
      .verified(
        "Linux 5.10.262 with that mending taken back and binutils 2.40: the decompressor says those words without it, and "
          + "the kernel boots with it (make old-trees)")),
    FixUp(
      "union-padding",
      "gcc 15 leaves the rest of a union undefined that is initialised with {0}, and old code copies it to user space",
      symptom: .silent("whatever comes of memory that nobody set"), moment: .ahead,
      tools: [ToolRange(.gcc, from: "15")],
      trees: [
        .lacks("Makefile", "zero-init-padding-bits"), .lacks("scripts/Makefile.extrawarn", "zero-init-padding-bits"),
      ],
      actions: [.compilerFlag("-fzero-init-padding-bits=all")],
      provenance: "mended by dce4aab8441d, \"kbuild: Use -fzero-init-padding-bits=all\" (6.14)", .unverified),
    FixUp(
      "pie-by-default",
      "distributions' compilers make position independent code where they are not told otherwise; the kernel's "
        + "questions for other options then get wrong answers, and in the end it does not compile",
      symptom: .build("code model kernel does not support PI* mode"), moment: .ahead,
      trees: [.lacks("Makefile", "-fno-PIE"), .lacks("Makefile", "-fno-pie")],
      actions: [.compilerFlag("-fno-pie")],
      provenance: "mended by 8ae94224c9d7 and c6a385539175, \"kbuild: Add -fno-PIE\" and what followed it (4.9)",
      .unverified),
    FixUp(
      "whole-builds",
      "make 4.3 reads \\# in another way, so that every command line differs from the one before: nothing is kept "
        + "from build to build",
      symptom: .silent("every build takes as long as the first"), moment: .ahead,
      tools: [ToolRange(.make, from: "4.3")],
      trees: [
        .lacks("scripts/Kbuild.include", "pound :="),
        .until(CommitName("9564a8cf422d", "Kbuild: fix # escaping in .cmd files for future Make")),
      ],
      actions: [.cherryPick(CommitName("9564a8cf422d", "Kbuild: fix # escaping in .cmd files for future Make"))],
      provenance: "mended by 9564a8cf422d (4.18)", isWish: true, .unverified),
  ]
}
