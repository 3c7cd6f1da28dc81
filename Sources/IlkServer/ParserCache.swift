import IlkProtocol
import NIOPosix

/// A parser for each thread that parses: its buffers are reused from line to line.
final class ParserCache: Sendable {
    /// Unchecked: a slot never leaves the thread whose variable holds it.
    private final class Slot: @unchecked Sendable {
        let parser = RequestParser()
    }

    private let slots = ThreadSpecificVariable<Slot>()
    /// Above this, a parser is made for the line alone: simdjson holds some nine times the longest line it saw.
    private let largestKept = 1 << 20

    /// Parses a line with this thread's parser.
    func parse(_ line: UnsafeRawBufferPointer) -> ParsedLine {
        guard line.count <= largestKept else { return unsafe RequestParser().parse(line: line) }
        if let slot = slots.currentValue { return unsafe slot.parser.parse(line: line) }
        let slot = Slot()
        slots.currentValue = slot
        return unsafe slot.parser.parse(line: line)
    }
}
