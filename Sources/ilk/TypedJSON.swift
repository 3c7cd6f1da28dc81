import ArgumentParser
import IlkProtocol

/// JSON from the command line; what is none is wrong usage, and the message names where it stood.
///
/// Read in `validate()`, whose errors come with the usage of the command that was given.
enum TypedJSON {
    static func value(_ text: String, at place: String) throws -> JSONValue {
        try read(at: place) { () throws(IlkError) in try JSONValue.parse(text) }
    }

    /// The text as it was typed, on one line.
    static func text(_ bytes: [UInt8], at place: String) throws -> JSONText {
        try read(at: place) { () throws(IlkError) in try JSONText(written: bytes) }
    }

    private static func read<T>(at place: String, _ body: () throws(IlkError) -> T) throws -> T {
        do throws(IlkError) {
            return try body()
        } catch {
            let subject = "the line"
            let message = error.message
            throw ValidationError(
                message.hasPrefix(subject) ? place + message.dropFirst(subject.count) : "\(place): \(message)")
        }
    }
}
