import IlkProtocol

/// What a field has in one payload.
struct FoundValues {
    var values: [FilterValue] = []
    /// Whether there is a value other than null.
    var isPresent = false
    /// Whether there is a value that is neither null nor an empty string.
    var isFilled = false
}

/// Reads one field out of payloads; apart from ``FieldIndex``, whose copies cost a reference count for each of its parts.
struct FieldReader: Sendable {
    let path: PayloadPath
    /// Nil where the field was not declared: then it has values of any kind.
    let kind: PayloadField.Kind?

    init(path: PayloadPath, kind: PayloadField.Kind?) {
        self.path = path
        self.kind = kind
    }

    init(_ field: PayloadField) { self.init(path: PayloadPath(field.path), kind: field.kind) }

    /// Looks into a payload.
    ///
    /// - Throws: `invalid_request` where a value does not fit the kind, with the field, the kind and the value.
    func find(in payload: JSONValue) throws(IlkError) -> FoundValues {
        var found = FoundValues()
        try path.forEachValue(in: payload) { value throws(IlkError) in
            guard value != .null else { return }
            found.isPresent = true
            if let scalar = FilterValue(value) {
                found.isFilled = found.isFilled || scalar != .string("")
                guard let kind else { return found.values.append(scalar) }
                if let stored = kind.stored(scalar) { return found.values.append(stored) }
            } else {
                found.isFilled = true
            }
            if let kind { throw kind.misfit(value, at: path.text) }
        }
        return found
    }
}
