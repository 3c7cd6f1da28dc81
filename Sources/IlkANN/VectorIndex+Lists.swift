import IlkVectors
import Glibc
import Synchronization

extension VectorIndex {
    /// With fewer vectors a walk is short, however hard they are.
    static let leastListedCount = 20_000
    /// Searches of the index's own points that decide whether lists are made, and whether they are used.
    private static let judgedSearches = 128
    /// Lists are worth making where a walk of this width finds less than 95 % of the ten nearest.
    private static let hardWidth = 64
    /// They are used where searches of them take less than this part of the walks' time.
    private static let leastGain = 0.8

    /// What answers searches of all points.
    package var structureInUse: Structure { listState.withLock { $0.isInUse ? .lists : .graph } }

    /// The lists, where searches use them, and what is in none.
    var listsInUse: (lists: InvertedLists, newcomers: [UInt32])? {
        listState.withLock { state in
            guard state.isInUse, let lists = state.lists else { return nil }
            return (lists, state.newcomers.copy())
        }
    }

    /// Whether there is something to do to the lists, or to find out whether they are of use; then call
    /// ``tendLists(threads:)`` again and again, with writes in between.
    package var isListingDue: Bool {
        guard storage == .auto, storageInUse.storage == .u8, pendingCount == 0 else { return false }
        let count = count
        let graph = recallMeasurement.withLock { $0[.graph] }
        return listState.withLock { state in
            if state.isBuilding { return true }
            guard let lists = state.lists else {
                guard count >= Self.leastListedCount, count >= 2 * state.decidedAt else { return false }
                return !isEnough(graph) || graph.latest.map(isHard) ?? false
            }
            return !state.isInUse || state.newcomers.count >= Self.batch(of: count)
                || state.added > lists.fittedCount || isLeft(lists)
        }
    }

    /// Newcomers that are put into the lists together: each list that gets one is made anew.
    private static func batch(of count: Int) -> Int { max(256, count / 1_000) }

    /// Whether most of the vectors are gone that lists were fitted to.
    private func isLeft(_ lists: InvertedLists) -> Bool { 4 * count < lists.fittedCount }

    /// Whether enough searches were measured to judge by, or all that there can be.
    private func isEnough(_ measurement: RecallMeasurement) -> Bool {
        measurement.curve != nil || measurement.next?.searches ?? 0 >= Self.judgedSearches
    }

    private func isHard(_ curve: RecallCurve) -> Bool {
        let rung = curve.rungs.last { $0.ef <= Self.hardWidth }
        return rung.map { $0.recall + 2 * $0.standardError < 0.95 } ?? false
    }

    /// Does some of what is due, in some 50 to 200 ms.
    package func tendLists(threads: Int = 1) {
        let (builder, lists, isInUse, isEmpty) = listState.withLock { state in
            let builder = state.builder
            state.builder = nil
            return (builder, state.lists, state.isInUse, state.newcomers.isEmpty)
        }
        if var builder {
            do throws(IndexError) {
                if let finished = try builder.step(self, threads: threads) { return publish(finished) }
                listState.withLock { [builder] in $0.builder = builder }
            } catch {
                giveUpListing()
            }
        } else if let lists, isLeft(lists) {
            listState.withLock { $0 = ListState() }
        } else if let lists, !isInUse {
            if isEnough(recallMeasurement.withLock { $0[.lists] }) {
                decide(lists)
            } else {
                measureRecall(of: .lists, threads: threads)
            }
        } else if let lists, !isEmpty {
            listNewcomers(lists)
        } else {
            judgeGraph(threads: threads)
        }
    }

    /// Does all that is due now.
    package func settleLists(threads: Int) { while isListingDue { tendLists(threads: threads) } }

    /// Makes lists of what there is, and lets searches use them whatever a trial would say.
    ///
    /// - Returns: false without codes, which lists need.
    package func makeLists(threads: Int = 1) -> Bool {
        guard count > 0, beginLists() else { return false }
        while listState.withLock({ $0.isBuilding }) { tendLists(threads: threads) }
        return listState.withLock { state in
            state.isInUse = state.lists != nil
            return state.isInUse
        }
    }

    /// - Returns: false where there are no codes, or no address space.
    private func beginLists() -> Bool {
        guard let codes = choice.withLock({ $0.codes }) else { return false }
        // First what is placed is remembered, then it is looked what there is: so a point that comes meanwhile, from
        // another thread, is in one or in both.
        listState.withLock { $0.isBuilding = true }
        let nodes = liveOrdinals().map(\.rawValue)
        guard let builder = try? ListBuilder(self, codes: codes, nodes: nodes, seed: parameters.seed) else {
            listState.withLock { $0.isBuilding = false }
            return false
        }
        listState.withLock { $0.begin(builder) }
        return true
    }

    /// Finds out whether the vectors are hard for a graph, and begins lists where they are, or anew where there are some.
    private func judgeGraph(threads: Int) {
        let graph = recallMeasurement.withLock { $0[.graph] }
        guard isEnough(graph) else { return measureRecall(of: .graph, threads: threads) }
        let isListed = listState.withLock { $0.lists != nil }
        guard isListed || graph.latest.map(isHard) ?? false, beginLists() else { return giveUpListing() }
    }

    /// Lets what there is go on as it was, until the vectors are many more.
    private func giveUpListing() {
        listState.withLock { state in
            state.isBuilding = false
            state.restored = nil
            state.decidedAt = count
            state.added = 0
        }
    }

    private func publish(_ finished: ListBuilder.Finished) {
        var listOf = [UInt32](repeating: .max, count: states.end)
        for (node, cell) in zip(finished.nodes, finished.cells) { listOf[Int(node)] = cell }
        listState.withLock { [listOf] state in
            state.lists = finished.lists
            state.isBuilding = false
            state.listOf = listOf
            guard state.restored == nil else {
                state.restored = nil
                return state.isInUse = true
            }
            state.added = 0
            recallMeasurement.withLock { $0[.lists] = RecallMeasurement() }
        }
    }

    /// Lets searches use the lists, or lets the lists go, by the time that both take for the same recall on this machine.
    private func decide(_ lists: InvertedLists) {
        let curves = recallMeasurement.withLock { ($0[.graph].latest, $0[.lists].latest) }
        let isFaster = curves.0.flatMap { graph in curves.1.map { self.isFaster($0, than: graph) } } ?? false
        listState.withLock { state in
            state.isInUse = isFaster
            state.decidedAt = count
            if !isFaster { state = ListState(decidedAt: count) }
        }
    }

    private func isFaster(_ lists: RecallCurve, than graph: RecallCurve) -> Bool {
        var times: [Structure: Double] = [:]
        let nodes = measuredNodes(of: liveOrdinals().map(\.rawValue), from: 0, .lists)
        for recall in [0.95, 0.99] {
            guard let narrow = lists.ef(reaching: recall, k: RecallCurve.k) else { return false }
            let wide = graph.ef(reaching: recall, k: RecallCurve.k) ?? graph.rungs.last?.ef ?? narrow
            // By turns, so that what disturbs the machine disturbs both.
            for node in nodes {
                for (structure, ef) in [(Structure.graph, wide), (.lists, narrow)] {
                    let begun = Self.threadSeconds
                    _ = find(node, k: RecallCurve.k, ef: ef, structure)
                    times[structure, default: 0] += Self.threadSeconds - begun
                }
            }
        }
        return times[.lists, default: .infinity] < Self.leastGain * times[.graph, default: 0]
    }

    private static var threadSeconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Puts what is in no list into the nearest.
    private func listNewcomers(_ lists: InvertedLists) {
        let (newcomers, oldListOf) = listState.withLock { ($0.newcomers.copy(), $0.listOf) }
        var listOf = oldListOf
        if listOf.count < states.end { listOf += Array(repeating: .max, count: states.end - listOf.count) }
        var byList: [Int: [UInt32]] = [:]
        unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: lists.partition.count) { distances in
            for node in Set(newcomers).sorted() where states[node].isLive {
                let cell = unsafe lists.partition.withEncoded(store.row(node)) { code in
                    unsafe lists.partition.cell(of: code, distances.baseAddress!)
                }
                byList[cell, default: []].append(node)
            }
        }
        var all = lists.lists
        for (number, nodes) in byList {
            all[number] = extended(all[number], number, of: lists, by: nodes, listOf)
            for node in nodes { listOf[Int(node)] = UInt32(number) }
        }
        listState.withLock { [listOf, all] state in
            state.lists = lists.with(all)
            state.listOf = listOf
            state.added += newcomers.count
            state.newcomers.removeFirst(newcomers.count)
        }
    }

    /// A list with more nodes, in the places of those that are gone and behind.
    private func extended(
        _ old: InvertedList, _ number: Int, of lists: InvertedLists, by nodes: [UInt32], _ listOf: [UInt32]
    ) -> InvertedList {
        let isNew = Set(nodes)
        let free = (0..<old.count).filter { place in
            if old.isVacant(place) { return true }
            let node = unsafe old.nodes[place]
            return !states[node].isLive || listOf[Int(node)] != UInt32(number) || isNew.contains(node)
        }
        let count = max(old.count, old.count + nodes.count - free.count)
        let list = InvertedList(count: count, of: lists.quantizer, extending: old)
        for place in free { list.clear(place) }
        let places = (free + Array(old.count..<max(count, old.count))).prefix(nodes.count)
        lists.write(nodes, of: store, to: list, number: number, places: places)
        return list
    }
}
