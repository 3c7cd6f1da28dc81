package import IlkProtocol

/// An event as the log keeps it, in numbers: 24 bytes.
package struct LoggedEvent: Sendable {
    package var user: UserNumber
    package var item: ItemNumber
    package var at: Moment
    /// NaN where there is none.
    package var value: Float
    package var type: UInt8

    package init(user: UserNumber, item: ItemNumber, at: Moment, value: Float = .nan, type: UInt8) {
        self.user = user
        self.item = item
        self.at = at
        self.value = value
        self.type = type
    }
}

/// What became of a batch of events.
package struct AppendReceipt: Sendable, Equatable {
    /// Events that are new.
    package var appended = 0
    /// Events whose key was there already.
    package var duplicates = 0
    /// The number of the last event in the log.
    package var sequence: Int64 = 0

    package init(appended: Int = 0, duplicates: Int = 0, sequence: Int64 = 0) {
        self.appended = appended
        self.duplicates = duplicates
        self.sequence = sequence
    }
}

/// An event as it comes out of the log.
package struct StoredEvent: Sendable, Equatable {
    package var sequence: Int64
    package var key: String?
    package var user: PointID
    package var item: PointID
    package var type: String
    package var value: Double?
    package var at: Int64
    package var context: JSONText?
}
