import IlkFilter
import IlkProtocol
import IlkVectors
import Testing

@Suite struct `Facets` {
    @Test(arguments: 0..<30 as Range<UInt64>)
    func `counts are exact for every kind, most frequent first, ties by value`(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        var index = PayloadIndex(fields: Generator.fields)
        var payloads: [JSONValue] = []
        for ordinal in 0..<400 as Range<UInt32> {
            payloads.append(generator.payload())
            try index.set(payloads[Int(ordinal)], at: Ordinal(ordinal))
        }
        // A few points are counted point by point, many value by value.
        for share in [1, 10, 100] {
            let within = Bitmap((0..<400).filter { _ in generator.chance(share) })
            for field in Generator.fields {
                var counts: [FilterValue: Int] = [:]
                for ordinal in within.ordinals {
                    let found = NaiveFilter.values(payloads[Int(ordinal)], field.path[...]).compactMap {
                        FilterValue($0)
                    }
                    for value in Set(found.map { Self.comparable($0, field) }) { counts[value, default: 0] += 1 }
                }
                let expected = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
                for limit in [0, 1, 3, 1_000] {
                    let found = try index.facets(field: field.path, within: within, limit: limit)
                    #expect(found.map(\.count) == expected.prefix(limit).map(\.value))
                    let values = found.compactMap { FilterValue($0.value) }.map { Self.comparable($0, field) }
                    #expect(values == expected.prefix(limit).map(\.key))
                }
            }
        }
    }

    /// A date-time as its microseconds, so that texts of one instant are one value.
    private static func comparable(_ value: FilterValue, _ field: PayloadField) -> FilterValue {
        guard field.kind == .datetime, case .string(let text) = value, let instant = Timestamp.parse(text) else {
            return value
        }
        return .number(.int(instant))
    }

    @Test func `date-times are shown in UTC`() throws {
        var index = PayloadIndex(fields: [.init(path: "at", kind: .datetime)])
        for (ordinal, text) in ["2026-11-24T20:00:00+08:00", "2026-11-24T12:00:00Z", "2026-11-25"].enumerated() {
            try index.set(.object(JSONObject([("at", .string(text))])), at: Ordinal(UInt32(ordinal)))
        }
        let facets = try index.facets(field: "at", within: Bitmap(0..<3), limit: 5)
        #expect(facets.map(\.value) == [.string("2026-11-24T12:00:00Z"), .string("2026-11-25T00:00:00Z")])
        #expect(facets.map(\.count) == [2, 1])
    }

    @Test func `a field that is not declared is refused with the nearest that is`() {
        let index = PayloadIndex(fields: Generator.fields)
        let error = #expect(throws: IlkError.self) { try index.facets(field: "brnad", within: Bitmap(), limit: 5) }
        #expect(error == IlkError(.notFound, "no payload field 'brnad' is declared; did you mean 'brand'?"))
    }

    @Test func `an index made on the fly counts values of any kind`() throws {
        var index = FieldIndex(path: "x")
        for (ordinal, value) in [
            JSONValue.int(1), .double(1), .string("1"), .bool(true), .null, .array([.int(1), .int(1)]),
        ].enumerated() {
            index.add(.object(JSONObject([("x", value)])), at: Ordinal(UInt32(ordinal)))
        }
        let facets = index.facets(within: Bitmap(0..<6), limit: 5)
        #expect(facets.map(\.value) == [.int(1), .bool(true), .string("1")])
        #expect(facets.map(\.count) == [3, 1, 1])
    }
}
