import IlkProtocol

/// Reads from the bytes of a model file, which may be shorter than they claim.
extension RawSpan {
    /// A little-endian number.
    func number<Number: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as type: Number.Type, of what: String
    ) throws(IlkError) -> Number {
        guard offset >= 0, offset <= byteCount - MemoryLayout<Number>.size else { throw .endsTooEarly(what) }
        // SAFETY: the bytes are there, and any bits are an integer.
        return Number(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    /// Bytes, copied.
    func bytes(at offset: Int, count: Int, of what: String) throws(IlkError) -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= byteCount - count else { throw .endsTooEarly(what) }
        return unsafe extracting(offset..<offset + count).withUnsafeBytes { unsafe [UInt8]($0) }
    }
}

extension IlkError {
    /// A tokenizer file that is damaged or not what it claims to be.
    static func brokenTokenizer(_ finding: String) -> IlkError {
        IlkError(.invalidRequest, "the tokenizer cannot be read: \(finding); fetch the model again")
    }

    /// A tokenizer file that is sound but asks for what ilk does not do.
    static func foreignTokenizer(_ finding: String) -> IlkError {
        IlkError(.invalidRequest, "the tokenizer is of a kind that ilk does not read: \(finding); choose another model")
    }

    static func endsTooEarly(_ what: String) -> IlkError { brokenTokenizer("\(what) ends too early") }
}
