import IlkANN
import IlkProtocol

/// What only the writer's thread knows.
struct WriterState: Sendable {
    /// Changes after which a checkpoint is written, or a fifth of the points if that is more.
    static let checkpointEvery = 20_000

    var sequence: UInt64
    var ordinals: OrdinalSupply
    /// Whether the graphs miss so much that searches are exact.
    var isDegraded: Bool
    var changesSinceCheckpoint: Int
    /// The one that is being taken.
    var checkpoint: CheckpointRun?
    /// Told of the end of the next checkpoint that is begun.
    var askedForCheckpoint: [@Sendable (Result<Void, CheckpointProblem>) -> Void] = []
    private var askedForThisOne: [@Sendable (Result<Void, CheckpointProblem>) -> Void] = []
    /// Whether the last checkpoint was written.
    private(set) var lastCheckpointSucceeded = true
    private var nextAttempt = ContinuousClock.now
    private var nextExpiry = ContinuousClock.now
    private var lastCheckpoint = ContinuousClock.now

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

    mutating func begin(_ run: CheckpointRun) {
        checkpoint = run
        ordinals.beginCheckpoint()
        askedForThisOne = askedForCheckpoint
        askedForCheckpoint = []
    }

    mutating func endCheckpoint(_ result: Result<Void, CheckpointProblem>) {
        let changes = checkpoint?.changes ?? 0
        checkpoint?.close()
        checkpoint = nil
        switch result {
        case .success:
            changesSinceCheckpoint -= changes
            lastCheckpoint = .now
            lastCheckpointSucceeded = true
            ordinals.endCheckpoint(isWritten: true)
        case .failure:
            nextAttempt = .now + .seconds(30)
            lastCheckpointSucceeded = false
            ordinals.endCheckpoint(isWritten: false)
        }
        for completion in askedForThisOne { completion(result) }
        askedForThisOne = []
    }

    /// Gives up a checkpoint in the middle, before an index of it is replaced; who asked for it gets the next.
    mutating func abandonCheckpoint() {
        guard let checkpoint else { return }
        checkpoint.close()
        self.checkpoint = nil
        ordinals.endCheckpoint(isWritten: false)
        askedForCheckpoint += askedForThisOne
        askedForThisOne = []
    }
}
