import IlkFilter
import IlkProtocol
import IlkVectors

extension PointSearch {
    /// Whether payloads that were read after a filter was looked up pass it, too.
    ///
    /// SQLite may be a write ahead of the indexes: then a payload that was only patched belongs to a later moment than the set
    /// that it was found in. It is looked at only where a write was under way, so a search beside none pays nothing.
    func pass(_ payloads: [JSONText?], _ filter: FilterExpression) throws(IlkError) -> Bool {
        let values = try payloads.map { payload throws(IlkError) in try payload?.parsed() ?? .object(JSONObject([])) }
        var declared = PayloadIndex(fields: content.schema.fields)
        for (place, value) in values.enumerated() { try declared.set(value, at: Ordinal(UInt32(place))) }
        let all = Bitmap(0..<UInt32(values.count))
        let passing = try declared.evaluate(filter, live: all) { path throws(IlkError) in
            var index = FieldIndex(path: path)
            for (place, value) in values.enumerated() { index.add(value, at: Ordinal(UInt32(place))) }
            return index
        }
        return passing.count == values.count
    }
}
