import Glibc

/// Why the server cannot listen; every message says what to do next.
package enum ListenError: Error, Equatable, Sendable, CustomStringConvertible {
    case pathTooLong(String, limit: Int)
    case inUse(String)
    case notASocket(String)
    case system(String, doing: String)

    package var description: String {
        switch self {
        case .pathTooLong(let path, let limit):
            "the socket path has \(path.utf8.count) bytes, a Unix socket's at most \(limit); choose a shorter one than \(path)"
        case .inUse(let path): "a daemon already listens on \(path); stop it, or choose another socket"
        case .notASocket(let path): "\(path) is there and is not a socket; move it away, or choose another path"
        case .system(let message, let doing): "cannot \(doing): \(message)"
        }
    }
}

/// A Unix socket that is bound to its path: made before NIO takes it over, so that its mode is right from its first
/// moment and what lies at the path is looked at first.
struct ListeningSocket {
    let descriptor: CInt
    let path: String
    private let device: dev_t
    private let inode: ino_t

    /// What `sockaddr_un.sun_path` holds beside its closing NUL.
    static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    init(path: String, mode: UInt32) throws(ListenError) {
        guard !path.isEmpty, path.utf8.count <= Self.longestPath else {
            throw .pathTooLong(path, limit: Self.longestPath)
        }
        try Self.removeStale(path)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system(Self.message, doing: "make a socket") }
        do throws(ListenError) {
            // Before bind, so that there is no moment in which others could connect; after it, because the umask
            // took its part.
            guard fchmod(descriptor, mode) == 0, unsafe withAddress(path, { unsafe bind(descriptor, $0, $1) }) == 0
            else {
                throw .system(Self.message, doing: "bind \(path)")
            }
            guard unsafe chmod(path, mode) == 0 else { throw .system(Self.message, doing: "set the mode of \(path)") }
        } catch {
            close(descriptor)
            throw error
        }
        var status = stat()
        // SAFETY: the pointer is to a local that outlives the call.
        unsafe lstat(path, &status)
        self.descriptor = descriptor
        self.path = path
        device = status.st_dev
        inode = status.st_ino
    }

    /// Lets more connections wait to be accepted than NIO asks for.
    func widenBacklog() { listen(descriptor, 1_024) }

    /// Removes the socket's file, unless someone else's lies there by now.
    func unlink() {
        var status = stat()
        // SAFETY: the pointer is to a local that outlives the call.
        guard unsafe lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode else { return }
        _ = unsafe Glibc.unlink(path)
    }

    /// Removes a socket that nobody listens on: what a killed daemon leaves.
    private static func removeStale(_ path: String) throws(ListenError) {
        var status = stat()
        // SAFETY: the pointer is to a local that outlives the call.
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path) }
        let probe = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { throw .system(message, doing: "make a socket") }
        defer { close(probe) }
        let connected = unsafe withAddress(path) { unsafe connect(probe, $0, $1) }
        // A full backlog (EAGAIN) is a daemon too, and so is one of another user (EACCES).
        guard connected != 0, errno == ECONNREFUSED else { throw .inUse(path) }
        guard unsafe Glibc.unlink(path) == 0 else { throw .system(message, doing: "remove the stale socket \(path)") }
    }

    private static var message: String { unsafe String(cString: strerror(errno)) }
}

/// Lends the path as a socket address.
///
/// - Precondition: the path fits.
private func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // SAFETY: `init(path:mode:)` has checked that the bytes and a NUL fit; the struct was zeroed. The pointers are to
    // a local that outlives the call.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    return unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
