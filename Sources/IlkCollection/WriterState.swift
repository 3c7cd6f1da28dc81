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
    /// Why the last checkpoint could not be written; nil if it could.
    private(set) var checkpointProblem: String?

    init(sequence: UInt64, ordinals: OrdinalSupply, isDegraded: Bool, changesSinceCheckpoint: Int) {
        self.sequence = sequence
        self.ordinals = ordinals
        self.isDegraded = isDegraded
        self.changesSinceCheckpoint = changesSinceCheckpoint
    }

    func isCheckpointDue(count: Int) -> Bool {
        changesSinceCheckpoint >= max(Self.checkpointEvery, count / 5) && ContinuousClock.now >= nextAttempt
    }

    mutating func checkpointed() {
        changesSinceCheckpoint = 0
        checkpointProblem = nil
    }

    mutating func checkpointFailed(_ problem: String) {
        checkpointProblem = problem
        nextAttempt = .now + .seconds(30)
    }
}
