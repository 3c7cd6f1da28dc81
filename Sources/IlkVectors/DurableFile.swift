import Glibc

/// Writes a file that appears whole or not at all, and stays after power loss.
///
/// The bytes go to a temporary name beside the target; ``commit()`` syncs them, renames, and syncs the folder.
/// Without it, the temporary file is removed.
package struct DurableFile: ~Copyable {
    private let path: String
    private let temporaryPath: String
    private let descriptor: Int32
    private var isCommitted = false

    package init(path: String) throws(FileError) {
        self.path = path
        temporaryPath = path + ".new"
        descriptor = unsafe open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError("create", temporaryPath) }
    }

    deinit {
        close(descriptor)
        if !isCommitted { unsafe unlink(temporaryPath) }
    }

    /// Appends bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = unsafe bytes[...]
        while let start = unsafe UnsafeRawBufferPointer(rebasing: rest).baseAddress, unsafe !rest.isEmpty {
            let written = unsafe Glibc.write(descriptor, start, rest.count)
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw FileError("write", temporaryPath) }
            unsafe rest = rest.dropFirst(written)
        }
    }

    /// Writes bytes from a place on, over what is there.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let written = unsafe pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw FileError("write", temporaryPath) }
            done += written
        }
    }

    /// Has the disk take what was written: in small parts, so that no other file's sync has to wait for much of this one.
    package func flush() throws(FileError) {
        guard fdatasync(descriptor) == 0 else { throw FileError("sync", temporaryPath) }
    }

    /// Makes the file durable under its name.
    package mutating func commit() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError("sync", temporaryPath) }
        guard unsafe rename(temporaryPath, path) == 0 else { throw FileError("rename", temporaryPath) }
        isCommitted = true
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        try Self.sync(folder.isEmpty ? "/" : folder)
    }

    /// Makes a file's bytes durable, or a folder's entries: what was created, renamed and removed in it.
    package static func sync(_ path: String) throws(FileError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError("sync", path) }
    }
}
