import IlkCollaborative
import Testing

@Suite struct `Popularity and habits` {
    static let events = [
        Interaction(user: 0, item: 0, time: 1 * Decay.day), Interaction(user: 0, item: 0, time: 2 * Decay.day),
        Interaction(user: 1, item: 1, time: 3 * Decay.day), Interaction(user: 0, item: 1, time: 28 * Decay.day),
        Interaction(user: 1, item: 2, time: 29 * Decay.day),
    ]

    @Test func `popularity counts each user once`() {
        #expect(Popularity(items: 4, events: Self.events).counts == [1, 2, 1, 0])
    }

    @Test func `recent popularity forgets what lies further back`() {
        let recent = Popularity(items: 4, events: Self.events, days: 7, now: 30 * Decay.day)
        #expect(recent.counts == [0, 1, 1, 0])
        #expect(scores(recent, 1) == recent.counts)
    }

    @Test func `habits are a user's own counts, halved every half-life`() {
        let habits = PurchaseHabits(users: 2, items: 4, events: Self.events, halfLife: 1, now: 29 * Decay.day)
        #expect(scores(habits, 1) == [0, 0x1p-26, 1, 0])
        #expect(scores(habits, 0) == [0x1p-28 + 0x1p-27, 0.5, 0, 0])
        #expect(habits.habits(of: 0).map(\.item) == [0, 1])
    }
}
