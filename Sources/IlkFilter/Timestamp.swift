/// Instants as RFC 3339 writes them, in microseconds since 1970-01-01 UTC.
///
/// `2026-11-24T12:00:00Z`, `2026-11-24 12:00:00.25+08:00`, or a date alone, which is its midnight in UTC. Digits after
/// the sixth of a fraction are dropped. A leap second is the first of the next minute.
package enum Timestamp {
    /// The instant; nil where the text is no date-time, or no day of the calendar.
    package static func parse(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[range] {
                guard (48...57).contains(byte) else { return nil }
                value = value * 10 + Int(byte - 48)
            }
            return value
        }
        func has(_ characters: String, at place: Int) -> Bool {
            place < bytes.count && characters.utf8.contains(bytes[place])
        }
        guard let year = number(0..<4), has("-", at: 4), let month = number(5..<7), has("-", at: 7),
            let day = number(8..<10), (1...12).contains(month), day >= 1, day <= days(in: month, of: year)
        else { return nil }
        var microseconds = Int64(daysSinceEpoch(year, month, day)) * 86_400_000_000
        guard bytes.count > 10 else { return microseconds }
        guard has("Tt ", at: 10), let hour = number(11..<13), has(":", at: 13), let minute = number(14..<16),
            has(":", at: 16), let second = number(17..<19), hour < 24, minute < 60, second <= 60
        else { return nil }
        microseconds += Int64(hour * 3_600 + minute * 60 + second) * 1_000_000
        var place = 19
        if has(".", at: place) {
            place += 1
            let start = place
            var unit: Int64 = 100_000
            while place < bytes.count, (48...57).contains(bytes[place]) {
                microseconds += Int64(bytes[place] - 48) * unit
                unit /= 10
                place += 1
            }
            guard place > start else { return nil }
        }
        if has("Zz", at: place) { return place + 1 == bytes.count ? microseconds : nil }
        guard has("+-", at: place), let hours = number(place + 1..<place + 3), has(":", at: place + 3),
            let minutes = number(place + 4..<place + 6), place + 6 == bytes.count, hours < 24, minutes < 60
        else { return nil }
        let offset = Int64(hours * 3_600 + minutes * 60) * 1_000_000
        return bytes[place] == UInt8(ascii: "+") ? microseconds - offset : microseconds + offset
    }

    /// An instant in UTC as RFC 3339.
    package static func text(_ microseconds: Int64) -> String {
        // Integers throughout: a double would round the last microseconds of a far day into the next.
        let ofDay = ((Int(microseconds) % dayLength) + dayLength) % dayLength
        let day = (Int(microseconds) - ofDay) / dayLength
        let (year, month, date) = civil(day)
        func pad(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let seconds = ofDay / 1_000_000
        let fraction = ofDay % 1_000_000
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(date, 2))T"
            + "\(pad(seconds / 3_600, 2)):\(pad(seconds / 60 % 60, 2)):\(pad(seconds % 60, 2))"
            + (fraction == 0 ? "Z" : ".\(pad(fraction, 6))Z")
    }

    private static let dayLength = 86_400_000_000

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func days(in month: Int, of year: Int) -> Int {
        month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days from 1970-01-01, counted in years that begin in March, so that a leap day comes last.
    private static func daysSinceEpoch(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}
