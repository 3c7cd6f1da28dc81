/// One step of what a `tokenizer.json` does to a text before it is split.
enum TextChange: Sendable {
    case bert(BertNormalizer)
    case map(CharacterMap)
    case lowercase
    /// NFD.
    case decompose
    /// Removes marks.
    case removeMarks
    /// Removes white space at the ends.
    case strip(left: Bool, right: Bool)
    case replace([UInt8], by: [UInt8])
    /// Replaces runs of at least so many spaces, each run as one.
    case replaceSpaces(atLeast: Int, by: [UInt8])
    case prepend([UInt8])
    /// Control characters go and unusual spaces become plain ones, as in machine translation.
    case cleanForTranslation

    func applied(to text: [UInt8]) -> [UInt8] {
        switch self {
        case .bert(let normalizer): return normalizer.normalized(text.span)
        case .map(let map): return map.applied(to: text.span)
        case .lowercase: return Self.eachScalar(text) { scalar, output in Self.lowercase(scalar, &output) }
        case .decompose: return Self.decomposed(text)
        case .removeMarks:
            return Self.eachScalar(text) { scalar, output in
                if scalar.isASCII || !CharacterClass.isMark(scalar) { UTF8Bytes.append(scalar, to: &output) }
            }
        case .strip(let left, let right): return Self.stripped(text, left: left, right: right)
        case .replace(let pattern, let replacement): return Self.replaced(text, pattern, replacement)
        case .replaceSpaces(let least, let replacement): return Self.spacesReplaced(text, least, replacement)
        case .prepend(let prefix): return text.isEmpty ? text : prefix + text
        case .cleanForTranslation: return Self.eachScalar(text, Self.cleanForTranslation)
        }
    }

    static func lowercase(_ scalar: Unicode.Scalar, _ output: inout [UInt8]) {
        if scalar.isASCII {
            let byte = UInt8(truncatingIfNeeded: scalar.value)
            output.append(byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte)
        } else if scalar.properties.changesWhenLowercased {
            output += scalar.properties.lowercaseMapping.utf8
        } else {
            UTF8Bytes.append(scalar, to: &output)
        }
    }

    private static func eachScalar(
        _ text: [UInt8], _ change: (Unicode.Scalar, inout [UInt8]) -> Void
    ) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        let bytes = text.span
        var place = 0
        while place < bytes.count { change(UTF8Bytes.scalar(in: bytes, at: &place), &output) }
        return output
    }

    private static func decomposed(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(where: { $0 >= 0x80 }) else { return text }
        var scalars: [Unicode.Scalar] = []
        let (bytes, decomposition) = (text.span, CanonicalDecomposition.shared)
        var place = 0
        while place < bytes.count {
            decomposition.append(UTF8Bytes.scalar(in: bytes, at: &place), to: &scalars)
        }
        CanonicalDecomposition.sortMarks(&scalars)
        var output: [UInt8] = []
        for scalar in scalars { UTF8Bytes.append(scalar, to: &output) }
        return output
    }

    private static func stripped(_ text: [UInt8], left: Bool, right: Bool) -> [UInt8] {
        let scalars = String(decoding: text, as: UTF8.self).unicodeScalars
        var rest = scalars[...]
        if left { rest = rest.drop { $0.properties.isWhitespace } }
        if right { while let last = rest.last, last.properties.isWhitespace { rest.removeLast() } }
        return Array(String(rest).utf8)
    }

    private static func replaced(_ text: [UInt8], _ pattern: [UInt8], _ replacement: [UInt8]) -> [UInt8] {
        guard let first = pattern.first else { return text }
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var place = 0
        while place < text.count {
            if text[place] == first, text[place...].starts(with: pattern) {
                output += replacement
                place += pattern.count
            } else {
                output.append(text[place])
                place += 1
            }
        }
        return output
    }

    private static func spacesReplaced(_ text: [UInt8], _ least: Int, _ replacement: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var place = 0
        while place < text.count {
            var end = place
            while end < text.count, text[end] == 0x20 { end += 1 }
            if end - place >= least {
                output += replacement
            } else {
                output += text[place..<end]
            }
            if end < text.count { output.append(text[end]) }
            place = end + 1
        }
        return output
    }

    private static func cleanForTranslation(_ scalar: Unicode.Scalar, _ output: inout [UInt8]) {
        switch scalar.value {
        case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: break
        case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
            output.append(0x20)
        default: UTF8Bytes.append(scalar, to: &output)
        }
    }
}
