import IlkCollaborative
import IlkVectors
import Testing

@Suite struct `The value of a policy` {
    /// What a policy that shows each of four things with these chances logs; each earns something with its own chance.
    private func log(_ chances: [Double], _ target: [Double], count: Int, seed: UInt64) -> [PolicyValue.Decision] {
        let earns = [0.1, 0.2, 0.4, 0.8]
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in
            var left = Double.random(in: 0..<1, using: &generator)
            var shown = 0
            while shown < 3, left >= chances[shown] {
                left -= chances[shown]
                shown += 1
            }
            let reward = Double.random(in: 0..<1, using: &generator) < earns[shown] ? 1.0 : 0
            return PolicyValue.Decision(propensity: chances[shown], target: target[shown], reward: reward)
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `is found from what another policy showed`(seed: UInt64) throws {
        let target = [0.1, 0.1, 0.2, 0.6]
        let truth = 0.1 * 0.1 + 0.1 * 0.2 + 0.2 * 0.4 + 0.6 * 0.8
        let value = try PolicyValue(log([0.4, 0.3, 0.2, 0.1], target, count: 20_000, seed: seed))
        #expect(abs(value.ips - truth) < 4 * value.ipsError)
        #expect(abs(value.snips - truth) < 4 * value.snipsError)
        #expect(value.snipsError < value.ipsError)
        #expect(value.logged < truth)
        #expect(value.effectiveSample < 20_000 && value.effectiveSample > 2_000)
    }

    @Test func `of the same policy is what was logged`() throws {
        let chances = [0.4, 0.3, 0.2, 0.1]
        let value = try PolicyValue(log(chances, chances, count: 500, seed: 1))
        #expect(abs(value.ips - value.logged) < 1e-12 && abs(value.snips - value.logged) < 1e-12)
        #expect(abs(value.effectiveSample - 500) < 1e-6 && value.matched == 500)
    }

    @Test func `with clipped weights is lower, and less noisy`() throws {
        let decisions = log([0.7, 0.2, 0.09, 0.01], [0, 0, 0, 1], count: 5_000, seed: 3)
        let free = try PolicyValue(decisions), clipped = try PolicyValue(decisions, clip: 20)
        #expect(clipped.ips < free.ips && clipped.ipsError < free.ipsError)
        #expect(free.matched < 120)
    }

    @Test func `is refused of nothing, and of chances that are none`() {
        #expect(throws: CollaborativeError.self) { try PolicyValue([]) }
        for decision in [
            PolicyValue.Decision(propensity: 0, target: 1, reward: 1),
            PolicyValue.Decision(propensity: 1.1, target: 1, reward: 1),
            PolicyValue.Decision(propensity: .nan, target: 1, reward: 1),
            PolicyValue.Decision(propensity: 0.5, target: -0.1, reward: 1),
            PolicyValue.Decision(propensity: 0.5, target: 1, reward: .infinity),
        ] {
            #expect(throws: CollaborativeError.self) { try PolicyValue([decision]) }
        }
    }
}
