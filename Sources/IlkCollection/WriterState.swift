/// What only the writer's thread knows.
struct WriterState: Sendable {
    /// Changes after which a checkpoint is written, or a fifth of the points if that is more.
    static let checkpointEvery = 20_000

    var sequence: UInt64
    var ordinals: OrdinalSupply
    /// Whether the graphs miss so much that searches are exact.
    var isDegraded: Bool
    var changesSinceCheckpoint: Int
    private var nextAttempt = ContinuousClock.now
    private var nextExpiry = ContinuousClock.now
    private var lastCheckpoint = ContinuousClock.now
    /// Why the last checkpoint could not be written; nil if it could.
    private(set) var checkpointProblem: String?

    init(sequence: UInt64, ordinals: OrdinalSupply, isDegraded: Bool, changesSinceCheckpoint: Int) {
        self.sequence = sequence
        self.ordinals = ordinals
        self.isDegraded = isDegraded
        self.changesSinceCheckpoint = changesSinceCheckpoint
    }

    /// Whether so much has changed, or so many places of removed points wait for a checkpoint to be used again.
    func isCheckpointDue(count: Int) -> Bool {
        let now = ContinuousClock.now
        guard now >= nextAttempt else { return false }
        if changesSinceCheckpoint >= max(Self.checkpointEvery, count / 5) { return true }
        return ordinals.waitingForCheckpoint > max(1_000, count / 20) && now - lastCheckpoint > .seconds(10)
    }

    /// Whether expired points may be deleted: not soon after that failed.
    var mayExpire: Bool { ContinuousClock.now >= nextExpiry }

    mutating func expiryFailed() { nextExpiry = .now + .seconds(5) }

    mutating func checkpointed() {
        changesSinceCheckpoint = 0
        lastCheckpoint = .now
        checkpointProblem = nil
    }

    mutating func checkpointFailed(_ problem: String) {
        checkpointProblem = problem
        nextAttempt = .now + .seconds(30)
    }
}
