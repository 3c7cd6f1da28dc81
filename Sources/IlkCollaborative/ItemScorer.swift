/// Whatever can say how well every item suits a user: a recall channel, asked for all items at once.
package protocol ItemScorer: Sendable {
    /// How many items there are.
    var items: Int { get }

    /// Writes a score for each item: the higher the better; 0 where the channel has nothing to say.
    ///
    /// - Parameters:
    ///   - user: a user of the data that the channel was made of.
    ///   - scores: shape `[items]`; what stands in it is overwritten.
    func score(user: Int, into scores: inout [Float])

    /// Writes a score for each item, knowing which ones will not be offered; what they get does not matter.
    func score(user: Int, excluding excluded: [UInt32], into scores: inout [Float])
}

extension ItemScorer {
    package func score(user: Int, excluding excluded: [UInt32], into scores: inout [Float]) {
        score(user: user, into: &scores)
    }
}
