import IlkCollaborative
import IlkProtocol
import IlkVectors

/// How a trained model is kept: little-endian, with a checksum at the end.
///
///     magic       8 bytes    "ilkmodel"
///     version     UInt32     1
///     shape       UInt32     0 factors, 1 neighbors
///     items       UInt32
///     columns     UInt32     factors of an item; 0 for neighbors
///     elements    UInt64     items × factors, or neighbors in all
///     parameters  3 Float    of ALS: α, λ, ν; zeros for neighbors
///     numbers     UInt32 each item
///     ends        UInt32 each item: neighbors up to and with it; only of neighbors
///     indices     UInt32 each element; only of neighbors
///     values      Float each element
///     checksum    UInt64     XXH3 of all before it
///
/// A ranker is kept as its own bytes, which begin otherwise.
enum ModelBytes {
    private static let magic = Array("ilkmodel".utf8)
    private static let version: UInt32 = 1

    // MARK: Writing

    static func bytes(of model: TrainedModel) -> [UInt8] {
        var bytes = magic
        func append<Number>(_ numbers: [Number]) {
            unsafe numbers.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
        switch model {
        case .ranker(let ranker): return ranker.bytes
        case .factors(let trained):
            let factors = trained.model.itemFactors, parameters = trained.model.parameters
            append([version, 0, UInt32(factors.rows), UInt32(factors.columns)])
            append([UInt64(factors.elements.count)])
            append([parameters.unobservedWeight, parameters.regularization, parameters.frequencyScaling])
            append(trained.items.map(\.rawValue))
            append(factors.elements)
        case .neighbors(let table):
            append([version, 1, UInt32(table.items.count), 0])
            append([UInt64(table.lists.count)])
            append([Float](repeating: 0, count: 3))
            append(table.items.map(\.rawValue))
            append(table.lists.offsets.dropFirst().map { UInt32($0) })
            append(table.lists.indices)
            append(table.lists.values)
        }
        append([unsafe bytes.withUnsafeBytes { unsafe Checksum.xxh3($0) }])
        return bytes
    }

    // MARK: Reading

    /// What is read from bytes that may be anything, one piece after the other.
    private struct Reader {
        let bytes: [UInt8]
        var place = 0

        /// So many numbers; nil where there are not so many, or they are not finite.
        mutating func take<Number: BitwiseCopyable>(_ count: Int, of type: Number.Type) -> [Number]? {
            let size = MemoryLayout<Number>.size
            guard count >= 0, count <= (bytes.count - place) / size else { return nil }
            let start = place
            place += count * size
            return unsafe bytes.withUnsafeBytes { bytes in
                (0..<count).map { unsafe bytes.loadUnaligned(fromByteOffset: start + $0 * size, as: type) }
            }
        }
    }

    /// The model that bytes hold, not linked yet.
    ///
    /// - Throws: `internal`, and says to train again, for anything but what ``bytes(of:)`` made.
    static func model(of bytes: [UInt8]) throws(IlkError) -> TrainedModel {
        let damaged = IlkError(.internal, "a kept model is damaged; train it again with match.train")
        do throws(CollaborativeError) {
            if let ranker = try RankingModels.model(of: bytes) { return .ranker(ranker) }
        } catch {
            throw damaged
        }
        guard bytes.count > 60, Array(bytes[..<8]) == magic else { throw damaged }
        let sum = unsafe bytes.withUnsafeBytes { bytes in
            unsafe Checksum.xxh3(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 8)]))
        }
        var reader = Reader(bytes: bytes, place: 8)
        guard let head = reader.take(4, of: UInt32.self), head[0] == version,
            let elements = reader.take(1, of: UInt64.self)?.first.flatMap({ Int(exactly: $0) }),
            let parameters = reader.take(3, of: Float.self),
            let numbers = reader.take(Int(head[2]), of: UInt32.self)
        else { throw damaged }
        let items = numbers.map { ItemNumber($0) }
        guard zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 }) else { throw damaged }
        var model: TrainedModel?
        switch head[1] {
        case 0:
            let (count, overflow) = Int(head[2]).multipliedReportingOverflow(by: Int(head[3]))
            guard !overflow, elements == count, (1...1_024).contains(head[3]),
                let values = reader.take(elements, of: Float.self), values.allSatisfy(\.isFinite),
                parameters.allSatisfy(\.isFinite)
            else { throw damaged }
            let factors = Matrix(rows: items.count, columns: Int(head[3]), elements: values)
            var made = AlternatingLeastSquares.Parameters()
            made.factors = factors.columns
            (made.unobservedWeight, made.regularization, made.frequencyScaling) =
                (parameters[0], parameters[1], parameters[2])
            guard (try? made.validate()) != nil else { throw damaged }
            let nobody = Matrix(rows: 0, columns: factors.columns, elements: [])
            model = .factors(
                try TrainedFactors(
                    items: items, model: FactorModel(userFactors: nobody, itemFactors: factors, parameters: made)))
        case 1:
            guard let ends = reader.take(items.count, of: UInt32.self), ends.last.map({ Int($0) }) ?? 0 == elements,
                zip(ends, ends.dropFirst()).allSatisfy({ $0 <= $1 }),
                let indices = reader.take(elements, of: UInt32.self), indices.allSatisfy({ $0 < items.count }),
                let values = reader.take(elements, of: Float.self), values.allSatisfy(\.isFinite)
            else { throw damaged }
            let lists = SparseMatrix(
                rows: items.count, columns: items.count, offsets: [0] + ends.map { Int($0) }, indices: indices,
                values: values)
            model = .neighbors(NeighborTable(items: items, lists: lists))
        default: throw damaged
        }
        guard let model, let kept = reader.take(1, of: UInt64.self)?.first, kept == sum,
            reader.place == bytes.count
        else { throw damaged }
        return model
    }
}
