import IlkCollection
import IlkProtocol

extension Engine {
    func setLexicon(_ request: LexiconRequest, _ answer: Answer) {
        answer.fulfil { () throws(IlkError) in
            let lexicon = try registry.collection(request.collection).setLexicon(
                words: request.words, synonyms: request.synonyms)
            return JSONObject([
                ("words", .int(Int64(lexicon.words))), ("synonyms", .int(Int64(lexicon.synonyms))),
                ("reindexed", .bool(lexicon.isReindexed)),
            ])
        }
    }
}
