package import IlkProtocol

/// A file of Hugging Face's safetensors format, mapped: a length, a JSON header, then the tensors' bytes.
package struct SafetensorsFile: WeightFile {
    package let path: String
    package let names: [String]
    /// The header's `__metadata__`; none where it has none.
    package let metadata: [String: String]
    private let tensors: [String: WeightTensor]

    /// A header of more bytes is refused: that of a model with ten thousand tensors has one million.
    private static let largestHeader = 100_000_000

    /// Maps a file and checks that every tensor lies within it and none upon another.
    ///
    /// - Throws: `not_found` where the file cannot be read, `invalid_request` where it is not whole.
    package init(path: String) throws(IlkError) {
        let map = try WeightMap(path: path)
        self.path = path
        let bytes = unsafe map.bytes
        guard bytes.count >= 8 else { throw map.damaged("it has only \(bytes.count) bytes") }
        let headerCount = unsafe UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard headerCount <= UInt64(min(bytes.count - 8, Self.largestHeader)) else {
            throw map.damaged("its header would have \(headerCount) bytes, the file has \(bytes.count)")
        }
        let data = 8 + Int(headerCount)
        let header: JSONValue
        do throws(IlkError) {
            header = unsafe try JSONValue.parse(UnsafeRawBufferPointer(rebasing: bytes[8..<data]))
        } catch {
            throw map.damaged("its header is not JSON (\(error.message))")
        }
        guard case .object(let object) = header else { throw map.damaged("its header is not a JSON object") }
        var metadata: [String: String] = [:]
        var places: [Place] = []
        for member in object.members {
            if member.key == "__metadata__" {
                if case .object(let texts) = member.value {
                    for text in texts.members {
                        if case .string(let value) = text.value { metadata[text.key] = value }
                    }
                }
            } else {
                places.append(try Place(member, available: bytes.count - data, map))
            }
        }
        places.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
        for (before, after) in zip(places, places.dropFirst())
        where before.range.upperBound > after.range.lowerBound && !after.range.isEmpty {
            throw map.damaged("the bytes of '\(before.name)' and '\(after.name)' overlap")
        }
        self.metadata = metadata
        names = places.map(\.name)
        tensors = Dictionary(
            places.map { place in
                let tensor = WeightTensor(
                    name: place.name, shape: place.shape, elementType: place.elementType,
                    at: data + place.range.lowerBound, count: place.range.count, in: map)
                return (place.name, tensor)
            }, uniquingKeysWith: { first, _ in first })
    }

    package subscript(name: String) -> WeightTensor? { tensors[name] }

    /// One entry of the header, checked.
    private struct Place {
        var name: String
        var shape: [Int] = []
        var elementType: WeightTensor.ElementType
        var range: Range<Int>

        init(_ member: JSONObject.Member, available: Int, _ map: WeightMap) throws(IlkError) {
            name = member.key
            func wrong(_ finding: String) -> IlkError { map.damaged("tensor '\(member.key)' \(finding)") }
            guard case .object(let entry) = member.value, case .string(let type)? = entry["dtype"],
                case .array(let shape)? = entry["shape"], case .array(let offsets)? = entry["data_offsets"],
                offsets.count == 2, case .int(let first) = offsets[0], case .int(let end) = offsets[1]
            else { throw wrong("has no dtype, shape and data_offsets") }
            guard first >= 0, first <= end, end <= Int64(available) else {
                throw wrong("ends at byte \(end) of the data, which has \(available)")
            }
            range = Int(first)..<Int(end)
            var elements = 1
            for extent in shape {
                guard case .int(let extent) = extent, extent >= 0, let extent = Int(exactly: extent) else {
                    throw wrong("has a shape that is not of whole numbers")
                }
                let (product, overflow) = elements.multipliedReportingOverflow(by: extent)
                // Nothing so large fits; a limit far below Int.max keeps the byte count from overflowing too.
                guard !overflow, product <= 1 << 48 else { throw wrong("has a shape larger than any file") }
                elements = product
                self.shape.append(extent)
            }
            elementType = type == "Q4_0" ? .other : WeightTensor.ElementType(rawValue: type) ?? .other
            if let expected = elementType.byteCount(of: elements), expected != range.count {
                throw wrong("of shape \(self.shape) should have \(expected) bytes, it has \(range.count)")
            }
        }
    }
}
