import IlkVectors
import Synchronization

/// The file that a checkpoint is written to, from any thread while its index goes on changing.
///
/// It appears under its name whole or not at all.
package final class CheckpointFile: Sendable {
    private struct Writing: ~Copyable {
        var file: DurableFile
        /// By extent, the checksums of its blocks.
        var checksums: [[UInt64]] = []
    }
    private let writing: Mutex<Writing>

    package init(path: String) throws(CheckpointError) {
        do throws(FileError) { writing = Mutex(Writing(file: try DurableFile(path: path))) } catch {
            throw .file(error)
        }
    }

    /// Writes blocks over what is in their place.
    package func write(_ copied: CopiedBlocks) throws(CheckpointError) {
        do throws(FileError) {
            try writing.withLock { writing throws(FileError) in
                try Self.write(copied, &writing)
                // Otherwise a write's own sync was seen to wait 250 ms for 700 MB of this file.
                try writing.file.flush()
            }
        } catch {
            throw .file(error)
        }
    }

    /// Writes the last blocks and what tells where all are, and makes the file durable under its name.
    package func commit(_ ending: CheckpointEnding) throws(CheckpointError) {
        do throws(FileError) {
            try writing.withLock { writing throws(FileError) in
                try Self.write(ending.copied, &writing)
                var (header, extents) = (ending.header, ending.extents)
                for number in extents.indices {
                    extents[number].checksum = CheckpointFormat.checksum(writing.checksums[number])
                }
                let table = CheckpointFormat.table(extents)
                header.extentCount = extents.count
                header.tableChecksum = Checksum.xxh3(table[...])
                try Self.write(table[...], at: header.tableOffset, writing.file)
                try Self.write(header.bytes[...], at: 0, writing.file)
                try writing.file.commit()
            }
        } catch {
            throw .file(error)
        }
    }

    private static func write(_ copied: CopiedBlocks, _ writing: inout Writing) throws(FileError) {
        var first = 0
        for run in copied.runs {
            while writing.checksums.count <= run.extent { writing.checksums.append([]) }
            let bytes = copied.bytes[first..<first + run.byteCount]
            first += run.byteCount
            for (number, begin) in stride(from: bytes.startIndex, to: bytes.endIndex, by: TrackedSpace.blockSize)
                .enumerated()
            {
                let checksum = Checksum.xxh3(bytes[begin..<min(begin + TrackedSpace.blockSize, bytes.endIndex)])
                let block = run.block + number
                while writing.checksums[run.extent].count <= block { writing.checksums[run.extent].append(0) }
                writing.checksums[run.extent][block] = checksum
            }
            try write(bytes, at: run.fileOffset, writing.file)
        }
    }

    private static func write(
        _ bytes: ArraySlice<UInt8>, at offset: Int, _ file: borrowing DurableFile
    ) throws(FileError) {
        // SAFETY: the bytes are only read while the closure runs.
        let written: Result<Void, FileError> = unsafe bytes.withUnsafeBytes { bytes in
            do throws(FileError) { return .success(try unsafe file.write(bytes, at: offset)) } catch {
                return .failure(error)
            }
        }
        try written.get()
    }
}
