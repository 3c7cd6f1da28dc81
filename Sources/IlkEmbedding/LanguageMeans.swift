import Glibc
package import IlkProtocol
import IlkVectors

/// The mean vector of texts by kind and language, which is subtracted so that a vector says what a text means, not which
/// language it stands in.
///
/// A file of it, `centring.means` in a model's folder:
///
///     a line of JSON: {"format":"ilk-means","version":1,"model":…,"dimension":n,"entries":[{"kind":"query","language":"en"},…]}
///     n f32, little-endian, for every entry in that order
///     8 bytes: XXH3 of everything before, little-endian
///
/// Language `*` of a kind is for every language that has no entry.
package struct LanguageMeans: Sendable, Equatable {
    package struct Entry: Sendable, Hashable {
        package var kind: EmbeddingKind
        package var language: String

        package init(kind: EmbeddingKind, language: String) {
            self.kind = kind
            self.language = language
        }
    }

    /// The model that the means are of, by name.
    package let model: String
    package let dimension: Int
    package let entries: [Entry]
    /// What tells these means from others.
    package let checksum: UInt64
    /// Shape `[entries.count, dimension]`.
    private let rows: [Float]
    private let places: [Entry: Int]

    /// The language of every text without an entry of its own.
    package static let anyLanguage = "*"
    /// The file's name in a model's folder.
    package static let fileName = "centring.means"

    private static let longestHeader = 1 << 20

    /// - Throws: `invalid_request` where the lengths do not fit, an entry stands twice, or a number is not finite.
    package init(model: String, dimension: Int, means: [(entry: Entry, mean: [Float])]) throws(IlkError) {
        let entries = means.map(\.entry)
        let rows = means.flatMap(\.mean)
        let bytes = Self.bytes(model: model, dimension: dimension, entries: entries, rows: rows)
        try self.init(
            model: model, dimension: dimension, entries: entries, rows: rows, checksum: Self.storedChecksum(bytes))
    }

    private init(model: String, dimension: Int, entries: [Entry], rows: [Float], checksum: UInt64) throws(IlkError) {
        guard dimension > 0, rows.count == entries.count * dimension else {
            throw IlkError(.invalidRequest, "\(rows.count) numbers are not \(entries.count) means of \(dimension)")
        }
        guard rows.allSatisfy(\.isFinite) else {
            throw IlkError(.invalidRequest, "a language mean has a number that is not finite; learn the means anew")
        }
        var places: [Entry: Int] = [:]
        for (place, entry) in entries.enumerated() {
            guard places.updateValue(place, forKey: entry) == nil else {
                throw IlkError(
                    .invalidRequest,
                    "the mean of \(entry.kind.rawValue), \(entry.language) stands twice; learn the means anew")
            }
        }
        self.model = model
        self.dimension = dimension
        self.entries = entries
        self.rows = rows
        self.places = places
        self.checksum = checksum
    }

    /// Reads a file.
    ///
    /// - Throws: `not_found` where there is none, else `internal` with what is wrong with it.
    package init(path: String) throws(IlkError) {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = unsafe try MappedFile(path: path).withBytes { unsafe Array($0) }
        } catch { throw IlkError(.internal, "the language means cannot be read: \(error)") }
        func damaged(_ what: String) -> IlkError {
            IlkError(
                .internal, "\(path) is not a file of language means: \(what); fetch or learn it again, or remove it")
        }
        guard bytes.count > 8, let end = bytes.prefix(Self.longestHeader).firstIndex(of: 0x0A) else {
            throw damaged("it has no header")
        }
        let stored = Self.storedChecksum(bytes)
        guard unsafe bytes.dropLast(8).withUnsafeBytes({ unsafe Checksum.xxh3($0) }) == stored else {
            throw damaged("its checksum does not fit")
        }
        guard let header = try? JSONValue.parse(Array(bytes[..<end])).asObject,
            header["format"]?.asString == "ilk-means"
        else {
            throw damaged("its header is not one of language means")
        }
        guard header["version"]?.asInt == 1 else {
            throw damaged("its version is \(header["version"]?.text ?? "missing"), this ilk reads 1")
        }
        guard let model = header["model"]?.asString, let dimension = header["dimension"]?.asInt,
            (1...65_536).contains(dimension),
            let list = header["entries"]?.asArray
        else { throw damaged("model, dimension or entries are missing") }
        var entries: [Entry] = []
        for item in list {
            guard let kind = item.asObject?["kind"]?.asString.flatMap(EmbeddingKind.init(rawValue:)),
                let language = item.asObject?["language"]?.asString, !language.isEmpty
            else { throw damaged("an entry is not {kind, language}") }
            entries.append(Entry(kind: kind, language: language))
        }
        let body = bytes[(end + 1)..<max(end + 1, bytes.count - 8)]
        guard body.count == entries.count * dimension * 4 else {
            throw damaged("it has \(body.count) bytes of numbers for \(entries.count) means of \(dimension)")
        }
        let rows = unsafe body.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { place in
                Float(
                    bitPattern: UInt32(
                        littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: place * 4, as: UInt32.self)))
            }
        }
        do throws(IlkError) {
            try self.init(model: model, dimension: dimension, entries: entries, rows: rows, checksum: stored)
        } catch { throw damaged(error.message) }
    }

    /// The file's bytes.
    package var bytes: [UInt8] { Self.bytes(model: model, dimension: dimension, entries: entries, rows: rows) }

    private static func bytes(model: String, dimension: Int, entries: [Entry], rows: [Float]) -> [UInt8] {
        let list = entries.map { entry in
            JSONValue.object(
                JSONObject([("kind", .string(entry.kind.rawValue)), ("language", .string(entry.language))]))
        }
        let header = JSONValue.object(
            JSONObject([
                ("format", .string("ilk-means")), ("version", .int(1)), ("model", .string(model)),
                ("dimension", .int(Int64(dimension))), ("entries", .array(list)),
            ]))
        var bytes = Array(header.text.utf8) + [0x0A]
        bytes.reserveCapacity(bytes.count + rows.count * 4 + 8)
        bytes.append(littleEndian: rows)
        bytes.append(littleEndian: Checksum.xxh3(bytes[...]))
        return bytes
    }

    private static func storedChecksum(_ bytes: [UInt8]) -> UInt64 {
        bytes.suffix(8).littleEndian(UInt64.self)
    }

    /// The place of the mean for a text: its language's, else the fallback's; nil where there is neither.
    func place(kind: EmbeddingKind, language: String) -> Int? {
        places[Entry(kind: kind, language: language)] ?? places[Entry(kind: kind, language: Self.anyLanguage)]
    }

    /// Subtracts a mean from a vector of `dimension` components.
    func subtract(_ place: Int, from vector: inout [Float]) {
        let mean = rows[place * dimension..<(place + 1) * dimension]
        for (component, value) in zip(vector.indices, mean) { vector[component] -= value }
    }

    /// The mean of an entry; nil where there is none of exactly this kind and language.
    package func mean(of entry: Entry) -> [Float]? {
        places[entry].map { Array(rows[$0 * dimension..<($0 + 1) * dimension]) }
    }
}
