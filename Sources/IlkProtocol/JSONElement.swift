import CSimdjson

/// A value inside the document that a ``JSONReader`` read last: two words, valid until it reads the next.
@safe struct JSONElement {
    let handle: ilk_json

    init(_ handle: ilk_json) { unsafe self.handle = handle }

    var kind: ilk_json_kind { unsafe ilk_json_kind_of(handle) }

    var bool: Bool? { kind == ilk_json_bool ? unsafe ilk_json_bool_of(handle) : nil }

    /// Signed, where it was written without fraction or exponent and fits.
    var int: Int64? { kind == ilk_json_int ? unsafe ilk_json_int_of(handle) : nil }

    /// Only numbers over `Int64.max` are of this kind.
    var uint: UInt64? { kind == ilk_json_uint ? unsafe ilk_json_uint_of(handle) : nil }

    /// Any number.
    var double: Double? {
        switch kind {
        case ilk_json_int, ilk_json_uint, ilk_json_double: unsafe ilk_json_double_of(handle)
        default: nil
        }
    }

    var string: String? { unsafe withString { unsafe String(decoding: $0, as: UTF8.self) } }

    /// Lends the UTF-8 of a string; nil for any other kind.
    func withString<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R? {
        guard kind == ilk_json_string else { return nil }
        var count = 0
        // SAFETY: simdjson keeps `count` bytes at the pointer until the parser reads another document.
        guard let start = unsafe ilk_json_string_of(handle, &count) else { return nil }
        return unsafe start.withMemoryRebound(to: UInt8.self, capacity: count) {
            unsafe body(UnsafeBufferPointer(start: $0, count: count))
        }
    }

    var isArray: Bool { kind == ilk_json_array }
    var isObject: Bool { kind == ilk_json_object }

    /// Elements of an array; 0 for any other kind.
    var count: Int { unsafe ilk_json_count(handle) }

    func forEachElement<E>(_ body: (Int, JSONElement) throws(E) -> Void) throws(E) {
        var cursor = unsafe ilk_json_elements(handle)
        var value = unsafe ilk_json()
        var place = 0
        while unsafe ilk_json_next_element(&cursor, &value) {
            try unsafe body(place, JSONElement(value))
            place += 1
        }
    }

    func forEachMember<E>(_ body: (String, JSONElement) throws(E) -> Void) throws(E) {
        var cursor = unsafe ilk_json_members(handle)
        var value = unsafe ilk_json()
        var key: UnsafePointer<CChar>?
        var keyCount = 0
        while unsafe ilk_json_next_member(&cursor, &key, &keyCount, &value) {
            // SAFETY: simdjson keeps the key's bytes beside the document.
            let name = unsafe String(
                decoding: UnsafeRawBufferPointer(start: key, count: keyCount), as: UTF8.self)
            try unsafe body(name, JSONElement(value))
        }
    }

    /// The numbers of an array as floats, or the place of the first that is none or too large for one.
    func floats() -> Result<[Float], FloatPlace> {
        let count = count
        guard count > 0 else { return .success([]) }
        var bad: Int?
        let floats = unsafe [Float](unsafeUninitializedCapacity: count) { buffer, filled in
            let result = unsafe ilk_json_floats(handle, buffer.baseAddress, count)
            if result < 0 { bad = -1 - result } else { filled = result }
        }
        return bad.map { .failure(FloatPlace(index: $0)) } ?? .success(floats)
    }

    /// Where an array has something that is no float.
    struct FloatPlace: Error {
        var index: Int
    }

    /// As an owned tree.
    var value: JSONValue {
        switch kind {
        case ilk_json_bool: return .bool(unsafe ilk_json_bool_of(handle))
        case ilk_json_int: return .int(unsafe ilk_json_int_of(handle))
        case ilk_json_uint: return .uint(unsafe ilk_json_uint_of(handle))
        case ilk_json_double: return .double(unsafe ilk_json_double_of(handle))
        case ilk_json_string: return .string(string ?? "")
        case ilk_json_array:
            var elements: [JSONValue] = []
            forEachElement { elements.append($1.value) }
            return .array(elements)
        case ilk_json_object:
            var members: [(String, JSONValue)] = []
            forEachMember { members.append(($0, $1.value)) }
            return .object(JSONObject(members))
        default: return .null
        }
    }

    /// A key that stands twice in an object, here or deeper down; nil where none does.
    var repeatedKey: String? {
        var count = 0
        // SAFETY: simdjson keeps the key's bytes beside the document.
        return unsafe ilk_json_repeated_key(handle, &count).map { key in
            unsafe String(decoding: UnsafeRawBufferPointer(start: key, count: count), as: UTF8.self)
        }
    }

    /// As minified text.
    var text: JSONText {
        var count = 0
        guard let start = unsafe ilk_json_text(handle, &count) else { preconditionFailure("no text of a JSON value") }
        defer { unsafe freeText(start) }
        return unsafe JSONText(validated: [UInt8](UnsafeRawBufferPointer(start: start, count: count)))
    }

    /// What it is, in the words of an error message.
    var description: String {
        switch kind {
        case ilk_json_bool: "a boolean"
        case ilk_json_int: "an integer"
        case ilk_json_uint: "an integer over \(Int64.max)"
        case ilk_json_double: "a number with a fraction or exponent"
        case ilk_json_string: "a string"
        case ilk_json_array: "an array"
        case ilk_json_object: "an object"
        default: "null"
        }
    }
}
