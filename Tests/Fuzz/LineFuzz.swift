import IlkProtocol

// What a client may send, byte by byte: framing, parsing, and the lines that are written in return.
//
// The first byte of an input says how the rest is cut into pieces; what must hold, holds however they are cut.

private let limit = 2_048
// libFuzzer calls from one thread.
private nonisolated(unsafe) let parser = RequestParser()

/// Traps, which is how a fuzzer is told of a finding.
private func check(_ condition: Bool, _ what: @autoclosure () -> String) {
    if !condition { fatalError(what()) }
}

/// The lines of a stream, and where one was over the limit.
private func lines(_ bytes: UnsafeRawBufferPointer, pieces: Int) -> [[UInt8]?] {
    var framer = LineFramer(limit: limit)
    var lines: [[UInt8]?] = []
    var place = 0
    while place < bytes.count {
        let end = min(place + pieces, bytes.count)
        unsafe framer.feed(UnsafeRawBufferPointer(rebasing: bytes[place..<end])) { event in
            switch event {
            case .line(let line): unsafe lines.append([UInt8](line))
            case .oversized: lines.append(nil)
            }
        }
        check(framer.heldBytes <= limit + 1, "the framer holds \(framer.heldBytes) bytes")
        place = end
    }
    return lines
}

private func examine(_ line: [UInt8]) {
    check(!line.isEmpty && line.count <= limit && !line.contains(0x0A), "no line: \(line)")
    let parsed = unsafe line.withUnsafeBytes { unsafe parser.parse(line: $0) }
    let fresh = RequestParser()
    check(
        unsafe line.withUnsafeBytes { unsafe fresh.parse(line: $0) } == parsed, "a parser remembers what it read before"
    )
    let calls: [Call]
    switch parsed {
    case .single(let call): calls = [call]
    case .batch(let batch):
        check(!batch.isEmpty, "an empty batch")
        calls = batch
    }
    for call in calls {
        switch call.command {
        case .success(let command): examine(command)
        case .failure(let error):
            check(
                !error.message.isEmpty && error.message.utf8.count < 1_000,
                "a message of \(error.message.utf8.count) bytes")
            examine(Reply.error(id: call.id, error), call.id, .failure(error))
        }
    }
    guard let value = try? JSONValue.parse(line) else { return }
    let text = JSONText(value)
    check((try? text.parsed()) == value, "\(value) reads back as another")
    examine(Reply.result(id: .int(7)) { $0.value(value) }, .int(7), .success(value))
}

/// A line that ilk sends is one that its client reads.
private func examine(_ reply: [UInt8], _ id: RequestID, _ expected: Result<JSONValue, IlkError>) {
    check(!reply.contains(0x0A), "a reply of two lines")
    guard case .reply(let number, let result)? = try? ClientLine.read(reply) else { fatalError("no reply: \(reply)") }
    if case .int(let int) = id { check(number == int, "the id \(int) came back as \(String(describing: number))") }
    check(result == expected, "\(expected) came back as \(result)")
}

private func examine(_ command: Command) {
    switch command {
    case .search(let search): examine(search)
    case .searchBatch(let batch): for search in batch.searches { examine(search) }
    case .pointsUpsert(let upsert):
        for point in upsert.points {
            for (_, vector) in point.vectors { examine(vector) }
            guard let payload = point.payload else { continue }
            guard case .object? = try? payload.parsed() else { fatalError("a payload that is no object") }
        }
    default: break
    }
}

private func examine(_ search: SearchRequest) {
    check((1...10_000).contains(search.k), "k is \(search.k)")
    if case .vector(let vector) = search.query { examine(vector.values) }
}

private func examine(_ vector: [Float]) {
    check(!vector.isEmpty && vector.allSatisfy(\.isFinite), "a vector of \(vector)")
    check(Base64Vector.decode(Base64Vector.encode(vector)) == vector, "\(vector) reads back as another")
}

/// libFuzzer's entry point.
@_cdecl("LLVMFuzzerTestOneInput")
public func lineFuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 0 else { return 0 }
    let bytes = unsafe UnsafeRawBufferPointer(start: start + 1, count: count - 1)
    let whole = unsafe lines(bytes, pieces: count)
    let cut = unsafe lines(bytes, pieces: Int(start[0]) % 64 + 1)
    // A line over the limit is reported before its end where it comes in pieces.
    check(cut.starts(with: whole) && cut.count - whole.count <= 1, "lines depend on how the bytes are cut")
    for case let line? in whole { examine(line) }
    return 0
}
