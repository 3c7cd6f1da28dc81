import Glibc
import IlkEmbedding
import IlkProtocol
import IlkVectors

/// One turn of measuring: the same batch again and again for a while.
struct Turn {
    var length: Int
    var batch: Int
    var threads: Int
    var seconds: Double

    init(length: Int, batch: Int, threads: Int, seconds: Double) {
        self.length = length
        self.batch = batch
        self.threads = threads
        self.seconds = seconds
    }

    /// Reads `{"length":64,"batch":16,"threads":1,"seconds":0.5}`.
    init(line: String) throws(IlkError) {
        guard case .object(let object) = try JSONValue.parse(line) else {
            throw IlkError(.invalidRequest, "give an object with length, batch, threads and seconds")
        }
        func whole(_ key: String, _ fallback: Int) throws(IlkError) -> Int {
            guard let value = object[key] else { return fallback }
            guard case .int(let number) = value, (1...100_000).contains(number) else {
                throw IlkError(.invalidRequest, "\(key) is a whole number from 1 on")
            }
            return Int(number)
        }
        length = try whole("length", 64)
        batch = try whole("batch", 1)
        threads = try whole("threads", 1)
        switch object["seconds"] {
        case nil: seconds = 0.5
        case .double(let value)?: seconds = value
        case .int(let value)?: seconds = Double(value)
        default: throw IlkError(.invalidRequest, "seconds is a number")
        }
    }

    /// The result line; every text has other tokens, the same ones in every turn.
    func measure(_ encoder: BERTEncoder, round: Int) -> String {
        var random = SplitMix64(seed: UInt64(length * 1_000 + batch))
        var texts = TokenBatch()
        let vocabulary = encoder.configuration.vocabulary
        for _ in 0..<batch {
            texts.append((0..<length).map { _ in Int32.random(in: 10..<Int32(vocabulary), using: &random) })
        }
        _ = encoder.encode(texts, threads: threads)
        var wall: [Double] = []
        var cpu: [Double] = []
        let start = Clock.wall.now
        repeat {
            let before = (Clock.wall.now, Clock.process.now)
            _ = encoder.encode(texts, threads: threads)
            wall.append(Clock.wall.now - before.0)
            cpu.append(Clock.process.now - before.1)
        } while Clock.wall.now - start < seconds
        wall.sort()
        cpu.sort()
        let tokens = Double(length * batch)
        // One thread's speed is told by its CPU time, which others on the machine disturb least; several threads' by
        // the wall's.
        let fair = threads == 1 ? cpu : wall
        return JSONValue.object(
            JSONObject([
                ("engine", .string("ilk")), ("kernels", .string(EncoderKernels.name)),
                ("arithmetic", .string(encoder.arithmetic)), ("length", .int(Int64(length))),
                ("batch", .int(Int64(batch))), ("threads", .int(Int64(threads))), ("round", .int(Int64(round))),
                ("calls", .int(Int64(wall.count))), ("tokens_per_s", .double(rounded(tokens / fair.middle))),
                ("tokens_per_s_wall", .double(rounded(tokens / wall.middle))),
                ("tokens_per_cpu_s", .double(rounded(tokens / cpu.middle))),
                ("p50_ms", .double(rounded(1e3 * wall.middle, 1e3))),
                ("p99_ms", .double(rounded(1e3 * wall[wall.count * 99 / 100], 1e3))),
                ("cpu_ms", .double(rounded(1e3 * cpu.middle, 1e3))),
            ])
        ).text
    }

    private func rounded(_ value: Double, _ places: Double = 10) -> Double { (value * places).rounded() / places }
}

/// Seconds by the wall's clock, or of CPU time of all of the process's threads.
enum Clock {
    case wall
    case process

    var now: Double {
        var time = timespec()
        unsafe clock_gettime(self == .wall ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

extension [Double] {
    /// The middle one of a sorted array.
    var middle: Double { isEmpty ? 0 : self[count / 2] }
}

extension JSONValue {
    /// The value as JSON.
    var text: String { String(decoding: JSONText(self).bytes, as: UTF8.self) }
}
