import Firstbad

/// The kernels that the suite is about: the oldest and the newest that match. `FIRSTBAD_PACKAGES` in the environment would be
/// a way to let CI choose; here two are enough.
enum Kernels {
  static let all = Task {
    let kernels = try await Kernel.packages(matching: "linux-image-6.1.0-*-cloud-amd64")
    return kernels.count > 2 ? [kernels[0], kernels[kernels.count - 1]] : kernels
  }
}
