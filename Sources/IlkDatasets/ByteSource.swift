import CZlib
import Glibc

/// The bytes of a file in order, unpacked if it is gzipped, through one buffer.
///
/// Whoever reads says how many bytes must be there (``fill(_:)``), looks at them (``withBytes(_:)``) and takes them
/// (``consume(_:)``). The buffer grows with what is asked for, so callers ask for no more than they have checked.
@safe final class ByteSource {
    let path: String
    /// Bytes of the file as it lies on the disk; nil for a pipe.
    let fileSize: Int?
    /// Whether it is being unpacked, so that its real size is known only at the end.
    let isCompressed: Bool
    /// Bytes taken so far, after unpacking.
    private(set) var offset = 0

    private let descriptor: Int32
    private let inflater: gzFile?
    private var buffer = [UInt8](repeating: 0, count: ByteSource.chunk)
    private var start = 0
    private var end = 0
    private var isAtEnd = false

    private static let chunk = 1 << 18

    /// Opens a file, or standard input for `-`.
    ///
    /// A name that ends in `.gz` is unpacked; the content alone never decides, because a vector may begin with gzip's
    /// two bytes.
    init(path: String) throws(DatasetError) {
        self.path = path
        if path == "-" {
            descriptor = STDIN_FILENO
        } else {
            descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw .unreadable(path: path, reason: Self.systemMessage) }
        }
        var status = stat()
        // SAFETY: the pointer is to a local that outlives the call.
        let isExamined = unsafe fstat(descriptor, &status) == 0
        let kind = status.st_mode & S_IFMT
        fileSize = isExamined && kind == S_IFREG ? Int(status.st_size) : nil
        isCompressed = path.lowercased().hasSuffix(".gz")
        unsafe inflater = isCompressed ? gzdopen(descriptor, "rb") : nil
        guard isExamined, kind != S_IFDIR else {
            // Everything is set, so `deinit` closes.
            throw .unreadable(path: path, reason: kind == S_IFDIR ? "it is a folder" : Self.systemMessage)
        }
        if isCompressed { unsafe gzbuffer(inflater, UInt32(Self.chunk)) }
        _ = try fill(1)
        // zlib hands plain bytes through: then the name is wrong, and so would be every size.
        if isCompressed, available > 0, unsafe gzdirect(inflater) != 0 {
            throw .damaged(path: path, problem: "it is named .gz but is not gzipped; rename it")
        }
    }

    deinit {
        if isCompressed {
            unsafe _ = gzclose(inflater)
        } else if path != "-" {
            close(descriptor)
        }
    }

    /// Bytes that are in the buffer now.
    var available: Int { end - start }

    /// How far the file on the disk has been read: for progress.
    var fileOffset: Int {
        if isCompressed { return Int(unsafe gzoffset(inflater)) }
        return offset
    }

    /// Bytes still to come, where that is known.
    var remaining: Int? { isCompressed ? nil : fileSize.map { $0 - offset } }

    /// Reads until `count` bytes are there; false if the file ends before.
    func fill(_ count: Int) throws(DatasetError) -> Bool {
        while end - start < count {
            guard !isAtEnd else { return false }
            if start > 0 {
                buffer.removeSubrange(0..<start)
                buffer.append(contentsOf: repeatElement(0, count: start))
                end -= start
                start = 0
            }
            // Doubling, and never ahead of what the file really holds.
            if end == buffer.count { buffer.append(contentsOf: repeatElement(0, count: buffer.count)) }
            let got = try readMore()
            if got == 0 { isAtEnd = true }
            end += got
        }
        return true
    }

    /// Lends the bytes in the buffer for the length of the call.
    @safe func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        unsafe buffer.withUnsafeBytes { unsafe body(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
    }

    /// Takes bytes that are in the buffer.
    func consume(_ count: Int) {
        precondition(count <= end - start, "\(count) of \(end - start) bytes")
        start += count
        offset += count
        if start == end {
            start = 0
            end = 0
        }
    }

    /// Passes over bytes; false if the file ends before.
    func skip(_ count: Int) throws(DatasetError) -> Bool {
        var left = count
        if let remaining, left > available, left <= remaining {
            let beyond = left - available
            consume(available)
            guard lseek(descriptor, off_t(beyond), SEEK_CUR) >= 0 else {
                throw .unreadable(path: path, reason: Self.systemMessage)
            }
            offset += beyond
            return true
        }
        while left > 0 {
            guard try fill(1) else { return false }
            let taken = min(left, available)
            consume(taken)
            left -= taken
        }
        return true
    }

    /// Whether every byte was taken.
    func isFinished() throws(DatasetError) -> Bool { try !fill(1) }

    private func readMore() throws(DatasetError) -> Int {
        let room = buffer.count - end
        let got = unsafe buffer.withUnsafeMutableBytes { bytes -> Int in
            // SAFETY: `room` bytes lie behind `end` in the buffer.
            let target = unsafe bytes.baseAddress! + end
            if isCompressed { return Int(unsafe gzread(inflater, target, UInt32(min(room, 1 << 30)))) }
            while true {
                let got = unsafe Glibc.read(descriptor, target, room)
                if got >= 0 || errno != EINTR { return got }
            }
        }
        if isCompressed {
            var code: Int32 = 0
            let message = unsafe gzerror(inflater, &code).map { unsafe String(cString: $0) } ?? ""
            // A short read at a cut gives what there was, and the code tells.
            if code == Z_BUF_ERROR {
                throw .damaged(path: path, problem: "the gzip stream is cut; copy the file again")
            }
            guard got >= 0 else {
                throw .damaged(path: path, problem: "the gzip stream is damaged (\(message)); copy the file again")
            }
            return got
        }
        guard got >= 0 else { throw .unreadable(path: path, reason: Self.systemMessage) }
        return got
    }

    private static var systemMessage: String { unsafe String(cString: strerror(errno)) }
}
