package import IlkCollection
import IlkFilter
package import IlkProtocol
import IlkVectors
import Synchronization

extension Merchandiser {
    /// Selects products for many themes and sets them out on floors.
    ///
    /// A theme that cannot be filled says why in its own entry; the others go on.
    ///
    /// - Parameters:
    ///   - request: the themes, and how products are selected and set out.
    ///   - threads: how many themes are done at once.
    ///   - progress: told after each theme, on any thread; where it returns false the batch ends.
    ///   - refusing: says why a reply of so many bytes is too long.
    /// - Returns: `{"report":{…},"themes":[…]}`.
    /// - Throws: what is wrong with the request, `cancelled`, or what `refusing` says.
    package func batch(
        _ request: ThemeBatch, threads: Int, progress: @escaping @Sendable (Progress) -> Bool,
        refusing: @escaping ReplyLimit = { _ in nil }
    ) throws(IlkError) -> JSONObject {
        let themes = try themes(of: request)
        let selector = try ProductSelector(request.rules, in: collection)
        let fields = try collection.schema().fields
        if let plan = request.plan { _ = try FloorBuilder.paths(for: plan, fields) }
        let run = BatchRun(total: themes.count, progress: progress)
        guard progress(Progress(phase: "select", done: 0, total: themes.count)) else { throw run.cancellation }
        // Themes that must not share products come one after the other: each takes what those before have left.
        Workers.run(request.exclusive ? 1 : min(threads, max(1, themes.count))) { _ in
            while let place = run.next() {
                run.finish(place, venue(themes[place], request, selector, run.taken(request.exclusive), fields))
            }
        }
        let venues = try run.venues()
        let report = try BatchReport(venues, size: request.size, rules: request.rules, in: collection)
        var json = JSONObject([("report", .object(report.json))])
        if request.withProducts {
            let bytes = venues.reduce(0) { $0 + 200 + $1.products.count * 32 * (request.plan == nil ? 1 : 2) }
            if let refusal = refusing(bytes) { throw refusal }
            json["themes"] = .array(venues.map { .object($0.json) })
        }
        return json
    }

    private func themes(of request: ThemeBatch) throws(IlkError) -> [WireTheme] {
        guard let ids = request.themes else { return try shelf.all(in: collection).map(\.theme) }
        var themes: [WireTheme] = []
        var seen: Set<String> = []
        for id in ids {
            guard seen.insert(id).inserted else {
                throw IlkError(.invalidRequest, "'themes' has \(id.quoted) twice; name each theme once")
            }
            themes.append(try shelf.theme(id, in: collection))
        }
        return themes
    }

    private func venue(
        _ theme: WireTheme, _ request: ThemeBatch, _ selector: ProductSelector, _ taken: Set<PointID>,
        _ fields: [PayloadField]
    ) -> Venue {
        var venue = Venue(theme: theme)
        do throws(IlkError) {
            let selection = try selector.select(for: theme, size: request.size, excluding: taken)
            venue.products = selection.products.map(\.id)
            venue.agreed = selection.products.count { $0.ranks[.lexical] != nil && $0.ranks[.semantic] != nil }
            venue.ways = selection.ways
            if let plan = request.plan {
                let stand = try stand(selection.products, plan, field: selection.field) { _ in nil }
                let builder = FloorBuilder(rules: plan, fields: fields, candidates: stand.candidates)
                venue.floors = builder.floors().floors.map { floor in
                    (floor.title, floor.by, floor.products.map { stand.candidates[$0].id })
                }
            }
        } catch {
            venue.problem = error
        }
        return venue
    }
}

/// What became of one theme of a batch.
struct Venue: Sendable {
    let theme: WireTheme
    var products: [PointID] = []
    var floors: [(title: String, by: JSONObject, products: [PointID])]?
    var ways: [SelectionWay] = []
    /// Products that words and meaning both found.
    var agreed = 0
    var problem: IlkError?

    init(theme: WireTheme) { self.theme = theme }

    var json: JSONObject {
        var json = JSONObject([("id", .string(theme.id)), ("title", .string(theme.title))])
        json["products"] = .array(products.map(\.json))
        if let floors {
            json["floors"] = .array(
                floors.map { floor in
                    .object(
                        JSONObject([
                            ("title", .string(floor.title)), ("by", .object(floor.by)),
                            ("products", .array(floor.products.map(\.json))),
                        ]))
                })
        }
        if let problem {
            json["error"] = .object(
                JSONObject([("code", .string(problem.code.rawValue)), ("message", .string(problem.message))]))
        }
        return json
    }
}

/// A batch on its way: who takes which theme, and what is done.
private final class BatchRun: Sendable {
    private struct State {
        var next = 0
        var done = 0
        var isCancelled = false
        var venues: [Venue?]
        var taken: Set<PointID> = []
    }
    private let state: Mutex<State>
    private let total: Int
    private let progress: @Sendable (Progress) -> Bool

    init(total: Int, progress: @escaping @Sendable (Progress) -> Bool) {
        self.total = total
        self.progress = progress
        state = Mutex(State(venues: Array(repeating: nil, count: total)))
    }

    let cancellation = IlkError(.cancelled, "the batch was cancelled; nothing was kept")

    /// A theme that nobody has taken; nil where there is none, or the batch was cancelled.
    func next() -> Int? {
        state.withLock { state in
            guard !state.isCancelled, state.next < total else { return nil }
            state.next += 1
            return state.next - 1
        }
    }

    func taken(_ isExclusive: Bool) -> Set<PointID> { isExclusive ? state.withLock { $0.taken } : [] }

    func finish(_ place: Int, _ venue: Venue) {
        let done = state.withLock { state in
            state.venues[place] = venue
            state.taken.formUnion(venue.products)
            state.done += 1
            return state.done
        }
        if !progress(Progress(phase: "select", done: done, total: total)) { state.withLock { $0.isCancelled = true } }
    }

    /// What became of all themes.
    func venues() throws(IlkError) -> [Venue] {
        let (venues, isCancelled) = state.withLock { ($0.venues, $0.isCancelled) }
        guard !isCancelled else { throw cancellation }
        return venues.compactMap { $0 }
    }
}
