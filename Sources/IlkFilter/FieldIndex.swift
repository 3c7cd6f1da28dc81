package import IlkProtocol
package import IlkVectors

/// The values of one payload field, and which ordinals have them.
///
/// A declared field has a kind, and a comparison that cannot fit it is an error. A field that was not declared takes
/// values of any kind, and a comparison matches those that it can be made with.
///
/// Memory, for each ordinal: 24 bytes for what it has, and 13 for a number (a third more where values come and go), or
/// 2 for a frequent string; 32 and its text for each different string.
package struct FieldIndex: Sendable {
    let reader: FieldReader
    var terms = TermIndex()
    var numbers = NumberIndex()
    var yes = Bitmap()
    var no = Bitmap()
    /// Ordinals with a value other than null.
    private(set) var present = Bitmap()
    /// Ordinals with a value that is neither null nor an empty string.
    private(set) var filled = Bitmap()
    var held = HeldColumn()

    /// The dotted path, as ``PayloadPath`` reads it.
    package var path: String { reader.path.text }
    /// Nil where the field was not declared.
    var kind: PayloadField.Kind? { reader.kind }

    /// An index of a path that was not declared.
    package init(path: String) {
        self.init(FieldReader(path: PayloadPath(path), kind: nil))
    }

    init(_ reader: FieldReader) { self.reader = reader }

    /// Makes what the path leads to in a payload the values of an ordinal.
    ///
    /// In a declared field nothing is kept of a payload that does not fit.
    package mutating func add(_ payload: JSONValue, at ordinal: Ordinal) {
        set((try? reader.find(in: payload)) ?? FoundValues(), at: ordinal)
    }

    /// Makes these the values of an ordinal, in place of those it had.
    mutating func set(_ found: FoundValues, at ordinal: Ordinal) {
        let raw = ordinal.rawValue
        if found.isPresent != present.contains(raw) {
            if found.isPresent { present.insert(raw) } else { present.remove(raw) }
        }
        if found.isFilled != filled.contains(raw) {
            if found.isFilled { filled.insert(raw) } else { filled.remove(raw) }
        }
        let old = held[raw]
        // Most upserts of a point leave most of its fields as they were.
        guard old != HeldValues(found.values) else { return }
        old.forEach { value in
            switch value {
            case .string(let text): terms.remove(text, raw)
            case .number(let number): numbers.remove(number, raw)
            case .bool(let bool): if bool { yes.remove(raw) } else { no.remove(raw) }
            }
        }
        let values = found.values.map { value in
            switch value {
            case .string(let text): return FilterValue.string(terms.insert(text, raw))
            case .number(let number): numbers.insert(number, raw)
            case .bool(let bool): if bool { yes.insert(raw) } else { no.insert(raw) }
            }
            return value
        }
        held.set(HeldValues(values), at: raw)
    }

    /// Takes an ordinal's values out.
    package mutating func remove(at ordinal: Ordinal) { set(FoundValues(), at: ordinal) }

    /// Heap bytes.
    ///
    /// - Complexity: O(different strings + blocks of numbers): milliseconds for a million.
    package var memoryBytes: Int {
        terms.memoryBytes + numbers.memoryBytes + held.memoryBytes
            + [yes, no, present, filled].reduce(0) { $0 + $1.memoryBytes }
    }
}
