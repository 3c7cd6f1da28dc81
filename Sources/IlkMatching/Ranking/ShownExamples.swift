import Glibc
import IlkCollaborative
import IlkProtocol
import IlkVectors

/// What a ranker learns from: each item that was shown, what was known of it then, and whether it was taken.
struct ShownExamples: Sendable {
    private(set) var names: [String]
    /// Shape `[examples, names]`; the place where each stood is among them.
    private(set) var features: Matrix
    private(set) var isTaken: [Bool] = []
    /// Which answer each is of, rising with time.
    private(set) var answers: [UInt32] = []
    /// To whom each was shown.
    private(set) var users: [UInt32] = []
    /// Answers that are too new to say what was taken of them.
    private(set) var waiting = 0

    /// Examples that are learned from, the newest.
    static let limit = 200_000

    var count: Int { isTaken.count }
    var answerCount: Int { answers.last.map { Int($0) + 1 } ?? 0 }
    var taken: Int { isTaken.count { $0 } }

    /// Examples of logged answers, the newest ones first, up to ``limit``.
    ///
    /// Pinned items are left out: no order has put them where they stood.
    ///
    /// - Parameters:
    ///   - writer: of the log where answers are, and what was done since.
    ///   - seconds: how long after a showing what is done with an item is put down to it.
    ///   - now: answers for which that is not over wait.
    /// - Throws: what SQLite says.
    init(of writer: EventWriter, within seconds: Double, now: Double) throws(IlkError) {
        var answers: [LoggedAnswer] = []
        var examples = 0
        var before = Int64.max
        while examples < Self.limit {
            let page = try writer.log.answers(before: before, limit: 1_000)
            guard let last = page.last else { break }
            before = last.number
            for answer in page where examples < Self.limit {
                guard Double(answer.at.seconds) + seconds <= now else {
                    waiting += 1
                    continue
                }
                examples += answer.items.count
                answers.append(answer)
            }
        }
        answers.reverse()
        var places: [String: Int] = [:]
        names = []
        for name in answers.lazy.flatMap(\.names) + [ItemFeatures.position] where places[name] == nil {
            places[name] = names.count
            names.append(name)
        }
        let takings = Takings(of: answers, in: writer)
        var elements: [Float] = []
        elements.reserveCapacity(examples * names.count)
        for answer in answers {
            let columns = answer.names.map { places[$0] ?? 0 }
            let number = self.answers.last.map { $0 + 1 } ?? 0
            for (place, item) in answer.items.enumerated() where !item.isPinned {
                var row = [Float](repeating: 0, count: names.count)
                for (column, value) in zip(columns, item.features) { row[column] = value }
                row[places[ItemFeatures.position] ?? 0] = logf(Float(place + 1))
                elements += row
                isTaken.append(
                    takings.isTaken(item.item, by: answer.user, shownAt: answer.at, within: seconds))
                self.answers.append(number)
                users.append(answer.user.rawValue)
            }
        }
        features = Matrix(rows: isTaken.count, columns: names.count, elements: elements)
    }

    /// Only some features, by name; those that are not there are 0.
    func features(_ wanted: [String]) -> Matrix {
        let places = wanted.map { names.firstIndex(of: $0) }
        let elements = (0..<count).flatMap { row in
            places.map { $0.map { features.elements[row * names.count + $0] } ?? 0 }
        }
        return Matrix(rows: count, columns: wanted.count, elements: elements)
    }

    /// The examples before, and from, the first of the latest fifth of the answers.
    func split() -> (earlier: ShownExamples, latest: ShownExamples) {
        let first = UInt32(answerCount - answerCount / 5)
        let end = answers.firstIndex { $0 >= first } ?? count
        return (part(0..<end), part(end..<count))
    }

    private func part(_ range: Range<Int>) -> ShownExamples {
        var part = self
        let width = names.count
        part.features = Matrix(
            rows: range.count, columns: width,
            elements: Array(features.elements[range.lowerBound * width..<range.upperBound * width]))
        part.isTaken = Array(isTaken[range])
        part.answers = Array(answers[range])
        part.users = Array(users[range])
        return part
    }

    /// How well a model foretells these examples.
    ///
    /// Its probabilities know where an item stood; its order, as in an answer that is to be made, does not.
    func measures(of model: any RankingModel) -> PredictionMeasures {
        let rows = features(model.names)
        let position = model.names.firstIndex(of: ItemFeatures.position)
        var logOdds: [Float] = [], ranking: [Float] = []
        for row in 0..<count {
            var values = rows.row(row)
            logOdds.append(model.logOdds(of: values.span))
            if let position { values[position] = 0 }
            ranking.append(model.logOdds(of: values.span))
        }
        return PredictionMeasures(logOdds, ranking: ranking, isTaken: isTaken, answers: answers)
    }
}
