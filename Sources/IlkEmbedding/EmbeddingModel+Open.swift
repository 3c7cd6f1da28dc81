package import IlkProtocol

extension EmbeddingModel {
    /// Opens the model in a folder; its weights are mapped, not read.
    ///
    /// - Parameters:
    ///   - folder: a folder of the model store, or any with the same files.
    ///   - name: what the model is called; nil for what its manifest says, or the folder's name.
    /// - Returns: the model.
    /// - Throws: `invalid_request` with what is missing in the folder or what ilk cannot do; `internal` for damage.
    package static func open(folder: String, name: String? = nil) throws(IlkError) -> EmbeddingModel {
        let own = folder.split(separator: "/").last.map(String.init) ?? folder
        let recorded = try ModelManifest(folder: folder)?.name
        let layout = try ModelLayout(folder: folder, name: name ?? recorded ?? own)
        throw IlkError(.unavailable, "model '\(layout.name)' cannot be run yet")
    }

    /// The means beside a model's weights; nil where there are none.
    static func means(of layout: ModelLayout) throws(IlkError) -> LanguageMeans? {
        let path = layout.folder + "/" + LanguageMeans.fileName
        guard FolderFiles.isFile(path) else { return nil }
        let means = try LanguageMeans(path: path)
        guard means.dimension == layout.traits.dimension else {
            throw IlkError(
                .invalidRequest,
                "\(path) has means of \(means.dimension) components and model '\(layout.name)' has \(layout.traits.dimension); "
                    + "remove the file or learn the means anew")
        }
        return means
    }
}
