import CICU
import Synchronization

/// An ICU break iterator, for one thread at a time.
@safe final class BreakIterator {
    enum Kind: Int, CaseIterable, Sendable {
        case words
        case sentences
    }

    private let breaker: OpaquePointer

    /// Nil where ICU lacks its data, or memory is out.
    private init?(_ kind: Kind) {
        let created = unsafe ilk_breaker_create(kind == .words ? ilk_break_words : ilk_break_sentences)
        guard let breaker = unsafe created else { return nil }
        unsafe self.breaker = breaker
    }

    deinit { unsafe ilk_breaker_destroy(breaker) }

    /// Calls `body` with each break of UTF-8 after its start, in bytes; the last is its end.
    func breaks(utf8: UnsafeBufferPointer<UInt8>, _ body: (Int) -> Void) {
        guard !utf8.isEmpty else { return }
        guard let length = Int32(exactly: utf8.count),
            unsafe utf8.withMemoryRebound(
                to: CChar.self, { unsafe ilk_breaker_begin_utf8(breaker, $0.baseAddress, length) })
        else { return body(utf8.count) }
        report(until: utf8.count, body)
    }

    /// Calls `body` with each break of UTF-16 after its start, in code units; the last is its end.
    func breaks(utf16: UnsafeBufferPointer<UInt16>, _ body: (Int) -> Void) {
        guard !utf16.isEmpty else { return }
        guard let length = Int32(exactly: utf16.count),
            unsafe ilk_breaker_begin_utf16(breaker, utf16.baseAddress, length)
        else { return body(utf16.count) }
        report(until: utf16.count, body)
    }

    private func report(until end: Int, _ body: (Int) -> Void) {
        var last = 0
        while true {
            let place = unsafe Int(ilk_breaker_next(breaker))
            guard place > last, place <= end else { break }
            body(place)
            last = place
        }
        if last < end { body(end) }
        unsafe ilk_breaker_end(breaker)
    }

    // MARK: Lending

    // An iterator is in the pool or with one borrower, never both.
    private struct Loan: @unchecked Sendable {
        let iterator: BreakIterator?
    }

    private static let pool = Mutex([[Loan]](repeating: [], count: Kind.allCases.count))

    /// Lends an iterator, which takes longer to make than to break a sentence; nil where ICU has none.
    static func withIterator<R>(_ kind: Kind, _ body: (BreakIterator) -> R) -> R? {
        let idle = pool.withLock { $0[kind.rawValue].popLast() }
        guard let iterator = idle?.iterator ?? BreakIterator(kind) else { return nil }
        let result = body(iterator)
        let loan = Loan(iterator: iterator)
        pool.withLock { $0[kind.rawValue].append(loan) }
        return result
    }
}
