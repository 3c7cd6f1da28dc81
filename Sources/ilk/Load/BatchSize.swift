/// How large the next request is: larger while replies come quickly, smaller where they are slow or refused.
struct BatchSize {
    private(set) var bytes = 256 << 10
    private var ceiling = 4 << 20
    private static let floor = 4 << 10
    /// Points of a request at most, whatever their size.
    static let maximumPoints = 5_000

    /// Learns from the outcome of a batch, which was as large as it might have been if `isFull`.
    mutating func learn(_ outcome: BatchOutcome, isFull: Bool) {
        if outcome.wasTooLarge {
            ceiling = max(Self.floor, min(ceiling, bytes) / 2)
            bytes = min(bytes, ceiling)
        } else if outcome.duration > .seconds(1) {
            bytes = max(64 << 10, bytes * 2 / 3)
        } else if isFull, outcome.duration < .milliseconds(250) {
            bytes = min(ceiling, bytes * 3 / 2)
        }
        bytes = min(bytes, ceiling)
    }
}
