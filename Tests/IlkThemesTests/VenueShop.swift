import IlkCollection
import IlkProtocol
import IlkThemes

extension Shop {
    /// What a client's line about venues is answered at a moment, for somebody who likes some products.
    @discardableResult
    func venues(
        _ method: String, _ params: String, at now: Double, likes products: [String] = []
    ) throws -> JSONValue {
        let members = params.dropFirst()
        let line =
            #"{"method":"theme.\#(method)","params":{"collection":"shop"\#(members == "}" ? "" : ",")\#(members)}"#
        let parsed = unsafe Array(line.utf8).withUnsafeBytes { unsafe RequestParser().parse(line: $0) }
        guard case .single(let call) = parsed else { throw IlkError(.internal, line) }
        let merchandiser = try merchandiser
        switch try call.command.get() {
        case .themeDistribute(let request):
            return .object(try merchandiser.distribute(request, to: try visitor(liking: products), at: now))
        case .themeTraffic(let request): return .object(try merchandiser.traffic(request, at: now))
        case .themeFeedback(let request): return .object(try merchandiser.feedback(request, at: now))
        default: throw IlkError(.internal, "theme.\(method) is none of venues'")
        }
    }

    /// What is said of a line about venues that is refused; empty where it is not.
    func refusal(ofVenues method: String, _ params: String) throws -> String {
        do {
            try venues(method, params, at: Self.opening)
            return ""
        } catch let error as IlkError {
            return error.message
        }
    }

    /// When tests begin.
    static let opening = 1_760_000_000.0

    /// Somebody who likes some products.
    func visitor(liking products: [String]) throws -> Visitor {
        guard !products.isEmpty else { return Visitor() }
        let found = try collection.get(ids: products.map { .string($0) }, withVectors: true, withPayload: .none)
        return Visitor(interests: found.points.compactMap { $0.vectors.first?.vector }, field: 0)
    }

    /// What is told of a venue's traffic.
    func traffic(_ theme: String, at now: Double) throws -> JSONValue {
        try venues("traffic", #"{"themes":["\#(theme)"]}"#, at: now)["venues"][0]
    }
}
