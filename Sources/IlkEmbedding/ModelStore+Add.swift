import Glibc
package import IlkProtocol
import IlkVectors

extension ModelStore {
    /// Adds a model: its files appear in the store all at once, after it was opened and has embedded something.
    ///
    /// The files become second names of the given ones where both lie on one file system, so that nothing is copied.
    ///
    /// - Parameters:
    ///   - source: a folder in Hugging Face's layout, one with `weights.npz` and `sp.model`, or an E5S1 `.bin`.
    ///   - name: what it shall be called; nil for the source's own name.
    ///   - arithmetic: `f32`, or `q8s8` to have weights of floats rounded to 8 bits: up to twice as fast; nil for what the
    ///     source's manifest says, or as the weights are.
    /// - Returns: the model, open.
    /// - Throws: `already_exists`, or `invalid_request` with the reason why ilk cannot run it; the store is as before.
    package func add(
        from source: String, name: String? = nil, arithmetic: String? = nil
    ) throws(IlkError) -> EmbeddingModel {
        let arithmetic = try arithmetic.map { name throws(IlkError) in try ModelManifest.arithmetic(name) }
        var source = source
        while source.count > 1, source.hasSuffix("/") { source.removeLast() }
        guard let kind = FolderFiles.kind(source) else {
            throw IlkError(.notFound, "there is neither a file nor a folder \(source)")
        }
        let name = try allowedName(name ?? Self.ownName(source), isGiven: name != nil)
        try FolderFiles.make(path)
        let fresh = path + "/.add-\(name)-\(getpid())"
        FolderFiles.remove(fresh)
        defer { FolderFiles.remove(fresh) }
        try FolderFiles.make(fresh)
        if kind == .file {
            try bringE5S1(source, to: fresh)
        } else {
            // Looked at where it lies, so that a folder that is no model is not copied first.
            _ = try ModelLayout(folder: source, name: name)
            for file in Self.files(of: source) { try bring(file, from: source, to: fresh) }
        }
        let layout = try ModelLayout(folder: fresh, name: name)
        var manifest = layout.manifest ?? ModelManifest(name: name, origin: "added from \(source)")
        manifest.name = name
        if let arithmetic {
            guard layout.traits.format != .e5s1 || arithmetic == .f32 else {
                throw IlkError(
                    .invalidRequest,
                    "the weights of \(source) have 4 bits, and rounding them to 8 would be of no use; leave the arithmetic "
                        + "out, or say f32")
            }
            manifest.arithmetic = arithmetic
        }
        manifest.files = []
        for file in FolderFiles.files(below: fresh) where Self.isRecorded(file) {
            let path = fresh + "/" + file
            manifest.files.append(
                ModelManifest.File(
                    name: file, bytes: FolderFiles.facts(path)?.bytes ?? 0, checksum: try ModelFile.checksum(path)))
        }
        try ModelFile.write(Array(manifest.text.utf8), to: fresh + "/" + ModelManifest.fileName)
        try Self.probe(EmbeddingModel.open(folder: fresh, name: name))
        guard unsafe rename(fresh, path + "/" + name) == 0 else {
            throw IlkError(.internal, "cannot move the model into \(path): \(FolderFiles.reason); nothing was added")
        }
        try? DurableFile.sync(path)
        return try open(name)
    }

    /// What is wrong with a model's files, as sentences; none if all is well.
    ///
    /// Every byte is read and compared with the checksums that were recorded when the model was fetched or added, and a
    /// text is embedded.
    package func verify(_ name: String) throws(IlkError) -> [String] {
        if name == EmbeddingModel.hashName { return [] }
        let folder = try folder(of: name)
        var findings: [String] = []
        do throws(IlkError) {
            guard let manifest = try ModelManifest(folder: folder) else {
                return [
                    "it has no \(ModelManifest.fileName), so nothing says what its files must be; add it by ilk model add"
                ]
            }
            for file in manifest.files {
                guard let facts = FolderFiles.facts(folder + "/" + file.name) else {
                    findings.append("\(file.name) is missing")
                    continue
                }
                guard facts.bytes == file.bytes else {
                    findings.append("\(file.name) has \(facts.bytes) bytes and must have \(file.bytes)")
                    continue
                }
                let checksum = try ModelFile.checksum(folder + "/" + file.name)
                if checksum != file.checksum { findings.append("the bytes of \(file.name) have changed") }
            }
            if findings.isEmpty { try Self.probe(EmbeddingModel.open(folder: folder, name: name)) }
        } catch { findings.append(error.message) }
        return findings
    }

    private func allowedName(_ name: String, isGiven: Bool) throws(IlkError) -> String {
        guard Self.isAllowed(name), name != EmbeddingModel.hashName, name != "default" else {
            let rule =
                "a model's name has 1 to 64 of A-Z a-z 0-9 _ - . and begins with a letter or digit, and is not 'hash'"
            throw IlkError(
                .invalidRequest, "a model cannot be called '\(name)': \(rule)\(isGiven ? "" : "; give it a name")")
        }
        guard FolderFiles.kind(path + "/" + name) == nil else {
            throw IlkError(.alreadyExists, "model '\(name)' is there already; remove it first, or choose another name")
        }
        return name
    }

    private static func ownName(_ source: String) -> String {
        let last = source.split(separator: "/").last.map(String.init) ?? source
        return last.hasSuffix(".bin") ? String(last.dropLast(4)) : last
    }

    private func bringE5S1(_ source: String, to fresh: String) throws(IlkError) {
        guard FolderFiles.start(of: source, count: 4) == Array("E5S1".utf8) else {
            throw IlkError(
                .invalidRequest, "\(source) is no E5S1 file; give the folder of a model in Hugging Face's layout")
        }
        try FolderFiles.bring(source, to: fresh + "/weights.bin")
        // The character map makes ids exact for decomposed text; any model of this store has the same one.
        let folder = source.contains("/") ? String(source[..<(source.lastIndex(of: "/") ?? source.endIndex)]) : "."
        let maps = ([folder] + names.map { path + "/" + $0 }).map { $0 + "/" + ModelLayout.characterMap }
        if let map = maps.first(where: FolderFiles.isFile) {
            try FolderFiles.bring(map, to: fresh + "/" + ModelLayout.characterMap)
        }
    }

    /// Files of a folder that belong to a model.
    private static func files(of folder: String) -> [String] {
        let wanted: Set = [
            "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
            "added_tokens.json", "vocab.txt", "sentencepiece.bpe.model", "sp.model", "weights.npz", "modules.json",
            "sentence_bert_config.json", "config_sentence_transformers.json", ModelManifest.fileName,
            LanguageMeans.fileName, ModelLayout.characterMap, "NOTICE", "LICENSE", "README.md",
        ]
        return FolderFiles.files(below: folder, depth: 2).filter { file in
            wanted.contains(file) || file.hasSuffix("/config.json")
                || (file.hasSuffix(".bin")
                    && FolderFiles.start(of: folder + "/" + file, count: 4) == Array("E5S1".utf8))
        }
    }

    private func bring(_ file: String, from source: String, to fresh: String) throws(IlkError) {
        if let slash = file.lastIndex(of: "/") { try FolderFiles.make(fresh + "/" + file[..<slash]) }
        try FolderFiles.bring(source + "/" + file, to: fresh + "/" + file)
    }

    /// Means have a checksum of their own and may be learned anew.
    private static func isRecorded(_ file: String) -> Bool {
        ![ModelManifest.fileName, LanguageMeans.fileName, "NOTICE", "LICENSE", "README.md"].contains(file)
    }

    /// Embeds a few words, so that a model that cannot is refused.
    private static func probe(_ model: EmbeddingModel) throws(IlkError) {
        let text = try model.prepare("ilk 熊猫 panda", kind: .query, truncate: .end)
        let vector = try model.embed([text])[0]
        guard vector.contains(where: { $0 != 0 }) else {
            throw IlkError(
                .invalidRequest,
                "model '\(model.name)' gives a vector of zeros; its weights are not those of an encoder")
        }
    }
}
