import Glibc
import IlkProtocol

/// The few things that a model store does to folders.
enum FolderFiles {
    enum Kind { case file, folder }

    /// What lies at a path, links followed; nil if nothing does.
    static func kind(_ path: String) -> Kind? {
        guard let status = status(path) else { return nil }
        return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
    }

    static func isFile(_ path: String) -> Bool { kind(path) == .file }

    /// Bytes of a file and when they were last written, in nanoseconds since 1970; nil if there is no file.
    static func facts(_ path: String) -> (bytes: Int, written: Int)? {
        guard let status = status(path), status.st_mode & S_IFMT == S_IFREG else { return nil }
        return (Int(status.st_size), status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec)
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status : nil
    }

    /// Names in a folder, sorted; none where it cannot be read.
    static func names(in folder: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                // SAFETY: the system ends a name by a zero within the field.
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The files below a folder, as paths relative to it; names that begin with a dot are passed over.
    static func files(below folder: String, depth: Int = 3) -> [String] {
        names(in: folder).filter { !$0.hasPrefix(".") }.flatMap { name -> [String] in
            switch kind(folder + "/" + name) {
            case .file: [name]
            case .folder where depth > 1: files(below: folder + "/" + name, depth: depth - 1).map { name + "/" + $0 }
            default: []
            }
        }
    }

    /// The first bytes of a file; nil where it has fewer or cannot be read.
    static func start(of path: String, count: Int) -> [UInt8]? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: count)
        let got = unsafe bytes.withUnsafeMutableBytes { unsafe pread(file, $0.baseAddress, $0.count, 0) }
        return got == count ? bytes : nil
    }

    /// Makes a folder and those above it.
    static func make(_ folder: String) throws(IlkError) {
        guard kind(folder) != .folder else { return }
        if let slash = folder.lastIndex(of: "/"), slash != folder.startIndex { try make(String(folder[..<slash])) }
        guard unsafe mkdir(folder, 0o755) == 0 || errno == EEXIST else {
            throw IlkError(.internal, "cannot make the folder \(folder): \(reason); check the path and its owner")
        }
    }

    /// Removes a file, or a folder with all that is in it.
    static func remove(_ path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            unsafe unlink(path)
            return
        }
        for name in names(in: path) { remove(path + "/" + name) }
        unsafe rmdir(path)
    }

    /// Brings a file to another place: as a second name where the file system allows it, else as a copy.
    static func bring(_ source: String, to target: String) throws(IlkError) {
        // A second name of what a link stands for, not of the link.
        if unsafe linkat(AT_FDCWD, source, AT_FDCWD, target, AT_SYMLINK_FOLLOW) == 0 { return }
        try copy(source, to: target)
    }

    private static func copy(_ source: String, to target: String) throws(IlkError) {
        let input = unsafe open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw IlkError(.invalidRequest, "cannot read \(source): \(reason)") }
        defer { close(input) }
        let output = unsafe open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard output >= 0 else { throw IlkError(.internal, "cannot write \(target): \(reason)") }
        defer { close(output) }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(input, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw IlkError(.invalidRequest, "cannot read \(source): \(reason)") }
            guard count > 0 else { break }
            var written = 0
            while written < count {
                let more = unsafe buffer.withUnsafeBytes {
                    unsafe write(output, $0.baseAddress! + written, count - written)
                }
                if more < 0, errno == EINTR { continue }
                guard more > 0 else {
                    throw IlkError(.internal, "cannot write \(target): \(reason); is the disk full?")
                }
                written += more
            }
        }
        guard fsync(output) == 0 else {
            throw IlkError(.internal, "cannot write \(target): \(reason); is the disk full?")
        }
    }

    /// What the last failed call of the system says.
    static var reason: String { unsafe String(cString: strerror(errno)) }
}
