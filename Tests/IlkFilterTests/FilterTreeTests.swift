import IlkFilter
import IlkProtocol
import Testing

@Suite struct `Filter tree` {
    static let readings: [(tree: String, text: String)] = [
        (#"{"field":"price","op":"<","value":30}"#, "price < 30"),
        (#"{"field":"price","op":"<=","value":30.5}"#, "price <= 30.5"),
        (#"{"field":"price","op":">","value":30}"#, "price > 30"),
        (#"{"field":"price","op":">=","value":9007199254740993}"#, "price >= 9007199254740993"),
        (#"{"field":"brand","op":"=","value":"a"}"#, "brand = 'a'"),
        (#"{"field":"brand","op":"!=","value":"a"}"#, "brand != 'a'"),
        (#"{"field":"brand","op":"=","value":null}"#, "brand = null"),
        (#"{"field":"brand","op":"!=","value":null}"#, "brand != null"),
        (#"{"field":"brand","op":"in","values":["b","a",true,3]}"#, "brand in ('a', 'b', true, 3)"),
        (#"{"field":"brand","op":"not in","values":["b","a"]}"#, "brand not in ('a', 'b')"),
        (#"{"field":"price","op":"between","low":1,"high":2}"#, "price between 1 and 2"),
        (#"{"field":"odd name","op":"exists"}"#, "`odd name` exists"),
        (#"{"field":"a.b","op":"is_empty"}"#, "a.b is_empty"),
        (#"{"and":[{"field":"a","op":"exists"},{"field":"b","op":"exists"}]}"#, "a exists and b exists"),
        (#"{"or":[{"field":"a","op":"exists"},{"not":{"field":"b","op":"exists"}}]}"#, "a exists or not b exists"),
        (#"{"and":[{"field":"a","op":"exists"}]}"#, "a exists"),
    ]

    @Test(arguments: readings)
    func `the tree and the language become one expression`(reading: (tree: String, text: String)) throws {
        let tree = try FilterExpression.parse(tree: JSONValue.parse(reading.tree))
        #expect(try tree == FilterExpression.parse(reading.text))
    }

    static let mistakes: [(tree: String, message: String)] = [
        ("[]", "filter: expected an object such as {\"field\":\"price\",\"op\":\"<\",\"value\":30}"),
        (#"{"filed":"price","op":"<","value":3}"#, "filter: unknown key 'filed'; did you mean 'field'?"),
        (#"{"op":"<","value":3}"#, "filter: lacks 'field', the name of a field, or one of 'and', 'or', 'not'"),
        (
            #"{"field":"a","op":"==","value":3}"#,
            "filter: 'op' is one of '=' '!=' '<' '<=' '>' '>=' 'in' 'not in' 'between' 'exists' 'is_empty'; use '='"
        ),
        (
            #"{"field":"a","op":"betwen","low":1,"high":2}"#,
            "filter: 'op' is one of '=' '!=' '<' '<=' '>' '>=' 'in' 'not in' 'between' 'exists' 'is_empty'; did you mean 'between'?"
        ),
        (#"{"field":"a","op":"<","value":3,"values":[3]}"#, "filter: '<' takes 'value', not 'values'"),
        (#"{"field":"a","op":"exists","value":3}"#, "filter: 'exists' takes no other key, not 'value'"),
        (
            #"{"field":"a","op":"between","low":3}"#,
            "filter: 'between' takes 'high', a number or a string that is a date-time"
        ),
        (
            #"{"field":"a","op":"<","value":true}"#,
            "filter: '<' takes 'value', a number or a string that is a date-time"
        ),
        (#"{"field":"a","op":"=","value":[1]}"#, "filter: '=' takes 'value', a string, number, boolean or null"),
        (#"{"field":"a","op":"in","values":[]}"#, "filter: 'in' takes 'values', an array of 1 to 10000 values"),
        (#"{"field":"a","op":"in","values":[null]}"#, "filter: 'values' holds strings, numbers and booleans only"),
        (#"{"and":[]}"#, "filter: 'and' takes an array of at least one filter, and no other key stands beside it"),
        (
            #"{"not":{"field":"a","op":"exists"},"or":1}"#,
            "filter: 'or' takes an array of at least one filter, and no other key stands beside it"
        ),
        (
            #"{"and":[{"field":"a","op":"exists"},{"or":[{"not":{"field":1}}]}]}"#,
            "filter.and[1].or[0].not: lacks 'field', the name of a field, or one of 'and', 'or', 'not'"
        ),
    ]

    @Test(arguments: mistakes)
    func `a mistake is named with its place and what to do`(mistake: (tree: String, message: String)) throws {
        let tree = try JSONValue.parse(mistake.tree)
        let error = #expect(throws: IlkError.self) { try FilterExpression.parse(tree: tree) }
        #expect(error == IlkError(.invalidFilter, mistake.message))
    }

    @Test func `nesting and size have limits`() throws {
        let leaf = JSONValue.object(JSONObject([("field", .string("a")), ("op", .string("exists"))]))
        func nested(_ depth: Int) -> JSONValue {
            (1..<depth).reduce(leaf) { inner, _ in .object(JSONObject([("not", inner)])) }
        }
        #expect(try FilterExpression.parse(tree: nested(64)).description == "not a exists")
        #expect(throws: IlkError.self) { try FilterExpression.parse(tree: nested(65)) }
        func wide(_ count: Int) -> JSONValue {
            .object(JSONObject([("or", .array(Array(repeating: leaf, count: count)))]))
        }
        #expect(try FilterExpression.parse(tree: wide(10_000)).description == "a exists")
        #expect(throws: IlkError.self) { try FilterExpression.parse(tree: wide(10_001)) }
    }

    @Test func `numbers that are not finite are no values`() {
        for value in [Double.nan, .infinity, -.infinity] {
            let tree = JSONObject([("field", .string("a")), ("op", .string("=")), ("value", .double(value))])
            #expect(throws: IlkError.self) { try FilterExpression.parse(tree: .object(tree)) }
        }
    }
}
