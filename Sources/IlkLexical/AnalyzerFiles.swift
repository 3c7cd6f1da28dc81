import Glibc
package import IlkProtocol
import IlkVectors
import Synchronization

/// An analyzer whose dictionary and synonyms are files that may change while it is in use.
package final class AnalyzerFiles: Sendable {
    /// What ``reload()`` found.
    package enum Change: Sendable, Equatable {
        case nothing
        /// Queries mean something else: give them to ``LexicalIndex/replaceSynonyms(_:)``.
        case synonyms
        /// Documents have other terms: make the index again with ``AnalyzerFiles/analyzer``.
        case dictionary
    }

    /// The largest file that is read.
    package static let largestFile = 16 << 20

    private let options: AnalyzerOptions
    private let dictionaryPath: String?
    private let synonymsPath: String?
    private let state: Mutex<State>

    private struct State {
        var analyzer: Analyzer
        var dictionary: Stamp?
        var synonyms: Stamp?
    }

    /// What changes with a file.
    private struct Stamp: Equatable {
        var inode: UInt
        var size: Int
        var seconds: Int
        var nanoseconds: Int
    }

    /// Reads the files; a path may be nil, a file that is named must be there.
    ///
    /// - Throws: `invalid_request` for a file that cannot be read, is not UTF-8, or has a line that is no rule.
    package init(
        dictionary: String?, synonyms: String?, options: AnalyzerOptions = AnalyzerOptions()
    ) throws(IlkError) {
        self.options = options
        dictionaryPath = dictionary
        synonymsPath = synonyms
        let stamps = try (dictionary.map(Self.stamp), synonyms.map(Self.stamp))
        let analyzer = Analyzer(
            options: options, dictionary: try Self.words(dictionary), synonyms: try Self.rules(synonyms))
        state = Mutex(State(analyzer: analyzer, dictionary: stamps.0, synonyms: stamps.1))
    }

    package var analyzer: Analyzer { state.withLock { $0.analyzer } }

    /// Reads what has changed since it was read last: cheap where nothing has.
    ///
    /// - Throws: as ``init(dictionary:synonyms:options:)``; the analyzer stays as it was, and the file is tried again.
    package func reload() throws(IlkError) -> Change {
        let before = state.withLock { $0 }
        let stamps = try (dictionaryPath.map(Self.stamp), synonymsPath.map(Self.stamp))
        guard stamps.0 != before.dictionary || stamps.1 != before.synonyms else { return .nothing }
        let dictionary =
            stamps.0 == before.dictionary ? before.analyzer.dictionary : try Self.words(dictionaryPath)
        let synonyms = stamps.1 == before.synonyms ? before.analyzer.synonyms : try Self.rules(synonymsPath)
        let analyzer = Analyzer(options: options, dictionary: dictionary, synonyms: synonyms)
        state.withLock { $0 = State(analyzer: analyzer, dictionary: stamps.0, synonyms: stamps.1) }
        if dictionary != before.analyzer.dictionary { return .dictionary }
        return synonyms != before.analyzer.synonyms ? .synonyms : .nothing
    }

    private static func words(_ path: String?) throws(IlkError) -> WordList {
        guard let path else { return WordList() }
        return WordList(text: try read(path))
    }

    private static func rules(_ path: String?) throws(IlkError) -> Synonyms {
        guard let path else { return Synonyms() }
        do throws(IlkError) { return try Synonyms(text: try read(path)) } catch {
            throw IlkError(error.code, "\(path): \(error.message)")
        }
    }

    private static func stamp(_ path: String) throws(IlkError) -> Stamp {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            let reason = unsafe String(cString: strerror(errno))
            throw IlkError(.invalidRequest, "could not read \(path): \(reason)")
        }
        return Stamp(
            inode: UInt(status.st_ino), size: Int(status.st_size), seconds: Int(status.st_mtim.tv_sec),
            nanoseconds: Int(status.st_mtim.tv_nsec))
    }

    private static func read(_ path: String) throws(IlkError) -> String {
        let file: MappedFile
        do throws(FileError) { file = try MappedFile(path: path) } catch {
            throw IlkError(.invalidRequest, error.description)
        }
        guard file.count <= largestFile else {
            throw IlkError(.tooLarge, "\(path) is larger than \(largestFile >> 20) MiB; make it smaller")
        }
        let text = unsafe file.withBytes { unsafe String(validating: $0, as: UTF8.self) }
        guard let text else { throw IlkError(.invalidRequest, "\(path) is not UTF-8; convert it") }
        return text
    }
}
