import IlkCollaborative
import Testing

@Suite struct `Interaction matrix` {
    static let events = [
        Interaction(user: 1, item: 2, weight: 2, time: 0),
        Interaction(user: 0, item: 3, weight: 1, time: 10 * Decay.day),
        Interaction(user: 1, item: 2, weight: 3, time: 20 * Decay.day),
        Interaction(user: 1, item: 0, time: 20 * Decay.day),
    ]

    @Test func `events of one user with one item become one element, by user and by item`() {
        let matrix = InteractionMatrix(
            users: 3, items: 4, events: Self.events, weighing: EventWeighing(.sum, ignoresWeights: false))
        #expect(matrix.byUser.dense == [[0, 0, 0, 1], [1, 0, 5, 0], [0, 0, 0, 0]])
        #expect(matrix.byItem.dense == Book.transposed(matrix.byUser.dense))
        #expect(matrix.count == 3)
        #expect(matrix.usersOfItems() == [1, 0, 1, 1])
    }

    @Test func `an event loses half its weight in a half-life`() {
        let weighing = EventWeighing(.sum, halfLife: 10)
        let matrix = InteractionMatrix(users: 2, items: 4, events: Self.events, weighing: weighing, now: 20 * Decay.day)
        #expect(matrix.byUser.dense == [[0, 0, 0, 0.5], [1, 0, 1.25, 0]])
    }

    @Test func `ages may be reckoned from each user's last event`() {
        let weighing = EventWeighing(.sum, halfLife: 10, clock: .lastEvent)
        let matrix = InteractionMatrix(users: 2, items: 4, events: Self.events, weighing: weighing, now: 90 * Decay.day)
        #expect(matrix.byUser.dense == [[0, 0, 0, 1], [1, 0, 1.25, 0]])
    }

    @Test func `the greatest of several events, and the logarithm of their sum`() {
        let greatest = InteractionMatrix(
            users: 2, items: 4, events: Self.events, weighing: EventWeighing(.greatest, ignoresWeights: false))
        #expect(greatest.byUser.dense[1] == [1, 0, 3, 0])
        let logarithm = InteractionMatrix(users: 2, items: 4, events: Self.events, weighing: EventWeighing(.logarithm))
        #expect(abs(logarithm.byUser.dense[1][2] - 1.0986122886681098) < 1e-6)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `turning a matrix twice gives it back`(seed: UInt64) {
        let matrix = RandomBehaviour.matrix(users: 23, items: 17, each: 5, seed: seed).byUser
        #expect(matrix.transposed().transposed() == matrix)
        #expect(matrix.transposed().dense == Book.transposed(matrix.dense))
        for row in 0..<matrix.rows { #expect(Array(matrix.columns(of: row)) == matrix.columns(of: row).sorted()) }
    }
}
