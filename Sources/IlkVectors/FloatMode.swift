import CIlkKernels

/// How this thread's CPU takes floats that are too small to be normal, under 1.2e-38.
///
/// With those a multiplication takes a hundred times as long as usual. Where they are sums of products of numbers that
/// matter to nobody, they may as well be 0.
package struct FloatMode {
    private let before: UInt64

    /// Makes 0 of them from now on, on this thread, until ``restore()``.
    package static func flushingDenormals() -> FloatMode { FloatMode(before: ilk_flush_denormals()) }

    /// Makes it as it was before, on the same thread.
    package func restore() { ilk_restore_float_mode(before) }
}
