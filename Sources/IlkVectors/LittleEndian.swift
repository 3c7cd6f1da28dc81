/// Numbers as bytes, the lowest first: how every file of ilk's keeps them.
extension [UInt8] {
    package mutating func append(littleEndian number: some FixedWidthInteger) {
        for place in 0..<number.bitWidth / 8 { append(UInt8(truncatingIfNeeded: number >> (8 * place))) }
    }
}

extension BidirectionalCollection<UInt8> {
    /// The number that these bytes are.
    package func littleEndian<Number: FixedWidthInteger>(_: Number.Type) -> Number {
        reversed().reduce(0) { $0 << 8 | Number($1) }
    }
}
