package import IlkVectors

/// The bytes of a lexical checkpoint.
///
/// All integers are little-endian. A header of 256 bytes is followed by a table of sections and by these, each padded
/// with zeros to a multiple of 64 bytes. Every byte of the file is covered by a checksum.
///
///     offset  size  field
///          0     8  magic "ilkWORD1"
///          8     8  format version, 1
///         16     8  fingerprint of the analyzer: its version, ICU's, its options, the user's dictionary
///         24     8  fingerprint of the fields' names and weights, k1 and b
///         32     8  change sequence that the file reflects
///         40     8  fields
///         48     8  segments
///         56     8  XXH3 of the padded table of sections
///         64   184  zeros
///        248     8  XXH3 of the 248 bytes before
///
/// The table has 24 bytes a section: offset, length, XXH3 of the padded section. First come three sections of the
/// vocabulary, then ten of each segment:
///
///     terms, one after the other · where each begins, and the end · how many live documents have it
///     ordinals · lengths by field · term numbers · entries · blocks · postings · ends of forward lists · forward lists ·
///     average lengths by field · bits of the removed documents
enum CheckpointFormat {
    static let magic: [UInt8] = Array("ilkWORD1".utf8)
    static let version: UInt64 = 1
    static let headerSize = 256
    static let alignment = 64
    static let vocabularySections = 3
    static let segmentSections = 10
    /// More segments than any index has.
    static let mostSegments = 1 << 20

    static func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }
}

/// Why a checkpoint was not used; the index is made again from the records instead.
package enum LexicalCheckpointError: Error, Equatable, Sendable {
    case file(FileError)
    /// The bytes are not those that were written.
    case damaged(String)
    /// Whole, but of other fields, another analyzer or dictionary, or another version.
    case foreign(String)
}

extension LexicalCheckpointError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let error): error.description
        case .damaged(let what): what
        case .foreign(let what): what
        }
    }
}

/// The first 256 bytes of a checkpoint, as numbers.
struct CheckpointHeader: Equatable {
    var analyzer: UInt64
    var fields: UInt64
    var sequence: UInt64
    var fieldCount: Int
    var segmentCount: Int
    var tableChecksum: UInt64 = 0

    var sectionCount: Int {
        CheckpointFormat.vocabularySections + segmentCount * CheckpointFormat.segmentSections
    }

    init(index: LexicalIndex, analyzer: Analyzer, sequence: UInt64, segmentCount: Int) {
        self.analyzer = analyzer.fingerprint
        fields = index.fieldsFingerprint
        self.sequence = sequence
        fieldCount = index.fields.count
        self.segmentCount = segmentCount
    }

    var bytes: [UInt8] {
        var bytes = CheckpointFormat.magic
        let numbers = [
            CheckpointFormat.version, analyzer, fields, sequence, UInt64(fieldCount), UInt64(segmentCount),
            tableChecksum,
        ]
        for number in numbers { bytes.append(littleEndian: number) }
        while bytes.count < CheckpointFormat.headerSize - 8 { bytes.append(0) }
        bytes.append(littleEndian: Checksum.xxh3(bytes[...]))
        return bytes
    }

    /// Reads a header; the checksum is checked before any number is believed.
    init(bytes: UnsafeRawBufferPointer) throws(LexicalCheckpointError) {
        let covered = CheckpointFormat.headerSize - 8
        guard bytes.count >= CheckpointFormat.headerSize else { throw .damaged("it has only \(bytes.count) bytes") }
        guard unsafe bytes.prefix(8).elementsEqual(CheckpointFormat.magic) else {
            throw .damaged("it does not begin as one")
        }
        func number(_ offset: Int) -> UInt64 {
            unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        guard unsafe Checksum.xxh3(UnsafeRawBufferPointer(rebasing: bytes[..<covered])) == number(covered) else {
            throw .damaged("the checksum of its header does not fit")
        }
        guard number(8) == CheckpointFormat.version else {
            throw .foreign("format version \(number(8)), this ilk reads \(CheckpointFormat.version)")
        }
        guard number(48) <= UInt64(CheckpointFormat.mostSegments) else {
            throw .damaged("it says \(number(48)) segments")
        }
        analyzer = number(16)
        fields = number(24)
        sequence = number(32)
        fieldCount = Int(clamping: number(40))
        segmentCount = Int(number(48))
        tableChecksum = number(56)
    }

    /// Checks that the file was written for this index.
    func check(against index: LexicalIndex, _ analyzer: Analyzer) throws(LexicalCheckpointError) {
        guard fields == index.fieldsFingerprint, fieldCount == index.fields.count else {
            throw .foreign("other text fields, weights, k1 or b")
        }
        guard self.analyzer == analyzer.fingerprint else {
            throw .foreign("another version of the analysis or of ICU, or another dictionary")
        }
    }
}

extension LexicalIndex {
    /// Changes with whatever the checkpoint's numbers depend on, but for the analysis.
    var fieldsFingerprint: UInt64 {
        var text = "\(parameters.k1.bitPattern) \(parameters.b.bitPattern)"
        for field in fields { text += " \(field.name.utf8.count) \(field.name) \(field.weight.bitPattern)" }
        return text.withUTF8 { unsafe Checksum.xxh3(UnsafeRawBufferPointer($0)) }
    }
}
