import IlkProtocol
import Testing

@Suite struct `Line framer` {
    enum Event: Equatable {
        case line(String)
        case oversized
    }

    private func events(_ chunks: [[UInt8]], limit: Int) -> [Event] {
        var framer = LineFramer(limit: limit)
        var events: [Event] = []
        for chunk in chunks { feed(chunk, to: &framer, &events) }
        return events
    }

    private func feed(_ chunk: [UInt8], to framer: inout LineFramer, _ events: inout [Event]) {
        unsafe chunk.withUnsafeBytes { bytes in
            unsafe framer.feed(bytes) { event in
                switch event {
                case .line(let line): unsafe events.append(.line(String(decoding: line, as: UTF8.self)))
                case .oversized: events.append(.oversized)
                }
            }
        }
    }

    @Test func `cuts at line feeds, takes off carriage returns, passes over empty lines`() {
        let events = events([Array("one\ntwo\r\n\n\r\nthree\n\r\r\nrest".utf8)], limit: 100)
        #expect(events == [.line("one"), .line("two"), .line("three"), .line("\r")])
    }

    @Test func `gives nothing for a line that has not ended, and holds it`() {
        var framer = LineFramer(limit: 100)
        var events: [Event] = []
        feed(Array("half".utf8), to: &framer, &events)
        #expect(events.isEmpty)
        #expect(framer.heldBytes == 4)
        feed(Array(" and half\nx".utf8), to: &framer, &events)
        #expect(events == [.line("half and half")])
        #expect(framer.heldBytes == 1)
    }

    @Test(arguments: [1, 2, 3, 7, 64])
    func `takes a line of exactly the limit and refuses one byte more`(limit: Int) {
        for ending in ["\n", "\r\n"] {
            for size in 1...64 {
                let exact = Array((String(repeating: "x", count: limit) + ending + "y\n").utf8)
                let longer = Array((String(repeating: "x", count: limit + 1) + ending + "y\n").utf8)
                #expect(
                    events(exact.pieces(of: size), limit: limit) == [
                        .line(String(repeating: "x", count: limit)), .line("y"),
                    ])
                #expect(events(longer.pieces(of: size), limit: limit) == [.oversized, .line("y")])
            }
        }
    }

    @Test func `skips a line over the limit without holding it, and says so once`() {
        var framer = LineFramer(limit: 1_000)
        var events: [Event] = []
        for _ in 0..<10_000 {
            feed([UInt8](repeating: UInt8(ascii: "x"), count: 999), to: &framer, &events)
            #expect(framer.heldBytes <= 1_001)
        }
        #expect(events == [.oversized])
        feed(Array("end\nnext\n".utf8), to: &framer, &events)
        #expect(events == [.oversized, .line("next")])
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `finds the same lines however the bytes are cut`(seed: UInt64) {
        var randomness = Randomness(seed: seed)
        let alphabet = Array("ab\r\n".utf8)
        let bytes = (0..<200).map { _ in
            Int.random(in: 0..<4, using: &randomness) == 0
                ? alphabet.randomElement(using: &randomness) ?? 0 : UInt8(ascii: "z")
        }
        let limit = Int.random(in: 1...12, using: &randomness)
        let whole = events([bytes], limit: limit)
        #expect(events(bytes.map { [$0] }, limit: limit) == whole)
        var chunks: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 0...9, using: &randomness)
            chunks.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        #expect(events(chunks, limit: limit) == whole)

        // And they are the lines that splitting finds.
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
        let expected = lines.compactMap { line -> Event? in
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard !line.isEmpty else { return nil }
            return line.count > limit ? .oversized : .line(String(decoding: line, as: UTF8.self))
        }
        let ended = whole.prefix(expected.count)
        #expect(Array(ended) == expected)
        // A line over the limit may be reported before it ends.
        #expect(whole.count == expected.count || whole.last == .oversized)
    }
}

extension [UInt8] {
    fileprivate func pieces(of size: Int) -> [[UInt8]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
