import IlkProtocol

/// One field of a message in Protocol Buffers' wire format.
struct ProtobufField {
    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        /// Where its bytes lie in what was read.
        case bytes(Range<Int>)
    }

    var number: UInt64
    var value: Value

    var bool: Bool? { if case .varint(let value) = value { value != 0 } else { nil } }
    var float: Float? { if case .fixed32(let bits) = value { Float(bitPattern: bits) } else { nil } }
    var bytes: Range<Int>? { if case .bytes(let range) = value { range } else { nil } }

    /// As an `int32` or an enumeration; a number that does not fit is none.
    var int: Int32? { if case .varint(let value) = value { Int32(exactly: Int64(bitPattern: value)) } else { nil } }

    /// Reads the field at `place` and moves past it.
    ///
    /// - Parameters:
    ///   - file: what is read.
    ///   - place: where the field begins; it and the field's end are at most `end`.
    ///   - end: where the message ends.
    ///   - what: the message, for errors.
    /// - Throws: `invalid_request` where it does not end in time or is of an unknown kind.
    init(_ file: RawSpan, at place: inout Int, before end: Int, of what: String) throws(IlkError) {
        func fixed<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) throws(IlkError) -> Number {
            guard end - place >= MemoryLayout<Number>.size else { throw .endsTooEarly(what) }
            defer { place += MemoryLayout<Number>.size }
            return try file.number(at: place, as: type, of: what)
        }
        func varint() throws(IlkError) -> UInt64 {
            var result: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 70, by: 7) {
                let byte = try fixed(UInt8.self)
                result |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return result }
            }
            throw .brokenTokenizer("\(what) has a number of more than 64 bits")
        }
        let key = try varint()
        number = key >> 3
        switch key & 7 {
        case 0: value = .varint(try varint())
        case 1: value = .fixed64(try fixed(UInt64.self))
        case 2:
            let count = try varint()
            guard count <= UInt64(end - place) else { throw .endsTooEarly(what) }
            value = .bytes(place..<place + Int(count))
            place += Int(count)
        case 5: value = .fixed32(try fixed(UInt32.self))
        default: throw .brokenTokenizer("\(what) has a field of the unknown kind \(key & 7)")
        }
    }
}
