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

    static let experiments: [Refused] = [
        items(
            #""query":"x","experiment":{"name":"a","variants":[{"name":"x"},{"name":"y"}]}"#,
            "match.items has 'experiment' without 'user'; people are shared out by their ids"),
        items(
            #""user":"u","experiment":{"name":"a","variants":[{"name":"x"}]}"#,
            "match.items.experiment.variants has 1 entries; send 2 to 20"),
        items(
            #""user":"u","experiment":{"name":"a","variants":[{"name":"x"},{"name":"x"}]}"#,
            "match.items.experiment.variants[1].name is 'x' again; give each its own"),
        items(
            #""user":"u","experiment":{"name":"a","variants":[{"name":"x"},{"name":"y","weight":0}]}"#,
            "match.items.experiment.variants[1].weight is 0.0; choose over 0 to 1000000"),
        items(
            #""user":"u","experiment":{"name":"a","variants":[{"name":"x"},{"name":"y","set":{"mrm":1}}]}"#,
            "unknown field 'mrm' in match.items.experiment.variants[1].set; did you mean 'mmr'?"),
        items(
            #""user":"u","experiment":{"name":"a","variants":[{"name":"x"},{"name":"y","set":{"mmr":3}}]}"#,
            "match.items.experiment.variants[1].set: match.items.mmr is 3.0; choose 0 to 1"),
    ]

    static let audiences: [Refused] = [
        Refused(
            "audience.save", #"{"collection":"c","name":"vip"}"#,
            "audience.save lacks 'item', 'items', 'users', 'theme' or 'audience': an audience for what?"),
        Refused(
            "audience.save", #"{"collection":"c","name":"vip","members":["u"],"item":"i"}"#,
            "audience.save has both 'members' and 'item'; bring the people, or have them found"),
        Refused("audience.get", #"{"collection":"c"}"#, "audience.get lacks 'name'"),
        Refused(
            "match.users", #"{"collection":"c","item":"i","audience":"vip"}"#,
            "match.users has both 'item' and 'audience'; send one of them"),
    ]

    @Test(arguments: rankers + experiments + audiences)
    func `says where, what was found and what to do`(refused: Refused) {
        let refusal = #expect(throws: IlkError.self) { try command(refused.method, refused.params) }
        #expect(refusal == IlkError(refused.code, refused.message))
    }
}
