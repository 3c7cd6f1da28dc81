/// Makes of a text what pieces are looked for in: characters mapped, spaces trimmed and collapsed, each as U+2581.
struct PieceNormalizer: Sendable {
    var map = CharacterMap()
    /// Pieces that are to be found as they are written, and so are not mapped.
    var verbatim: PieceTrie?
    /// Whether a text begins with a space that it does not have.
    var addsPrefix = true
    /// Whether that space goes to the end instead.
    var prefixIsSuffix = false
    /// Whether spaces at the ends go, and of several only one stays.
    var trims = true
    /// Whether a space becomes U+2581.
    var escapes = true

    func normalized(_ text: borrowing Span<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count + text.count / 4 + 8)
        let space: [UInt8] = escapes ? UTF8Bytes.wordMark : [0x20]
        var place = 0
        if trims {
            while place < text.count {
                let part = part(of: text, at: place)
                guard part.isSpace(in: text, map) else { break }
                place += part.length
            }
        }
        guard place < text.count else { return [] }
        if addsPrefix && !prefixIsSuffix { output += space }
        var afterSpace = trims
        while place < text.count {
            let byte = text[place]
            if byte > 0x20, byte < 0x80, place + 1 < text.count, text[place + 1] < 0x80, verbatim == nil,
                map.isPlain(byte)
            {
                output.append(byte)
                afterSpace = false
                place += 1
                continue
            }
            let part = part(of: text, at: place)
            place += part.length
            if let replacement = part.replacement {
                append(map.replacements.span.extracting(replacement), &output, space, &afterSpace)
            } else {
                append(text.extracting(place - part.length..<place), &output, space, &afterSpace)
            }
        }
        if trims {
            while output.count >= space.count, output.suffix(space.count).elementsEqual(space) {
                output.removeLast(space.count)
            }
        }
        if addsPrefix && prefixIsSuffix { output += space }
        return output
    }

    /// Some bytes of the text, and where what they become lies in the map's replacements; nil: they stay.
    private struct Part {
        var start: Int
        var length: Int
        var replacement: Range<Int>?

        func isSpace(in text: borrowing Span<UInt8>, _ map: CharacterMap) -> Bool {
            guard let replacement else { return length == 1 && text[start] == 0x20 }
            return replacement.count == 1 && map.replacements[replacement.lowerBound] == 0x20
        }
    }

    private func part(of text: borrowing Span<UInt8>, at start: Int) -> Part {
        if let verbatim, let piece = verbatim.longest(in: text, at: start) {
            return Part(start: start, length: piece.end - start, replacement: nil)
        }
        if let rule = map.rule(in: text, at: start) {
            return Part(start: start, length: rule.length, replacement: rule.replacement)
        }
        let length = min(UTF8Bytes.length(lead: text[start]), text.count - start)
        return Part(start: start, length: length, replacement: nil)
    }

    private func append(
        _ bytes: borrowing Span<UInt8>, _ output: inout [UInt8], _ space: [UInt8], _ afterSpace: inout Bool
    ) {
        var first = 0
        while afterSpace, first < bytes.count, bytes[first] == 0x20 { first += 1 }
        guard first < bytes.count else { return }
        for place in first..<bytes.count {
            if bytes[place] == 0x20 { output += space } else { output.append(bytes[place]) }
        }
        afterSpace = trims && bytes[bytes.count - 1] == 0x20
    }
}
