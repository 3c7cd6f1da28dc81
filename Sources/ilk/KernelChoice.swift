import Foundation
import IlkVectors

/// The distance kernels that `ILK_KERNELS` asks for.
enum KernelChoice {
    /// Says so where this machine does not have them: a measurement would else be of others than it says.
    static func warn() {
        guard let asked = ProcessInfo.processInfo.environment["ILK_KERNELS"], !asked.isEmpty else { return }
        // The old name of the plain ones.
        guard asked != Kernels.name, !(asked == "scalar" && Kernels.name == "plain") else { return }
        Output.note(
            "ilk: ILK_KERNELS is '\(asked)', which is not available here; using \(Kernels.name). "
                + "Known are plain, avx2, avx512 and neon, as far as the CPU has them")
    }
}
