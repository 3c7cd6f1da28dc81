import IlkThemes
import Testing

@Suite struct `A simulated shop` {
    @Test(arguments: [42, 7] as [UInt64])
    func `keeps guarantees and caps at little cost, and loses less than ε-greedy`(_ seed: UInt64) {
        var size = MarketSize()
        size.seed = seed
        let trial = DistributionTrial(SimulatedMarket(size))
        let ilk = trial.run(.ilk)
        let free = trial.run(.unconstrained)
        let greedy = trial.run(.greedy)
        #expect(ilk.leastAttained >= 0.95, "\(ilk.attained)")
        #expect(ilk.capBreaks == 0)
        #expect(ilk.clickRate >= 0.97 * free.clickRate, "\(ilk.clickRate) beside \(free.clickRate)")
        #expect(ilk.regret < greedy.regret, "\(ilk.regret) beside \(greedy.regret)")
        // The guarantees and caps are not kept by themselves.
        #expect(free.attainment < 0.95 && free.capBreaks > 0, "\(free.attained), \(free.capBreaks)")
    }

    @Test func `goes the same way each time`() {
        var size = MarketSize()
        size.requests = 2_000
        for policy in TriedPolicy.allCases {
            let once = DistributionTrial(SimulatedMarket(size)).run(policy)
            #expect(DistributionTrial(SimulatedMarket(size)).run(policy) == once)
            #expect(once.exposures == 6_000 && once.expected <= once.best)
        }
    }
}
