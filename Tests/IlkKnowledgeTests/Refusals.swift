import IlkProtocol

/// An error whose message has these words.
struct IlkErrorWith: Error, Equatable {
    var words: String

    init(_ words: String) { self.words = words }

    static func == (a: Self, b: Self) -> Bool { a.words.contains(b.words) || b.words.contains(a.words) }
}

/// Runs a body; its `IlkError` comes as one that can be compared by a part of its message.
func checked<R>(_ body: () throws -> R) throws -> R {
    do { return try body() } catch let error as IlkError { throw IlkErrorWith(error.message) }
}
