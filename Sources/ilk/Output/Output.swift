import Foundation
import Glibc
import IlkProtocol
import Synchronization

/// Results on standard output, everything else on standard error.
enum Output {
    /// Writes a line of a result.
    static func line(_ text: String) { bytes(Array((text + "\n").utf8)) }

    /// Writes a JSON value on one line.
    static func json(_ value: JSONValue) { bytes(JSONText(value).bytes + [UInt8(ascii: "\n")]) }

    /// Writes bytes of a result; ends the process quietly where nobody reads them any more.
    static func bytes(_ bytes: [UInt8]) {
        buffer.withLock { buffer in
            buffer += bytes
            if isTerminal || buffer.count > 1 << 16 { write(&buffer) }
        }
    }

    static func flush() { buffer.withLock { write(&$0) } }

    private static let buffer = Mutex<[UInt8]>([])

    private static func write(_ bytes: inout [UInt8]) {
        var written = 0
        while written < bytes.count {
            // SAFETY: the range lies within the buffer, which lives as long as the call.
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(STDOUT_FILENO, $0.baseAddress! + written, $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { Glibc.exit(errno == EPIPE ? 0 : Failure.failed) }
            written += count
        }
        bytes.removeAll(keepingCapacity: true)
    }

    /// Tells something beside the result.
    static func note(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    static let isTerminal = isatty(STDOUT_FILENO) == 1

    /// Columns of the terminal that results go to; nil where they do not go to one.
    static var width: Int? {
        guard isTerminal else { return nil }
        var size = winsize()
        // SAFETY: the pointer is to a local that outlives the call.
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}

extension String {
    /// Columns that the text takes on a terminal: two for East Asian wide characters and pictures, none for marks.
    var displayWidth: Int {
        unicodeScalars.reduce(0) { $0 + $1.displayWidth }
    }

    /// Without control characters, which could do anything to a terminal.
    var printable: String {
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            if scalar.properties.generalCategory == .control {
                text +=
                    "\\u" + String(repeating: "0", count: scalar.value < 16 ? 3 : 2) + String(scalar.value, radix: 16)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
    }

    /// Cut to so many columns, with an ellipsis where something is missing.
    func cut(to width: Int) -> String {
        guard displayWidth > width, width > 0 else { return self }
        var used = 0
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            used += scalar.displayWidth
            if used > width - 1 { break }
            text.append(scalar)
        }
        return String(text) + "…"
    }
}

extension Unicode.Scalar {
    fileprivate var displayWidth: Int {
        switch value {
        case 0..<0x300: 1
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            2
        default:
            switch properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format: 0
            default: 1
            }
        }
    }
}
