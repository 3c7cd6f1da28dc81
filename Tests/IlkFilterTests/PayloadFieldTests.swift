import IlkFilter
import IlkProtocol
import IlkVectors
import Testing

@Suite struct `Payload fields` {
    static let fields = Generator.fields

    static let misfits: [(payload: String, message: String)] = [
        (#"{"brand":3}"#, "payload field 'brand' is declared keyword but is 3; send a string, or null"),
        (
            #"{"brand":["a",{"b":1}]}"#,
            #"payload field 'brand' is declared keyword but is {"b":1}; send a string, or null"#
        ),
        (
            #"{"stock":1.5}"#,
            "payload field 'stock' is declared int but is 1.5; "
                + "send an integer from -9223372036854775808 to 9223372036854775807, or null"
        ),
        (
            #"{"stock":9223372036854775808}"#,
            "payload field 'stock' is declared int but is 9223372036854775808; "
                + "send an integer from -9223372036854775808 to 9223372036854775807, or null"
        ),
        (#"{"price":"3"}"#, #"payload field 'price' is declared float but is "3"; send a number, or null"#),
        (#"{"sold_out":0}"#, "payload field 'sold_out' is declared bool but is 0; send true or false, or null"),
        (
            #"{"made":{"at":1795521600}}"#,
            "payload field 'made.at' is declared datetime but is 1795521600; "
                + #"send a date-time such as "2026-11-24T12:00:00Z", or null"#
        ),
        (
            #"{"made":{"at":"yesterday"}}"#,
            #"payload field 'made.at' is declared datetime but is "yesterday"; "#
                + #"send a date-time such as "2026-11-24T12:00:00Z", or null"#
        ),
    ]

    @Test(arguments: misfits)
    func `a value of another kind is refused with both, and nothing changes`(
        misfit: (payload: String, message: String)
    ) throws {
        var index = PayloadIndex(fields: Self.fields)
        let before = try JSONValue.parse(
            #"{"brand":"a","stock":1,"price":2,"sold_out":true,"made":{"at":"2026-11-24"}}"#)
        try index.set(before, at: Ordinal(3))
        let payload = try JSONValue.parse(misfit.payload)
        let error = try #require(throws: IlkError.self) { try index.set(payload, at: Ordinal(3)) }
        #expect(error == IlkError(.invalidRequest, misfit.message))
        #expect(throws: error) { try PayloadIndex.validate(payload, against: Self.fields) }
        #expect(throws: Never.self) { try PayloadIndex.validate(before, against: Self.fields) }
        #expect(
            try evaluate(index, "brand = 'a' and stock = 1 and price = 2 and sold_out and made.at exists").ordinals == [
                3
            ])
        #expect(index.problems(capacity: 4) == [])
    }

    @Test func `a whole number fits an int field however it is written, and any number a float field`() throws {
        var index = PayloadIndex(fields: Self.fields)
        try index.set(.parse(#"{"stock":3.0,"price":3}"#), at: Ordinal(3))
        #expect(try evaluate(index, "stock = 3 and price = 3.0").ordinals == [3])
    }

    static let unfit: [(filter: String, message: String)] = [
        (
            "brand < 'b'",
            "field 'brand' is declared keyword, which has no order; "
                + "compare it with = != or in (declare it int, float or datetime to have ranges)"
        ),
        ("sold_out >= 1", "field 'sold_out' is declared bool, which has no order; compare it with = or !="),
        (
            "brand = 3",
            "field 'brand' is declared keyword and cannot be compared with 3; compare it with a string in quotes"
        ),
        (
            "price in (1, 'x')",
            "field 'price' is declared float and cannot be compared with 'x'; compare it with a number without quotes"
        ),
        (
            "stock",
            "field 'stock' is declared int and cannot be compared with true; compare it with a number without quotes "
                + "(a name alone means '= true'; for any value write 'stock exists')"
        ),
        (
            "made.at > 1795521600",
            "field 'made.at' is declared datetime and cannot be compared with 1795521600; "
                + "compare it with a date-time in quotes, such as '2026-11-24T12:00:00Z'"
        ),
        ("made.at = 'now'", "field 'made.at' is a datetime and 'now' is none; write it as '2026-11-24T12:00:00Z'"),
        (
            "sold_out != 'yes'",
            "field 'sold_out' is declared bool and cannot be compared with 'yes'; compare it with true or false"
        ),
        (
            "note < 'b'",
            "field 'note': 'b' is no date-time, and other strings have no order; "
                + "write it as '2026-11-24T12:00:00Z', a number without quotes, or compare with = or in"
        ),
        (
            "note between 1 and '2026-11-24'",
            "field 'note': both ends of 'between' are numbers, or both date-times in quotes"
        ),
    ]

    @Test(arguments: unfit)
    func `a comparison that a field cannot have is refused with what it can, whatever the data`(
        unfit: (filter: String, message: String)
    ) throws {
        // The first part finds nothing, so that the second would never be looked up.
        for filter in [unfit.filter, "brand = 'none' and (\(unfit.filter))"] {
            let error = #expect(throws: IlkError.self) { try evaluate(PayloadIndex(fields: Self.fields), filter) }
            #expect(error == IlkError(.invalidFilter, unfit.message))
        }
    }

    @Test func `an undeclared field is asked for once, and its error is passed on`() throws {
        let index = PayloadIndex(fields: [])
        var asked: [String] = []
        _ = try index.evaluate(.parse("a = 1 or b < 2 and a exists"), live: Bitmap()) { path throws(IlkError) in
            asked.append(path)
            return FieldIndex(path: path)
        }
        #expect(asked == ["a", "b"])
        let refusal = IlkError(.unavailable, "reading")
        #expect(throws: refusal) {
            try index.evaluate(.parse("a = 1"), live: Bitmap()) { _ throws(IlkError) in throw refusal }
        }
    }

    @Test func `what was removed leaves no trace, and memory is given back`() throws {
        var generator = Generator(seed: 3)
        var index = PayloadIndex(fields: Self.fields)
        let empty = index.memoryBytes
        for round in 0..<3 {
            for ordinal in 0..<5_000 as Range<UInt32> { try index.set(generator.payload(), at: Ordinal(ordinal)) }
            #expect(index.memoryBytes > empty + 5_000 * 24, "round \(round)")
            for ordinal in 0..<5_000 as Range<UInt32> { index.remove(at: Ordinal(ordinal)) }
            #expect(index.problems(capacity: 5_000) == [])
            for field in Self.fields {
                #expect(try index.facets(field: field.path, within: Bitmap(0..<5_000), limit: 10).isEmpty)
            }
        }
        var others: [UInt32] = []
        for round in 0..<12 {
            for ordinal in 0..<20_000 as Range<UInt32> {
                let row = JSONObject([
                    ("stock", .int(Int64(round) << 32 + Int64(ordinal))),
                    ("brand", .string("brand number \(round) \(ordinal)")),
                ])
                try index.set(.object(row), at: Ordinal(ordinal))
            }
            others.append(UInt32(index.memoryBytes / 1_000))
        }
        // New values every round, as many as before: no more memory than the first rounds took.
        #expect(others[11] < others[2] * 3 / 2, "\(others)")
        #expect(index.problems(capacity: 20_000) == [])
    }

    private func evaluate(_ index: PayloadIndex, _ filter: String) throws -> Bitmap {
        try index.evaluate(FilterExpression.parse(filter), live: Bitmap(0..<10)) { path throws(IlkError) in
            FieldIndex(path: path)
        }
    }
}
