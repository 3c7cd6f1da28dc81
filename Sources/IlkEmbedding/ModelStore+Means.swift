package import IlkProtocol

extension ModelStore {
    /// Learns a model's language means from texts of the user's own, and puts them beside its weights.
    ///
    /// Every text counts as query and as passage, under the language that is guessed for it. A language with fewer than
    /// ``fewestTexts`` texts gets no mean of its own and shares the one of all languages, in which each counts alike. The
    /// model's fingerprint changes: fields that it has filled have to be filled anew.
    ///
    /// - Parameters:
    ///   - name: the model's name.
    ///   - texts: like those that will be embedded; some hundreds of each language are enough.
    ///   - threads: how many threads may be used.
    ///   - progress: gets the number of texts done from time to time; false ends the work with `cancelled`.
    /// - Returns: the means.
    /// - Throws: `invalid_request` where there are too few texts; then the old means stay.
    package func learnMeans(
        _ name: String, from texts: [String], threads: Int = 1, progress: (Int) -> Bool = { _ in true }
    ) throws(IlkError) -> LanguageMeans {
        guard name != EmbeddingModel.hashName else {
            throw IlkError(.invalidRequest, "model 'hash' compares spelling and has no language to be freed of")
        }
        let folder = try folder(of: name)
        let model = try EmbeddingModel.open(folder: folder, name: name, isCentred: false)
        var sums: [LanguageMeans.Entry: (vector: [Double], texts: Int)] = [:]
        for start in stride(from: 0, to: texts.count, by: Self.meansBatch) {
            guard progress(start) else {
                throw IlkError(.cancelled, "learning language means was cancelled; the old ones stay")
            }
            let batch = texts[start..<min(start + Self.meansBatch, texts.count)]
            for kind in EmbeddingKind.allCases {
                var prepared: [PreparedText] = []
                var languages: [String] = []
                for text in batch {
                    guard let read = try model.prepareUnlessBlank(text, kind: kind, truncate: .end) else { continue }
                    prepared.append(read)
                    languages.append(LanguageGuess.language(of: text))
                }
                for (language, vector) in zip(languages, try model.embed(prepared, threads: threads)) {
                    let entry = LanguageMeans.Entry(kind: kind, language: language)
                    let zero = [Double](repeating: 0, count: model.dimension)
                    for place in vector.indices {
                        sums[entry, default: (zero, 0)].vector[place] += Double(vector[place])
                    }
                    sums[entry, default: (zero, 0)].texts += 1
                }
            }
        }
        let means = try LanguageMeans(model: name, dimension: model.dimension, means: Self.means(sums, model.dimension))
        try ModelFile.write(means.bytes, to: folder + "/" + LanguageMeans.fileName)
        return means
    }

    /// Texts of a language that make a mean.
    package static let fewestTexts = 32
    private static let meansBatch = 64

    private static func means(
        _ sums: [LanguageMeans.Entry: (vector: [Double], texts: Int)], _ dimension: Int
    ) throws(IlkError) -> [(entry: LanguageMeans.Entry, mean: [Float])] {
        var means: [(entry: LanguageMeans.Entry, mean: [Float])] = []
        for kind in EmbeddingKind.allCases {
            let known = sums.filter { $0.key.kind == kind && $0.value.texts >= fewestTexts }
                .sorted { $0.key.language < $1.key.language }
            guard !known.isEmpty else {
                throw IlkError(
                    .invalidRequest,
                    "no language has \(fewestTexts) texts; give more of them, some hundreds of each language")
            }
            var all = [Double](repeating: 0, count: dimension)
            for (entry, sum) in known {
                let mean = sum.vector.map { $0 / Double(sum.texts) }
                for place in all.indices { all[place] += mean[place] / Double(known.count) }
                means.append((entry, mean.map { Float($0) }))
            }
            means.append((LanguageMeans.Entry(kind: kind, language: LanguageMeans.anyLanguage), all.map { Float($0) }))
        }
        return means
    }
}
