import IlkProtocol

/// Names and their numbers, in memory: each name once.
struct NameTable: Sendable {
    private(set) var names: [PointID?] = []
    private var numbers: [PointID: UInt32] = [:]
    private var stringBytes = 0

    /// One more than the largest number.
    var end: UInt32 { UInt32(names.count) }
    /// Names there are.
    var count: Int { numbers.count }

    func number(of name: PointID) -> UInt32? { numbers[name] }

    /// The name of a number; nil where it was forgotten.
    func name(of number: UInt32) -> PointID? { Int(number) < names.count ? names[Int(number)] : nil }

    /// Whether a number has a name, which is not copied for that.
    func hasName(_ number: UInt32) -> Bool { Int(number) < names.count && names[Int(number)] != nil }

    /// Gives a name its number.
    mutating func set(_ name: PointID, to number: UInt32) {
        while names.count <= Int(number) { names.append(nil) }
        names[Int(number)] = name
        numbers[name] = number
        if case .string(let text) = name, text.utf8.count > 15 { stringBytes += text.utf8.count + 32 }
    }

    mutating func remove(_ name: PointID) {
        guard let number = numbers.removeValue(forKey: name) else { return }
        names[Int(number)] = nil
        if case .string(let text) = name, text.utf8.count > 15 { stringBytes -= text.utf8.count + 32 }
    }

    /// Heap bytes, by capacities; strings of up to 15 bytes lie inside the tables.
    var memoryBytes: Int {
        names.capacity * MemoryLayout<PointID?>.stride
            + numbers.capacity * (MemoryLayout<PointID>.stride + MemoryLayout<UInt32>.stride + 1) + stringBytes
    }
}
