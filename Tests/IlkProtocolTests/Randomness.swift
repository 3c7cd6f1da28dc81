import IlkProtocol

/// Numbers from a seed (SplitMix64), so that a failure can be replayed.
struct Randomness: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Any finite float, small and huge ones as often as those between.
    mutating func float() -> Float {
        while true {
            let float = Float(bitPattern: UInt32(truncatingIfNeeded: next()))
            if float.isFinite { return float }
        }
    }

    /// Any finite double.
    mutating func double() -> Double {
        while true {
            let double = Double(bitPattern: next())
            if double.isFinite { return double }
        }
    }

    /// A text of letters, quotes, control characters and what lies outside the basic plane.
    mutating func text(atMost count: Int = 12) -> String {
        let ranges: [ClosedRange<UInt32>] = [
            0x61...0x7A, 0x20...0x7E, 0x00...0x1F, 0xA0...0x2FF, 0x2028...0x2029, 0x4E00...0x9FFF, 0x1F300...0x1F5FF,
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...count, using: &self) {
            let range = ranges.randomElement(using: &self) ?? 0x61...0x7A
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &self)) { text.append(scalar) }
        }
        return String(text)
    }

    /// A JSON value at most `depth` containers deep.
    mutating func value(depth: Int = 4) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &self) {
        case 0: return .null
        case 1: return .bool(.random(using: &self))
        case 2:
            return .int(
                [0, -1, 1, .min, .max, .random(in: .min ... .max, using: &self)].randomElement(using: &self) ?? 0)
        case 3: return .uint(.random(in: UInt64(Int64.max) + 1 ... .max, using: &self))
        case 4:
            return .double([0.1, -0.0, 1e300, .leastNonzeroMagnitude, 100, double()].randomElement(using: &self) ?? 0)
        case 5: return .string(text())
        case 6, 7:
            return .array((0..<Int.random(in: 0...5, using: &self)).map { _ in value(depth: depth - 1) })
        default:
            return .object(
                JSONObject(
                    (0..<Int.random(in: 0...5, using: &self)).map { ("\($0)" + text(), value(depth: depth - 1)) }))
        }
    }
}
