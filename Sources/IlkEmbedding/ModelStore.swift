import Glibc
package import IlkProtocol
import IlkVectors

/// The models on this machine: a folder with one folder for each, filled by `scripts/fetch-models` and `ilk model add`.
///
/// The file `default` names the model that is taken where none is named. Folders that begin with a dot are being
/// made or removed.
package struct ModelStore: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// `$ILK_MODELS`, else `$XDG_DATA_HOME/ilk/models`, else `~/.local/share/ilk/models`.
    package static var standardPath: String {
        func variable(_ name: String) -> String? {
            guard let value = unsafe getenv(name) else { return nil }
            let text = unsafe String(cString: value)
            return text.isEmpty ? nil : text
        }
        if let path = variable("ILK_MODELS") { return path }
        let data = variable("XDG_DATA_HOME") ?? (variable("HOME") ?? "") + "/.local/share"
        return data + "/ilk/models"
    }

    /// A model without its weights.
    package struct Summary: Sendable, Equatable {
        package var name: String
        package var isDefault: Bool
        /// Bytes of its files.
        package var bytes: Int
        /// Nil where the folder is no model that ilk can read.
        package var traits: ModelTraits?
        /// Why it cannot be read.
        package var problem: String?
    }

    /// All models by name, the built-in one last.
    package func list() -> [Summary] {
        let chosen = defaultName
        let folders = names.map { name in
            let folder = path + "/" + name
            let bytes = FolderFiles.files(below: folder).reduce(0) {
                $0 + (FolderFiles.facts(folder + "/" + $1)?.bytes ?? 0)
            }
            var summary = Summary(name: name, isDefault: name == chosen, bytes: bytes)
            do throws(IlkError) {
                summary.traits = try ModelLayout(folder: folder, name: name).traits
            } catch { summary.problem = error.message }
            return summary
        }
        let hash = EmbeddingModel.hash
        return folders + [Summary(name: hash.name, isDefault: hash.name == chosen, bytes: 0, traits: hash.traits)]
    }

    /// One model of the list.
    ///
    /// - Throws: `not_found` with the nearest name.
    package func summary(of name: String) throws(IlkError) -> Summary {
        if name != EmbeddingModel.hashName { _ = try folder(of: name) }
        guard let summary = list().first(where: { $0.name == name }) else {
            throw IlkError(.notFound, "model '\(name)' was removed this moment")
        }
        return summary
    }

    /// The names of the models in the store.
    var names: [String] {
        FolderFiles.names(in: path).filter { !$0.hasPrefix(".") && FolderFiles.kind(path + "/" + $0) == .folder }
    }

    private var defaultPath: String { path + "/default" }

    /// The model that is taken where none is named.
    ///
    /// Where nothing was chosen, or what was chosen is gone: multilingual-e5-small, or the only model there is, or the
    /// built-in one.
    package var defaultName: String {
        let names = names
        if let bytes = try? ModelFile.bytes(defaultPath) {
            let chosen = String(decoding: bytes.prefix(256), as: UTF8.self).split(whereSeparator: \.isWhitespace).first
            if let chosen = chosen.map(String.init), names.contains(chosen) || chosen == EmbeddingModel.hashName {
                return chosen
            }
        }
        if names.contains(Self.usualName) { return Self.usualName }
        return names.count == 1 ? names[0] : EmbeddingModel.hashName
    }

    private static let usualName = "multilingual-e5-small"

    /// Chooses the model that is taken where none is named.
    package func setDefault(_ name: String) throws(IlkError) {
        if name != EmbeddingModel.hashName { _ = try folder(of: name) }
        try FolderFiles.make(path)
        try ModelFile.write(Array((name + "\n").utf8), to: defaultPath)
    }

    /// The folder of a model.
    ///
    /// - Throws: `not_found` with the nearest name.
    package func folder(of name: String) throws(IlkError) -> String {
        let names = names
        guard names.contains(name) else {
            let all = names + [EmbeddingModel.hashName]
            let hint = NearestName.hint(for: name, among: all)
            let next =
                names.isEmpty
                ? "; scripts/fetch-models fetches two, and 'hash' is built in"
                : "; there are \(all.joined(separator: ", "))"
            throw IlkError(.notFound, "no model named '\(name)'\(hint.isEmpty ? next : hint)")
        }
        return path + "/" + name
    }

    /// Opens a model: its weights are mapped, not read.
    package func open(_ name: String) throws(IlkError) -> EmbeddingModel {
        if name == EmbeddingModel.hashName { return .hash }
        return try EmbeddingModel.open(folder: folder(of: name), name: name)
    }

    /// Removes a model and its files.
    package func remove(_ name: String) throws(IlkError) {
        guard name != EmbeddingModel.hashName else {
            throw IlkError(.invalidRequest, "model 'hash' is built in and cannot be removed")
        }
        let folder = try folder(of: name)
        let aside = path + "/.removed-\(name)-\(getpid())"
        guard unsafe rename(folder, aside) == 0 else {
            throw IlkError(
                .internal, "cannot remove \(folder): \(FolderFiles.reason); check the owner of the model store")
        }
        try? DurableFile.sync(path)
        FolderFiles.remove(aside)
    }

    /// What a model may be called: 1 to 64 of `A-Z a-z 0-9 _ - .`, beginning with a letter or digit.
    package static func isAllowed(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        }
        return (1...64).contains(bytes.count) && isAlphanumeric(bytes[0])
            && bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
    }
}
