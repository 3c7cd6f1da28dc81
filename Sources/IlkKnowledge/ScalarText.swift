extension Unicode.Scalar {
    /// White space and the byte order mark: nothing to cite.
    var isBlank: Bool {
        value < 0x80 ? value == 32 || (9...13).contains(value) : properties.isWhitespace || value == 0xFEFF
    }

    var isLineEnd: Bool { value == 10 || value == 13 }

    var isDigit: Bool { ("0"..."9").contains(self) }

    var isLetterOrDigit: Bool {
        value < 0x80
            ? isDigit || ("a"..."z").contains(self) || ("A"..."Z").contains(self)
            : properties.isAlphabetic || properties.numericType != nil
    }

    /// A sign that is read with the one before it: a cut between them would change both.
    var isJoined: Bool {
        guard value >= 0x300 else { return false }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return true
        default: return value == 0x200D || properties.isEmojiModifier || (0xE0020...0xE007F).contains(value)
        }
    }
}

extension [Unicode.Scalar] {
    /// Every line without its end, which is `\n`, `\r` or both.
    var lines: [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        var position = 0
        while position < count {
            if self[position].isLineEnd {
                lines.append(start..<position)
                if self[position] == "\r", position + 1 < count, self[position + 1] == "\n" { position += 1 }
                start = position + 1
            }
            position += 1
        }
        if start < count { lines.append(start..<count) }
        return lines
    }

    /// A range without the blanks at its ends; nil if all of it is blank.
    func trimmed(_ range: Range<Int>) -> Range<Int>? {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, self[start].isBlank { start += 1 }
        while end > start, self[end - 1].isBlank { end -= 1 }
        return start < end ? start..<end : nil
    }
}
