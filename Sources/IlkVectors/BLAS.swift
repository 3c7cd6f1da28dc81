import CBLAS
import Glibc

/// The BLAS library beneath, and its threads.
package enum BLAS {
    /// Starts the program anew where OpenBLAS took this CPU for one of twenty years ago; call it before anything else.
    ///
    /// OpenBLAS chooses its kernels when it is loaded, by a list of CPUs. That of 0.3.21, as in Debian 12, ends before 2023: of
    /// later ones it knows nothing, and takes them for a Prescott. Products then ran several times slower, and inverting a
    /// matrix of some thousand rows crashed. `OPENBLAS_CORETYPE` names the kernels; one that is set is left alone.
    package static func restartForThisCPU() {
        let variable = "OPENBLAS_CORETYPE"
        let wanted = Kernels.name.hasPrefix("avx512") ? "SkylakeX" : "Haswell"
        guard Kernels.name.hasPrefix("avx"), unsafe getenv(variable) == nil,
            let core = unsafe openblas_get_corename(), unsafe strcasecmp(core, "prescott") == 0,
            unsafe setenv(variable, wanted, 1) == 0
        else { return }
        var path = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        guard unsafe readlink("/proc/self/exe", &path, Int(PATH_MAX)) > 0 else { return }
        // Where it fails, the program goes on with the kernels that there are.
        _ = unsafe execv(path, CommandLine.unsafeArgv)
    }

    /// Threads that a call may use: always 1, for a daemon's parallelism is its requests.
    package static var threads: Int { Int(openblas_get_num_threads()) }

    /// Name, version, options and CPU of the library.
    package static var library: String {
        guard let text = unsafe openblas_get_config() else { return "unknown" }
        return unsafe String(cString: text)
    }
}
