import IlkFilter
import IlkProtocol
import IlkVectors

// What a client may send as a filter: in the small language, and where the bytes are JSON, as a tree.
//
// A filter that parses must have a description that parses back to it, and be exact: it and its negation share out the
// points of a small table, and what it finds in all points it finds in half of them.

private let fields: [PayloadField] = [
    .init(path: "price", kind: .float), .init(path: "stock", kind: .int), .init(path: "brand", kind: .keyword),
    .init(path: "sold_out", kind: .bool), .init(path: "made.at", kind: .datetime),
]
private let payloads = [
    "{}", #"{"price":1.5,"stock":9007199254740993,"brand":"a","sold_out":true,"made":{"at":"2026-11-24T12:00:00Z"}}"#,
    #"{"price":[1,2,3],"stock":-1,"brand":["b",""],"sold_out":[true,false],"made":[{"at":"1970-01-01"},{"at":null}]}"#,
    #"{"price":null,"stock":[],"brand":"","x":["a",1,true,{"y":null}]}"#, #"{"x":18446744073709551615,"brand":"熊猫"}"#,
].map { text in
    guard let payload = try? JSONValue.parse(text) else { fatalError("a payload that is not JSON") }
    return payload
}
private let live = Bitmap(0..<UInt32(payloads.count))

/// Made for each filter and let go of: the leak checker sees no pointers that Swift keeps with the tag of an enum, and
/// would take what an index in a global holds for lost.
private func table() -> PayloadIndex {
    var index = PayloadIndex(fields: fields)
    for (ordinal, payload) in payloads.enumerated() {
        do {
            try index.set(payload, at: Ordinal(UInt32(ordinal)))
        } catch {
            fatalError("a payload that does not fit: \(error)")
        }
    }
    return index
}

/// Traps, which is how a fuzzer is told of a finding.
private func check(_ condition: Bool, _ what: @autoclosure () -> String) {
    if !condition { fatalError(what()) }
}

private func check(_ error: IlkError) {
    let codes: [ErrorCode] = [.invalidFilter, .tooLarge]
    check(codes.contains(error.code), "the code \(error.code)")
    check(!error.message.isEmpty && error.message.utf8.count < 2_000, "a message of \(error.message.utf8.count) bytes")
}

private func evaluate(_ filter: FilterExpression, _ index: PayloadIndex, _ live: Bitmap) throws(IlkError) -> Bitmap {
    try index.evaluate(filter, live: live) { path throws(IlkError) in
        var field = FieldIndex(path: path)
        for (ordinal, payload) in payloads.enumerated() { field.add(payload, at: Ordinal(UInt32(ordinal))) }
        return field
    }
}

private func examine(_ filter: FilterExpression) {
    let text = filter.description
    do {
        let again = try FilterExpression.parse(text)
        check(again == filter && again.description == text, "'\(text)' reads back as '\(again)'")
    } catch {
        // What was escaped may be longer than the text it came from.
        check(error.code == .tooLarge, "'\(text)' does not read back: \(error)")
        return
    }
    let index = table()
    do {
        let found = try evaluate(filter, index, live)
        let negation = try evaluate(FilterExpression.parse("not (\(text))"), index, live)
        check(
            found.intersection(negation).isEmpty && found.union(negation) == live, "'\(text)' and its negation overlap")
        let half = Bitmap(1..<3)
        check(try evaluate(filter, index, half) == found.intersection(half), "'\(text)' depends on who asks")
    } catch {
        check(error)
    }
}

/// libFuzzer's entry point.
@_cdecl("LLVMFuzzerTestOneInput")
public func filterFuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    do {
        examine(try FilterExpression.parse(String(decoding: bytes, as: UTF8.self)))
    } catch {
        check(error)
    }
    if let tree = try? JSONValue.parse(bytes) {
        do {
            examine(try FilterExpression.parse(tree: tree))
        } catch {
            check(error)
        }
    }
    return 0
}
