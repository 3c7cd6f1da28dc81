import Glibc
import IlkProtocol
import IlkVectors

/// What a model's folder says of itself, in `ilk-model.json`: where it is from, and what its files must be.
///
///     {"format":"ilk-model","version":1,"name":…,"origin":…,"licence":…,"languages":…,"arithmetic":"q8s8",
///      "files":{"model.safetensors":{"bytes":90868376,"xxh3":"34cb29e344fee166"},…}}
struct ModelManifest: Equatable {
    struct File: Equatable {
        var name: String
        var bytes: Int
        var checksum: UInt64
    }

    static let fileName = "ilk-model.json"

    var name: String
    var origin: String?
    var licence: String?
    var languages: String?
    /// How products with the weights are reckoned; nil for as they are: 4-bit ones in integers, floats in f32.
    var arithmetic: PackedMatrix.Arithmetic?
    var files: [File] = []

    init(name: String, origin: String? = nil) {
        self.name = name
        self.origin = origin
    }

    /// Reads a folder's manifest; nil where it has none.
    init?(folder: String) throws(IlkError) {
        let path = folder + "/" + Self.fileName
        guard FolderFiles.isFile(path) else { return nil }
        let object = try ModelFile.json(path)
        guard object["format"]?.asString == "ilk-model", object["version"]?.asInt == 1,
            let name = object["name"]?.asString, let members = object["files"]?.asObject?.members
        else {
            throw IlkError(.internal, "\(path) is not a manifest of version 1; fetch or add the model again")
        }
        self.name = name
        origin = object["origin"]?.asString
        licence = object["licence"]?.asString
        languages = object["languages"]?.asString
        if let value = object["arithmetic"] {
            arithmetic = try Self.arithmetic(value.asString ?? value.text)
        }
        for member in members {
            guard let bytes = member.value.asObject?["bytes"]?.asInt,
                let checksum = member.value.asObject?["xxh3"]?.asString.flatMap({ UInt64($0, radix: 16) }),
                ModelFile.isInside(member.key)
            else {
                throw IlkError(
                    .internal, "\(path) does not say size and checksum of \(member.key); fetch or add the model again")
            }
            files.append(File(name: member.key, bytes: bytes, checksum: checksum))
        }
    }

    /// An arithmetic that can be chosen, by its name.
    static func arithmetic(_ name: String) throws(IlkError) -> PackedMatrix.Arithmetic {
        guard let arithmetic = PackedMatrix.Arithmetic(rawValue: name), arithmetic != .q4s8 else {
            throw IlkError(.invalidRequest, "there is no arithmetic '\(name)' for a model; say f32 or q8s8")
        }
        return arithmetic
    }

    var text: String {
        var object = JSONObject([("format", .string("ilk-model")), ("version", .int(1)), ("name", .string(name))])
        for (key, value) in [
            ("origin", origin), ("licence", licence), ("languages", languages), ("arithmetic", arithmetic?.rawValue),
        ] {
            if let value { object[key] = .string(value) }
        }
        let files = files.map { file in
            let facts: [(String, JSONValue)] = [
                ("bytes", .int(Int64(file.bytes))), ("xxh3", .string(Hexadecimal.string(file.checksum))),
            ]
            return (file.name, JSONValue.object(JSONObject(facts)))
        }
        object["files"] = .object(JSONObject(files))
        return JSONValue.object(object).text + "\n"
    }

    /// The checksums of some of a folder's files.
    ///
    /// A recorded one is believed as long as the file has its size and was not written after the manifest; then nothing
    /// is read. Without that, or without a manifest, the file is read.
    static func checksums(
        of names: [String], in folder: String, manifest: ModelManifest?
    ) throws(IlkError) -> [(name: String, checksum: UInt64)] {
        let written = FolderFiles.facts(folder + "/" + fileName)?.written
        var checksums: [(name: String, checksum: UInt64)] = []
        for name in names {
            let path = folder + "/" + name
            if let recorded = manifest?.files.first(where: { $0.name == name }), let facts = FolderFiles.facts(path),
                let written, facts.bytes == recorded.bytes, facts.written <= written
            {
                checksums.append((name, recorded.checksum))
            } else {
                checksums.append((name, try ModelFile.checksum(path)))
            }
        }
        return checksums
    }
}

/// Small files of a model's folder.
enum ModelFile {
    private static let largestJSON = 64 << 20

    static func bytes(_ path: String) throws(IlkError) -> [UInt8] {
        guard let facts = FolderFiles.facts(path) else { throw IlkError(.notFound, "there is no file \(path)") }
        guard facts.bytes <= largestJSON else {
            throw IlkError(.tooLarge, "\(path) has \(facts.bytes) bytes; is it the right file?")
        }
        do throws(FileError) {
            return unsafe try MappedFile(path: path).withBytes { unsafe Array($0) }
        } catch { throw IlkError(.internal, "\(error); check the owner and mode of the model's folder") }
    }

    /// A file that is a JSON object.
    static func json(_ path: String) throws(IlkError) -> JSONObject {
        let bytes = try bytes(path)
        do throws(IlkError) {
            guard let object = try JSONValue.parse(bytes).asObject else {
                throw IlkError(.invalidRequest, "it is no object")
            }
            return object
        } catch {
            throw IlkError(
                .invalidRequest, "\(path) is not the JSON that it should be: \(error.message); copy the model again")
        }
    }

    static func checksum(_ path: String) throws(IlkError) -> UInt64 {
        do throws(FileError) {
            return unsafe try MappedFile(path: path).withBytes { unsafe Checksum.xxh3($0) }
        } catch { throw IlkError(.internal, "\(error); fetch or add the model again") }
    }

    /// Whether a name stays inside the folder it is taken from.
    static func isInside(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix("/") && !name.utf8.contains(0) && !name.split(separator: "/").contains("..")
    }

    static func write(_ bytes: [UInt8], to path: String) throws(IlkError) {
        do throws(FileError) {
            var file = try DurableFile(path: path)
            try unsafe bytes.span.bytes.withUnsafeBytes { bytes throws(FileError) in try unsafe file.write(bytes) }
            try file.commit()
        } catch { throw IlkError(.internal, "\(error); is the disk full?") }
    }
}
