import Foundation

/// Numbers as people read them.
enum Format {
    /// A count with its thousands set apart: `60,000`.
    static func count(_ value: Int) -> String {
        var digits = Array(String(value.magnitude))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: place)
            place -= 3
        }
        return (value < 0 ? "-" : "") + String(digits)
    }

    /// A count of things: `1 record`, `2 records`.
    static func counted(_ value: Int, _ thing: String) -> String { "\(count(value)) \(thing)\(value == 1 ? "" : "s")" }

    /// An amount of memory or disk: `1.5 MiB`.
    static func bytes(_ value: Int) -> String {
        guard value >= 1_024 else { return "\(value) B" }
        var scaled = Double(value) / 1_024
        for unit in ["KiB", "MiB", "GiB"] {
            if scaled < 1_000 { return "\(decimal(scaled, scaled < 10 ? 1 : 0)) \(unit)" }
            scaled /= 1_024
        }
        return "\(decimal(scaled, 1)) TiB"
    }

    /// A duration: `850 ms`, `14.2 s`, `3 min 5 s`, `2 h 4 min`.
    static func seconds(_ value: Double) -> String {
        switch value {
        case ..<1: return "\(decimal(value * 1_000, 0)) ms"
        case ..<60: return "\(decimal(value, 1)) s"
        case ..<3_600: return "\(Int(value) / 60) min \(Int(value) % 60) s"
        default: return "\(Int(value) / 3_600) h \(Int(value) / 60 % 60) min"
        }
    }

    /// A short duration: `312 µs`, `4.1 ms`.
    static func microseconds(_ value: Double) -> String {
        value < 1_000
            ? "\(decimal(value, value < 10 ? 1 : 0)) µs"
            : value < 1e6 ? "\(decimal(value / 1_000, 1)) ms" : seconds(value / 1e6)
    }

    /// A measured number, with six digits that count: `0.123457`, `595.477`.
    static func measured(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
        let whole = Int(max(0, log10(abs(value)).rounded(.down))) + 1
        return decimal(value, max(0, 6 - whole))
    }

    /// A number as short as it was given: `2`, `0.5`.
    static func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    }

    /// With so many decimal places.
    static func decimal(_ value: Double, _ places: Int) -> String {
        guard value.isFinite else { return "\(value)" }
        return value.formatted(
            .number.precision(.fractionLength(places)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
    }
}
