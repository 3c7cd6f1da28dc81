import IlkMatching
import IlkProtocol

extension Engine {
    func saveAudience(_ request: AudienceSave, _ answer: Answer) {
        answer.fulfil { () throws(IlkError) in
            var request = request
            if case .matched(let question) = request.source { request.source = .matched(try withItems(question)) }
            return try matching(request.collection).save(request, at: Self.now)
        }
    }

    func listAudiences(_ collection: String, _ answer: Answer) {
        answer.fulfil { () throws(IlkError) in try matching(collection).audiences() }
    }

    func getAudience(_ request: AudienceGet, _ answer: Answer) {
        answer.fulfil { () throws(IlkError) in try matching(request.collection).audience(request) }
    }

    func deleteAudience(_ collection: String, _ name: String, _ answer: Answer) {
        answer.fulfil { () throws(IlkError) in try matching(collection).deleteAudience(name) }
    }
}
