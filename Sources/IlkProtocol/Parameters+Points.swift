extension Parameters {
    /// Components that a vector may have.
    static let maximumDimension = 65_536
    /// Vectors by field that a point may have.
    static let maximumVectors = 32

    /// A vector as an array of numbers, or as base64 of little-endian f32.
    static func vector(_ element: JSONElement, _ place: @autoclosure () -> String) throws(IlkError) -> WireVector {
        let values: [Float]
        let isBase64 = !element.isArray
        if element.isArray {
            guard element.count <= maximumDimension else {
                throw IlkError(.tooLarge, "\(place()) has \(element.count) components; \(maximumDimension) at most")
            }
            switch element.floats() {
            case .success(let floats): values = floats
            case .failure(let bad): throw noFloat(element, bad.index, place())
            }
        } else {
            guard let decoded = unsafe element.withString({ unsafe Base64Vector.decode($0) }) else {
                throw mismatch(element, place(), "an array of numbers, or base64 of little-endian f32")
            }
            switch decoded {
            case .success(let floats): values = floats
            case .failure(let problem):
                throw IlkError(.invalidRequest, "\(place()) is not base64 of floats: \(problem.text)")
            }
            guard values.count <= maximumDimension else {
                throw IlkError(.tooLarge, "\(place()) has \(values.count) components; \(maximumDimension) at most")
            }
        }
        guard !values.isEmpty else { throw IlkError(.invalidRequest, "\(place()) is empty; send a vector") }
        if isBase64, let bad = values.firstIndex(where: { !$0.isFinite }) {
            throw IlkError(.invalidRequest, "\(place())[\(bad)] is \(values[bad]); send finite numbers")
        }
        return WireVector(values, isBase64: isBase64)
    }

    private static func noFloat(_ array: JSONElement, _ index: Int, _ place: String) -> IlkError {
        var error = IlkError(.invalidRequest, "\(place)[\(index)] is no number")
        array.forEachElement { number, element in
            guard number == index else { return }
            if let double = element.double {
                error.message =
                    "\(place)[\(index)] is \(double), over the range of a 32-bit float; scale the vector down"
            } else {
                error.message = "\(place)[\(index)] is \(element.description); expected a number"
            }
        }
        return error
    }

    /// The fields that a point has besides its id.
    static let pointFields = ["id", "vector", "vectors", "payload", "expires_at"]

    /// The `vector` or `vectors` of a point; whether it needs one is the collection's business.
    func pointVectors() throws(IlkError) -> [(field: String?, vector: [Float])] {
        switch (self["vector"], self["vectors"]) {
        case (.some, .some):
            throw IlkError(.invalidRequest, "\(path) has both 'vector' and 'vectors'; send one of them")
        case (nil, nil): return []
        case (let vector?, nil): return [(nil, try Self.vector(vector, place("vector")).values)]
        case (nil, let fields?):
            guard fields.isObject else {
                throw Self.mismatch(fields, place("vectors"), "an object of vectors by field")
            }
            var vectors: [(field: String?, vector: [Float])] = []
            try fields.forEachMember { (name, vector) throws(IlkError) in
                guard vectors.count < Self.maximumVectors else {
                    throw IlkError(
                        .tooLarge,
                        "\(place("vectors")) has more than \(Self.maximumVectors) vectors, which no collection takes")
                }
                guard !vectors.contains(where: { $0.field == name }) else {
                    throw IlkError(
                        .invalidRequest, "field \(name.quoted) stands twice in \(place("vectors")); send it once")
                }
                let name = try Self.checkedName(name, "a field of \(place("vectors"))")
                vectors.append((name, try Self.vector(vector, "\(place("vectors")).\(name)").values))
            }
            return vectors
        }
    }

    /// The `payload` of a point, as minified text.
    func pointPayload() throws(IlkError) -> JSONText? {
        guard let element = self["payload"] else { return nil }
        return try payload(element, "an object")
    }

    /// Checks a payload; what is too long is refused before anything else looks into it.
    func payload(_ element: JSONElement, _ expected: String) throws(IlkError) -> JSONText {
        guard element.isObject else { throw Self.mismatch(element, place("payload"), expected) }
        let text = element.text
        guard text.bytes.count <= UpsertPoint.maximumPayload else {
            throw IlkError(
                .tooLarge,
                "\(place("payload")) has \(text.bytes.count) bytes; \(UpsertPoint.maximumPayload) at most: "
                    + "keep the text elsewhere, and its address here")
        }
        try Self.refuseRepeatedKeys(element, place("payload"))
        return text
    }
}
