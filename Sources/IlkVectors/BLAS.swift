import CBLAS

/// The BLAS library beneath, and its threads.
package enum BLAS {
    /// Makes every BLAS call run on its caller's thread: a daemon's parallelism is its requests.
    package static func useOneThreadPerCaller() { openblas_set_num_threads(1) }

    /// Threads that a call may use.
    package static var threads: Int { Int(openblas_get_num_threads()) }

    /// Name, version, options and CPU of the library.
    package static var library: String {
        guard let text = unsafe openblas_get_config() else { return "unknown" }
        return unsafe String(cString: text)
    }
}
