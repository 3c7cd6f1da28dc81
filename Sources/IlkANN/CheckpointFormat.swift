package import IlkVectors

/// The bytes of a graph's checkpoint.
///
/// All integers are little-endian. The header takes 256 bytes. Extents follow one after the other, each padded with zeros to
/// a multiple of 64 bytes, and a table of them. A section is made of one extent or several: the first of what there was when
/// the checkpoint was begun, others of what came until it was finished. Every byte of the file is covered by a checksum.
///
///     offset  size  field
///          0     8  magic "ilkHNSW1"
///          8     4  format version, 4
///         12     4  metric: 0 cosine, 1 dot, 2 l2
///         16     8  dimension
///         24     8  M
///         32     8  efConstruction
///         40     8  seed
///         48     8  change sequence that the file reflects
///         56     8  slots
///         64     8  lists above level 0
///         72     8  entry point: level in the high half, node + 1 in the low one; 0 for none
///         80     8  floats from one vector to the next
///         88     8  offset of the table of extents, which ends the file
///         96     8  extents
///        104     8  XXH3 of the table
///        112   136  zeros
///        248     8  XXH3 of the 248 bytes before
///
/// The table has 40 bytes an extent: number of its section, its first byte in the section, length, offset in the file, and the
/// XXH3 of the XXH3 of each 4,096 bytes of the padded extent.
///
///     section  content
///           0  one byte a slot: 0 vacant, 1 pending, 2 linked, 3 removed, 4 retired
///           1  level-0 lists: (1 + 2·M) words a slot, the number of links and the links
///           2  a word a slot: the number of its first list above level 0, from 1; 0 for none
///           3  lists above level 0: (1 + M) words each
///           4  vectors, f32, padded to 16 floats
///           5  what was found out about the vectors, ``Findings``:
///              codes: u64 vectors when they were chosen, u64 rescored for ten, f64 recall of the trial (0 and 0: none),
///              u64 components and, but for 0, f32 step and f32 low of each;
///              the recall curves of the graph and of the lists: u64 vectors and, but for 0, for each width u64 searches, f64 sum
///              and f64 sum of squares of their recalls;
///              lists: u64 vectors when it was decided on them, u64 lists in use and, but for 0, a trial as above, u64 vectors
///              they were fitted to, u64 vectors added since, u64 slots, f32 centroids, mean and codebook, u32 list of each slot
enum CheckpointFormat {
    static let magic: [UInt8] = Array("ilkHNSW1".utf8)
    static let version: UInt64 = 4
    static let headerSize = 256
    static let sectionCount = 6
    static let alignment = 64

    static let extentSize = 40

    static func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }

    /// The checksum of an extent whose blocks have these.
    static func checksum(_ blocks: [UInt64]) -> UInt64 {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 * blocks.count)
        for block in blocks { bytes.append(littleEndian: block) }
        return Checksum.xxh3(bytes[...])
    }

    static func table(_ extents: [CheckpointExtent]) -> [UInt8] {
        var bytes: [UInt8] = []
        for extent in extents {
            for number in [extent.section, extent.begin, extent.length, extent.fileOffset] {
                bytes.append(littleEndian: UInt64(number))
            }
            bytes.append(littleEndian: extent.checksum)
        }
        return bytes
    }
}

/// Why a checkpoint was not used; the graph is rebuilt from the records instead.
package enum CheckpointError: Error, Equatable, Sendable {
    case file(FileError)
    /// The bytes are not those that were written.
    case damaged(String)
    /// Whole, but of another field, collection or version.
    case foreign(String)
}

extension CheckpointError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let error): error.description
        case .damaged(let what): what
        case .foreign(let what): what
        }
    }
}
