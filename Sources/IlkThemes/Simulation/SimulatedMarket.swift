import Glibc
import IlkVectors

/// How large a simulated shop is, and what its venues are promised.
package struct MarketSize: Sendable, Equatable {
    /// People who come, again and again.
    package var users = 400
    /// Venues that are there from the beginning.
    package var venues = 30
    /// Venues that are opened along the way, evenly spread over the first four fifths of the time.
    package var newVenues = 12
    package var days = 14.0
    /// How often somebody comes.
    package var requests = 40_000
    /// Venues that are shown each time.
    package var k = 3
    /// Exposures that each new venue is promised, and within how many hours.
    package var guarantee = 200
    package var guaranteeHours = 48.0
    /// Exposures of a venue in an hour at most.
    package var cap = 90
    package var seed: UInt64 = 42

    package init() {}
}

/// A simulated shop: people with interests, venues with click rates that nobody knows, and who comes when.
///
/// The chance of a click is `base · exp(1.8 · cos)`, of the venue's appeal to everybody and the cosine of what the person
/// really likes with what the venue is about. A policy sees another cosine, of what seems to be known of the person. It all
/// follows from the seed.
package struct SimulatedMarket: Sendable {
    package struct Visit: Sendable {
        /// Seconds since the beginning.
        var at: Double
        var user: Int
    }

    package let size: MarketSize
    /// Chance of a click, shape `[users, venues]`.
    let chances: Matrix
    /// What policies see of the interests, shape `[users, venues]`.
    let affinities: Matrix
    /// When each venue is opened, in seconds since the beginning.
    let openings: [Double]
    let visits: [Visit]

    private static let dimension = 16
    /// How much of what is known of a person is noise.
    private static let noise = 0.4

    package init(_ size: MarketSize) {
        self.size = size
        var generator = SplitMix64(seed: size.seed)
        let count = size.venues + size.newVenues
        let users = (0..<size.users).map { _ in Self.direction(&generator) }
        let seeming = users.map { user in
            let noise = Self.direction(&generator)
            return zip(user, noise).map { $0 + Self.noise * $1 }
        }
        let venues = (0..<count).map { _ in Self.direction(&generator) }
        let bases = (0..<count).map { _ in min(0.12, 0.03 * exp(0.6 * Self.normal(&generator))) }
        var chances: [Float] = [], affinities: [Float] = []
        for (user, seen) in zip(users, seeming) {
            for (venue, base) in zip(venues, bases) {
                chances.append(Float(min(0.6, base * exp(1.8 * Self.cosine(user, venue)))))
                affinities.append(Float(Self.cosine(seen, venue)))
            }
        }
        self.chances = Matrix(rows: size.users, columns: count, elements: chances)
        self.affinities = Matrix(rows: size.users, columns: count, elements: affinities)
        let whole = size.days * 86_400
        openings =
            Array(repeating: 0, count: size.venues)
            + (0..<size.newVenues).map { whole * 0.8 * (Double($0) + 0.5) / Double(size.newVenues) }
        var visits: [Visit] = []
        while visits.count < size.requests {
            let at = whole * Self.unit(&generator)
            // Nine times as many come at noon as at midnight.
            let crowd = 1 - 0.8 * cos(2 * .pi * at / 86_400)
            guard Self.unit(&generator) * 1.8 < crowd else { continue }
            visits.append(Visit(at: at, user: Int.random(in: 0..<size.users, using: &generator)))
        }
        self.visits = visits.sorted { $0.at < $1.at }
    }

    /// Whether a visitor clicks on a venue: the same whichever policy shows it.
    func isClicked(_ venue: Int, at visit: Int) -> Bool {
        var generator = SplitMix64(
            seed: size.seed &+ UInt64(visit) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(venue) &* 0xD1B5_4A32_D192_ED03)
        _ = generator.next()
        return Self.unit(&generator) < Double(chances.row(visits[visit].user)[venue])
    }

    private static func direction(_ generator: inout SplitMix64) -> [Double] {
        let vector = (0..<dimension).map { _ in normal(&generator) }
        let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / norm }
    }

    private static func cosine(_ a: [Double], _ b: [Double]) -> Double {
        let dot = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        let squares = a.reduce(0) { $0 + $1 * $1 } * b.reduce(0) { $0 + $1 * $1 }
        return dot / squares.squareRoot()
    }

    /// A number of the standard normal distribution (Box & Muller, 1958).
    private static func normal(_ generator: inout SplitMix64) -> Double {
        (-2 * log(unit(&generator))).squareRoot() * cos(2 * .pi * unit(&generator))
    }

    private static func unit(_ generator: inout SplitMix64) -> Double {
        (Double(generator.next() >> 11) + 0.5) * 0x1p-53
    }
}
