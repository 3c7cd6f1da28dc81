import IlkFilter
import Testing

@Suite struct `Date-times` {
    static let instants: [(text: String, microseconds: Int64, utc: String)] = [
        ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"), ("1970-01-01", 0, "1970-01-01T00:00:00Z"),
        ("1970-01-01t00:00:00.000001z", 1, "1970-01-01T00:00:00.000001Z"),
        ("1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z"),
        ("2000-02-29 12:30:45.5+05:30", 951_807_645_500_000, "2000-02-29T07:00:45.500000Z"),
        ("2026-11-24T04:00:00-08:00", 1_795_521_600_000_000, "2026-11-24T12:00:00Z"),
        ("2026-12-31T23:59:60Z", 1_798_761_600_000_000, "2027-01-01T00:00:00Z"),
        ("2026-11-24T12:00:00.123456789Z", 1_795_521_600_123_456, "2026-11-24T12:00:00.123456Z"),
        ("0000-01-01T00:00:00Z", -62_167_219_200_000_000, "0000-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
    ]

    @Test(arguments: instants)
    func `a date-time is its microseconds, and back in UTC`(instant: (text: String, microseconds: Int64, utc: String)) {
        #expect(Timestamp.parse(instant.text) == instant.microseconds)
        #expect(Timestamp.text(instant.microseconds) == instant.utc)
    }

    @Test(arguments: [
        "", "2026", "2026-11", "2026-11-24T", "2026-11-24T12:00Z", "2026-11-24T12:00:00", "2026-11-24T12:00:00.Z",
        "2026-11-24T12:00:00z ", " 2026-11-24", "2026-13-01", "2026-00-01", "2026-02-29", "1900-02-29", "2026-04-31",
        "2026-11-00", "2026-11-24T24:00:00Z", "2026-11-24T12:60:00Z", "2026-11-24T12:00:61Z",
        "2026-11-24T12:00:00+24:00",
        "2026-11-24T12:00:00+0800", "2026-11-24T12:00:00+08", "2026-11-24T12:00:00+08:60", "26-11-24", "2026/11/24",
        "2026-11-24T12:00:00Z0", "２０２６-11-24", "-026-11-24", "2026-11-24T1２:00:00Z", "1795521600",
    ])
    func `what is no date-time is refused`(text: String) {
        #expect(Timestamp.parse(text) == nil)
    }

    @Test func `every day of eight centuries comes back, and each is one after the last`() throws {
        var last = try #require(Timestamp.parse("1599-12-31"))
        for year in 1600..<2400 {
            for month in 1...12 {
                for day in 1...31 {
                    func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
                    let date = "\(year)-\(pad(month))-\(pad(day))"
                    guard let instant = Timestamp.parse(date) else { continue }
                    #expect(instant - last == 86_400_000_000)
                    #expect(Timestamp.text(instant) == date + "T00:00:00Z")
                    last = instant
                }
            }
        }
        #expect(last == Timestamp.parse("2399-12-31"))
    }
}
