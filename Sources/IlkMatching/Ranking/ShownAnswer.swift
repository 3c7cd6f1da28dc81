import IlkProtocol
import IlkVectors

/// What an answer showed to a person, as it is logged: what a ranker learns from.
package struct ShownAnswer: Sendable {
    /// One item, in the order in which they stood.
    struct Item: Sendable {
        var id: PointID
        /// How likely it was to get its place: 1 where nothing was left to chance.
        var propensity: Float
        var isExplored: Bool
        var isPinned: Bool
        /// In the order of ``ShownAnswer/names``.
        var features: [Float]
    }

    var user: PointID
    var at: Moment
    /// What the features are called.
    var names: [String]
    var items: [Item]
    /// In what circumstances, as the caller said.
    var context: JSONText?
    var experiment: ExperimentAssignment?
}

/// A logged answer, in numbers.
struct LoggedAnswer: Sendable {
    /// One item, in the order in which they stood.
    struct Item: Sendable, Equatable {
        var item: ItemNumber
        var propensity: Float
        var isExplored: Bool
        var isPinned: Bool
        var features: [Float]
    }

    var number: Int64
    var user: UserNumber
    var at: Moment
    var names: [String]
    var items: [Item]
    var context: JSONText?
    /// Which variant of which experiment it was.
    var experiment: JSONText?
}

/// The items of an answer as bytes, one after the other, little-endian.
///
///     item         UInt32   its number in the log
///     propensity   Float
///     flags        UInt8    1 explored, 2 pinned
///     which        1 bit a feature, in whole bytes, lowest bit first: those that are not 0
///     values       Float each of these
enum ShownBytes {
    static func bytes(of items: [ShownAnswer.Item], numbers: [UInt32]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (item, number) in zip(items, numbers) {
            bytes.append(littleEndian: number)
            bytes.append(littleEndian: item.propensity.bitPattern)
            bytes.append((item.isExplored ? 1 : 0) | (item.isPinned ? 2 : 0))
            var which = [UInt8](repeating: 0, count: (item.features.count + 7) / 8)
            for (place, value) in item.features.enumerated() where value != 0 { which[place / 8] |= 1 << (place % 8) }
            bytes += which
            for value in item.features where value != 0 { bytes.append(littleEndian: value.bitPattern) }
        }
        return bytes
    }

    /// The items of an answer with so many features; nil for what ``bytes(of:numbers:)`` did not make.
    static func items(of bytes: [UInt8], features: Int) -> [LoggedAnswer.Item]? {
        var place = 0
        func word() -> UInt32? {
            guard bytes.count - place >= 4 else { return nil }
            defer { place += 4 }
            return bytes[place..<place + 4].littleEndian(UInt32.self)
        }
        var items: [LoggedAnswer.Item] = []
        let width = (features + 7) / 8
        while place < bytes.count {
            guard let number = word(), let propensity = word(), bytes.count - place >= 1 + width else { return nil }
            let flags = bytes[place]
            let which = bytes[place + 1..<place + 1 + width]
            place += 1 + width
            var row = [Float](repeating: 0, count: features)
            for feature in row.indices where which[which.startIndex + feature / 8] & 1 << UInt8(feature % 8) != 0 {
                guard let bits = word(), Float(bitPattern: bits).isFinite else { return nil }
                row[feature] = Float(bitPattern: bits)
            }
            items.append(
                LoggedAnswer.Item(
                    item: ItemNumber(number), propensity: Float(bitPattern: propensity), isExplored: flags & 1 != 0,
                    isPinned: flags & 2 != 0, features: row))
        }
        return items
    }
}
