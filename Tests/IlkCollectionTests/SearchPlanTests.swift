import Testing

import IlkCollection

@Suite struct `The plan of a search` {
    private func plan(
        count: Int = 200_000, matching: Int? = nil, ef: Int = 64, isExact: Bool = false, isGraphUsable: Bool = true,
        hasCodes: Bool = true, hasLists: Bool = false
    ) -> SearchPlan {
        .choose(
            SearchPlan.Situation(
                isExact: isExact, count: count, matching: matching, efSearch: ef, isGraphUsable: isGraphUsable,
                hasCodes: hasCodes, hasLists: hasLists))
    }

    @Test func `lists answer in the graph's place, but where few points pass or all are asked for`() {
        #expect(plan(matching: nil, hasLists: true) == .lists)
        #expect(plan(matching: nil, isGraphUsable: false, hasLists: true) == .lists)
        #expect(plan(matching: 50_000, hasLists: true) == .listsAdmitting)
        #expect(plan(matching: 500, hasLists: true).name == "scan_matching")
        #expect(plan(matching: nil, isExact: true, hasLists: true).name == "scan_all")
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
        #expect(plan(matching: 24_000, hasCodes: true).name == "walk_admitting")
        #expect(plan(matching: 20_000, hasCodes: false).name == "walk_admitting")
        #expect(plan(matching: 100_000).name == "walk_admitting")
        #expect(plan(matching: 100_000, ef: 2_000).name == "scan_matching", "a wide walk costs more")
    }
}
