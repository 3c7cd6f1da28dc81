import Foundation
import IlkProtocol
import Synchronization

/// One line on standard error that tells how far a command is; draws only when a person is looking at it.
final class ProgressBar: Sendable {
    private struct Line {
        var isDrawn = false
        var drawn: ContinuousClock.Instant?
        var phase = ""
        var began: ContinuousClock.Instant?
        var first = 0
    }

    private let isInteractive = isatty(STDERR_FILENO) == 1
    private let line = Mutex(Line())

    /// Shows how much is done of a phase, with the rate and the time left where the total is known.
    ///
    /// `unit` names what is counted; `B` stands for bytes.
    func show(_ phase: String, done: Int, total: Int?, unit: String) {
        guard isInteractive else { return }
        let now = ContinuousClock.now
        let rate: Double? = line.withLock { line in
            if line.phase != phase || line.began == nil {
                line.phase = phase
                line.began = now
                line.first = done
                line.drawn = nil
            }
            guard let began = line.began, now - began > .milliseconds(300) else { return nil }
            return Double(done - line.first) / ((now - began) / .seconds(1))
        }
        let eta = total.flatMap { total in rate.flatMap { $0 > 0 ? Double(max(0, total - done)) / $0 : nil } }
        draw(phase, done, total, unit, rate, eta, now)
    }

    /// Shows the progress of a job as the daemon tells it.
    func show(job params: JSONObject) {
        guard isInteractive, case .string(let phase)? = params["phase"] else { return }
        let total = params["total"]?.integer ?? 0
        draw(
            phase, params["done"]?.integer ?? 0, total > 0 ? total : nil, "", params["rate"]?.number,
            params["eta_s"]?.number,
            .now)
    }

    private func draw(
        _ phase: String, _ done: Int, _ total: Int?, _ unit: String, _ rate: Double?, _ eta: Double?,
        _ now: ContinuousClock.Instant
    ) {
        let isDue = line.withLock { line in
            if let drawn = line.drawn, now - drawn < .milliseconds(100) { return false }
            line.drawn = now
            line.isDrawn = true
            return true
        }
        guard isDue else { return }
        func amount(_ value: Int) -> String { unit == "B" ? Format.bytes(value) : Format.count(value) }
        var text = phase + " "
        if let total, total > 0 {
            let filled = min(30, done * 30 / total)
            text += String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
            text += " \(min(100, done * 100 / total)) %  \(amount(done)) of \(amount(total))"
        } else {
            text += amount(done)
        }
        if !unit.isEmpty, unit != "B" { text += " " + unit }
        if let rate { text += "  \(amount(Int(rate)))/s" }
        if let eta { text += "  \(Format.seconds(eta)) left" }
        write("\r\u{1B}[K" + text)
    }

    /// Takes the line away.
    func clear() {
        let wasDrawn = line.withLock { line in
            defer { line = Line() }
            return line.isDrawn
        }
        if wasDrawn { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
