import CZlib
import IlkProtocol
import IlkVectors

/// The arrays in a `.npz` file, which is a zip archive of `.npy` files.
///
/// What lies in it as it is, is read where it is mapped; what is deflated is unpacked when asked for. Archives over
/// 4 GiB, encrypted or spread over several files are refused.
@safe final class NPZArchive: Sendable {
    /// Numbers in a row, with their shape.
    final class Array: Sendable {
        let shape: [Int]
        /// As NumPy writes it: `<f4`, `|u1`.
        let type: String
        private let start: Int
        private let count: Int
        private let unpacked: [UInt8]?
        private let archive: NPZArchive

        fileprivate init(
            shape: [Int], type: String, start: Int, count: Int, unpacked: [UInt8]?, archive: NPZArchive
        ) {
            self.shape = shape
            self.type = type
            self.start = start
            self.count = count
            self.unpacked = unpacked
            self.archive = archive
        }

        /// Lends the bytes of the numbers, in C order; they are not aligned.
        @safe func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
            if let unpacked {
                return unsafe unpacked.withUnsafeBytes {
                    unsafe body(UnsafeRawBufferPointer(rebasing: $0[start..<start + count]))
                }
            }
            return unsafe archive.file.withBytes {
                unsafe body(UnsafeRawBufferPointer(rebasing: $0[start..<start + count]))
            }
        }

        /// The numbers of an array of `<f4`.
        var floats: [Float] {
            withBytes { bytes in
                (0..<bytes.count / 4).map { place in
                    Float(
                        bitPattern: UInt32(
                            littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self)))
                }
            }
        }
    }

    private struct Entry {
        var header: Int
        var isDeflated: Bool
        var packed: Int
        var size: Int
        var checksum: UInt32
    }

    private let path: String
    // SAFETY: the mapping is read-only and lives as long as the archive.
    private nonisolated(unsafe) let file: MappedFile
    private let entries: [String: Entry]

    /// Reads the directory of an archive.
    ///
    /// - Throws: `invalid_request` where it is damaged or of another kind.
    init(path: String) throws(IlkError) {
        self.path = path
        do throws(FileError) {
            unsafe file = try MappedFile(path: path)
        } catch { throw IlkError(.internal, "\(error); fetch the model again") }
        entries = unsafe try file.withBytes { bytes throws(IlkError) in try unsafe Self.directory(bytes.bytes, path) }
    }

    private static func damaged(_ path: String, _ finding: String) -> IlkError {
        IlkError(.invalidRequest, "\(path) cannot be read: \(finding); fetch the model again")
    }

    private static func directory(_ bytes: RawSpan, _ path: String) throws(IlkError) -> [String: Entry] {
        // The end record has 22 bytes and a comment of up to 65,535, so it is looked for from the end.
        let least = max(0, bytes.byteCount - 22 - 65_535)
        var end = bytes.byteCount - 22
        while end >= least, try bytes.number(at: end, as: UInt32.self, of: path) != 0x0605_4B50 { end -= 1 }
        guard end >= least else { throw damaged(path, "it is no zip archive, or its end is missing") }
        let count = Int(try bytes.number(at: end + 10, as: UInt16.self, of: path))
        var place = Int(try bytes.number(at: end + 16, as: UInt32.self, of: path))
        guard count < 0xFFFF, place < 0xFFFF_FFFF else { throw damaged(path, "it is over 4 GiB") }
        var entries: [String: Entry] = [:]
        for _ in 0..<count {
            guard try bytes.number(at: place, as: UInt32.self, of: path) == 0x0201_4B50 else {
                throw damaged(path, "its directory is damaged")
            }
            let flags = try bytes.number(at: place + 8, as: UInt16.self, of: path)
            let method = try bytes.number(at: place + 10, as: UInt16.self, of: path)
            let lengths = try (28..<34).by(2) { offset throws(IlkError) in
                Int(try bytes.number(at: place + offset, as: UInt16.self, of: path))
            }
            let name = String(decoding: try bytes.bytes(at: place + 46, count: lengths[0], of: path), as: UTF8.self)
            guard flags & 1 == 0, method == 0 || method == 8 else {
                throw damaged(path, "\(name) is encrypted or packed in a way other than deflate")
            }
            entries[name] = Entry(
                header: Int(try bytes.number(at: place + 42, as: UInt32.self, of: path)), isDeflated: method == 8,
                packed: Int(try bytes.number(at: place + 20, as: UInt32.self, of: path)),
                size: Int(try bytes.number(at: place + 24, as: UInt32.self, of: path)),
                checksum: try bytes.number(at: place + 16, as: UInt32.self, of: path))
            place += 46 + lengths.reduce(0, +)
        }
        return entries
    }

    /// An array of the archive, which must have this type and shape.
    ///
    /// - Throws: `invalid_request` where it is missing, of another type or shape, or damaged.
    func array(_ name: String, type: String, shape: [Int]) throws(IlkError) -> Array {
        guard let entry = entries[name + ".npy"] else { throw Self.damaged(path, "it has no array \(name)") }
        let elementBytes = Int(type.suffix(1)) ?? 1
        let count = shape.reduce(elementBytes, *)
        // A header has 128 bytes; nobody unpacks more than what the shape needs because a file says so.
        guard entry.size >= count, entry.size <= count + 65_536 else {
            throw Self.damaged(path, "the array \(name) has \(entry.size) bytes and not the \(count) of shape \(shape)")
        }
        let start = try dataStart(entry)
        var unpacked: [UInt8]?
        var (from, header): (Int, NPYStart)
        if entry.isDeflated {
            let bytes = try inflated(entry, at: start, name)
            header = try unsafe bytes.span.bytes.withUnsafeBytes { bytes throws(IlkError) in
                try NPYStart(unsafe bytes.bytes, at: 0, name)
            }
            from = header.length
            unpacked = bytes
        } else {
            header = try unsafe file.withBytes { bytes throws(IlkError) in
                try NPYStart(unsafe bytes.bytes, at: start, name)
            }
            from = start + header.length
        }
        guard header.type == type, header.shape == shape, !header.isFortran else {
            throw Self.damaged(
                path, "the array \(name) is of type \(header.type) and shape \(header.shape), not \(type) and \(shape)")
        }
        guard header.length + count <= entry.size, from + count <= unpacked?.count ?? (unsafe file.count) else {
            throw Self.damaged(path, "the array \(name) ends too early")
        }
        return Array(shape: shape, type: type, start: from, count: count, unpacked: unpacked, archive: self)
    }

    /// Where an entry's bytes begin: behind its own header, whose extra field differs from the directory's.
    private func dataStart(_ entry: Entry) throws(IlkError) -> Int {
        try unsafe file.withBytes { bytes throws(IlkError) in
            let bytes = unsafe bytes.bytes
            guard try bytes.number(at: entry.header, as: UInt32.self, of: path) == 0x0403_4B50 else {
                throw Self.damaged(path, "an entry is not where its directory says")
            }
            let name = Int(try bytes.number(at: entry.header + 26, as: UInt16.self, of: path))
            let extra = Int(try bytes.number(at: entry.header + 28, as: UInt16.self, of: path))
            let start = entry.header + 30 + name + extra
            guard start + entry.packed <= bytes.byteCount else { throw Self.damaged(path, "it ends too early") }
            return start
        }
    }

    private func inflated(_ entry: Entry, at start: Int, _ name: String) throws(IlkError) -> [UInt8] {
        var checksum: UInt = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: entry.size) { target, count in
            count = unsafe file.withBytes { bytes in
                var stream = unsafe z_stream()
                // SAFETY: raw deflate (negative window bits) from a range that was checked into a buffer of `size` bytes.
                guard unsafe inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
                else {
                    return 0
                }
                defer { unsafe inflateEnd(&stream) }
                unsafe stream.next_in = UnsafeMutablePointer(
                    mutating: (bytes.baseAddress! + start).assumingMemoryBound(to: UInt8.self))
                unsafe stream.avail_in = UInt32(entry.packed)
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = UInt32(entry.size)
                let status = unsafe inflate(&stream, Z_FINISH)
                return unsafe status == Z_STREAM_END ? Int(stream.total_out) : 0
            }
            checksum = unsafe crc32(0, target.baseAddress, UInt32(count))
        }
        guard bytes.count == entry.size, UInt32(truncatingIfNeeded: checksum) == entry.checksum else {
            throw Self.damaged(path, "the array \(name) is damaged")
        }
        return bytes
    }
}

extension Range<Int> {
    /// Calls `body` with every `step`-th number.
    fileprivate func by<R>(_ step: Int, _ body: (Int) throws(IlkError) -> R) throws(IlkError) -> [R] {
        var results: [R] = []
        for value in stride(from: lowerBound, to: upperBound, by: step) { results.append(try body(value)) }
        return results
    }
}

/// The header of a `.npy` file.
private struct NPYStart {
    var type = ""
    var shape: [Int] = []
    var isFortran = false
    /// Bytes before the numbers.
    var length = 0

    init(_ bytes: RawSpan, at start: Int, _ name: String) throws(IlkError) {
        let what = "the array \(name)"
        guard try bytes.bytes(at: start, count: 6, of: what) == [0x93] + Array("NUMPY".utf8) else {
            throw IlkError(.invalidRequest, "\(what) does not begin as .npy does; fetch the model again")
        }
        let isFirst = try bytes.number(at: start + 6, as: UInt8.self, of: what) == 1
        let count =
            isFirst
            ? Int(try bytes.number(at: start + 8, as: UInt16.self, of: what))
            : Int(try bytes.number(at: start + 8, as: UInt32.self, of: what))
        let head = isFirst ? 10 : 12
        guard count <= 65_536 else {
            throw IlkError(.invalidRequest, "\(what) has a header of \(count) bytes; fetch the model again")
        }
        let text = String(decoding: try bytes.bytes(at: start + head, count: count, of: what), as: UTF8.self)
        length = head + count
        type = Self.value("descr", in: text).split(separator: "'").first.map(String.init) ?? ""
        isFortran = Self.value("fortran_order", in: text).hasPrefix("True")
        let tuple = Self.value("shape", in: text).dropFirst().prefix { $0 != ")" }
        shape = tuple.split(separator: ",").compactMap { Int($0.filter { $0 != " " }) }
    }

    /// What stands behind a key of the dictionary.
    private static func value(_ key: String, in text: String) -> Substring {
        guard let range = text.firstRange(of: "'\(key)':") else { return "" }
        return text[range.upperBound...].drop { $0 == " " }
    }
}
