import Testing

import IlkCollection

@Suite struct `The plan of a search` {
    private func plan(
        count: Int = 200_000, matching: Int? = nil, ef: Int = 64, isExact: Bool = false, isGraphUsable: Bool = true,
        hasCodes: Bool = true
    ) -> SearchPlan {
        .choose(
            SearchPlan.Situation(
                isExact: isExact, count: count, matching: matching, efSearch: ef, isGraphUsable: isGraphUsable,
                hasCodes: hasCodes))
    }

    @Test func `is a walk, but for few points, an exact search or a graph that is being made`() {
        #expect(plan() == .walk)
        #expect(plan(count: 1_000).name == "scan_all")
        #expect(plan(isExact: true).name == "scan_all")
        #expect(plan(isGraphUsable: false).name == "scan_all")
        #expect(plan(matching: 150_000, isExact: true).name == "scan_matching")
        #expect(plan(matching: 150_000, isGraphUsable: false).name == "scan_matching")
    }

    @Test func `scans what passes where that is cheaper, and more of it by codes`() {
        #expect(plan(matching: 10).name == "scan_matching")
        #expect(plan(matching: 20_000, hasCodes: true).name == "scan_matching")
        #expect(plan(matching: 20_000, hasCodes: false).name == "walk_admitting")
        #expect(plan(matching: 100_000).name == "walk_admitting")
        #expect(plan(matching: 100_000, ef: 2_000).name == "scan_matching", "a wide walk costs more")
    }

    @Test func `walks under a filter for no longer than the scan would take`() {
        #expect(plan(matching: 100_000, hasCodes: true) == .walkAdmitting(budget: 12_500))
        #expect(plan(matching: 100_000, hasCodes: false) == .walkAdmitting(budget: 50_000))
    }
}
