import CIlkKernels

/// The distance kernels of this CPU, chosen when the program was loaded.
package enum Kernels {
    /// `avx512vnni`, `avx512`, `avx2`, `dotprod`, `neon` or `plain`.
    package static var name: String { unsafe String(cString: selected.pointee.name) }

    /// The table itself, for loops that take its functions out once.
    static var selected: UnsafePointer<ilk_kernels> { unsafe ilk_kernels_selected() }

    /// The inner product of two vectors of shape `[dimension]`.
    package static func dot(_ a: Span<Float>, _ b: Span<Float>) -> Float {
        precondition(a.count == b.count, "dot: \(a.count) and \(b.count) components")
        // SAFETY: the kernel reads `a.count` floats from both, which live for the closures; an empty base may be nil.
        return unsafe a.withUnsafeBufferPointer { a in
            unsafe b.withUnsafeBufferPointer { b in
                unsafe a.isEmpty ? 0 : -selected.pointee.dot.one(a.baseAddress!, b.baseAddress!, a.count)
            }
        }
    }
}
