import IlkProtocol
import Testing

@Suite struct `A question about people and items that is refused` {
    private static func items(_ members: String, _ message: String, _ code: ErrorCode = .invalidRequest) -> Refused {
        Refused("match.items", #"{"collection":"c",\#(members)}"#, message, code)
    }

    static let rankers: [Refused] = [
        items(#""query":"x","log":true"#, "match.items has 'log' without 'user'; what is logged was shown to somebody"),
        items(
            #""user":"u","log":true,"k":101"#,
            "match.items.k is 101; with 'log' choose 1 to 100, for nobody looks at more"),
        items(#""user":"u","ranker":"no""#, "match.items.ranker is a string; expected true or false"),
        items(
            #""user":"u","context":[]"#,
            #"match.items.context is an array; expected an object of scalars, such as {"hour":20,"device":"phone"}"#),
        items(
            #""user":"u","context":{"hour":[1]}"#,
            "match.items.context.hour is an array; expected a string, a number, true or false"),
        Refused(
            "match.train", #"{"collection":"c","models":["ranker"],"within_hours":0}"#,
            "match.train.within_hours is 0.0; choose over 0 to 720"),
        Refused(
            "match.train", #"{"collection":"c","models":["ranker"],"go_live":"maybe"}"#,
            "match.train.go_live is 'maybe'; choose if_better, always or never"),
        Refused(
            "match.ranker", #"{"collection":"c","use":"previos"}"#,
            "match.ranker.use is 'previos'; choose newest, previous or off; did you mean 'previous'?"),
        Refused("match.load", #"{"collection":"c"}"#, "match.load lacks 'lightgbm'"),
        Refused("match.shown", #"{"collection":"c","limit":0}"#, "match.shown.limit is 0; choose 1 to 1000"),
    ]

    @Test(arguments: rankers)
    func `says where, what was found and what to do`(refused: Refused) {
        let refusal = #expect(throws: IlkError.self) { try command(refused.method, refused.params) }
        #expect(refusal == IlkError(refused.code, refused.message))
    }
}
