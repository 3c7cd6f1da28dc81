import Glibc

/// A read-only mapping of a whole file, unmapped when its owner goes away.
@safe package struct MappedFile: ~Copyable {
    private let base: UnsafeRawBufferPointer

    /// - Throws: ``FileError``, with the path and the system's reason.
    package init(path: String) throws(FileError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw FileError("examine", path) }
        let count = Int(status.st_size)
        guard count > 0 else {
            unsafe base = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let mapped = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard unsafe mapped != MAP_FAILED else { throw FileError("map", path) }
        unsafe madvise(mapped, count, MADV_SEQUENTIAL)
        unsafe base = UnsafeRawBufferPointer(start: mapped, count: count)
    }

    deinit {
        if let start = unsafe base.baseAddress {
            unsafe munmap(UnsafeMutableRawPointer(mutating: start), base.count)
        }
    }

    package var count: Int { unsafe base.count }

    /// Lends the file's bytes for the length of `body`.
    package func withBytes<R, E>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try unsafe body(base)
    }
}

/// What the system said about a file.
package struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ action: String, _ path: String) {
        description = unsafe "could not \(action) \(path): \(String(cString: strerror(errno)))"
    }
}
