import Bisection
import Foundation
import GuestImage
import KernelBuild

/// The configurations that a bisection among commits may start from: the named one, or with `--base auto` the smallest that
/// shows what is hunted.
extension BuildOptions {
  /// The bases to try, the smallest first.
  var bases: [BaseClimb.Base] {
    (ladder ?? [base]).map { base in
      // The place of a file differs when a session is resumed.
      let isNamed = ["tiny", "defconfig"].contains(base)
      return BaseClimb.Base(
        word: isNamed ? base : "file", name: isNamed ? base : URL(filePath: base).lastPathComponent)
    }
  }

  /// How kernels of one of them are configured.
  func recipe(for selection: ProbeSelection, upon base: BaseClimb.Base) throws -> BuildRecipe {
    try recipe(for: selection.probes, base: base.word == "file" ? ladder?.last ?? self.base : base.word)
  }

  /// What a user may know better than we do: that the network, a quarter of a minimal kernel's work, is not needed.
  func hint(for selection: ProbeSelection) throws -> String? {
    let asked = try BuildRecipe.Assignment.list(config).map(\.text)
    guard bases[0].word == "tiny", !selection.mayUseNetwork, !asked.contains(where: NetworkWords.occur) else {
      return nil
    }
    return "the probe does not speak of the network: if that plays no part, --config NET=n makes for faster builds"
  }
}
