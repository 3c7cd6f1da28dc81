import IlkANN
import IlkLexical

/// A checkpoint of a collection that is taken while writes go on: field after field, then the words.
///
/// The writer's thread copies memory, for some milliseconds between two groups of writes; another one writes files. Every
/// file has the state of a moment of its own: what a start finds in the records and not in a file came after it.
struct CheckpointRun: Sendable {
    /// The changes that it makes up for: those since the last checkpoint when it began.
    let changes: Int
    private let content: CollectionContent
    private let files: CheckpointFiles
    private var field = 0
    private var current: (image: CheckpointImage, file: CheckpointFile)?
    private var hasWords: Bool
    private var problem: String?

    /// Bytes copied at once, in some 2 ms, and synced at once: a write's own sync waits for what the disk is taking.
    private static let slice = 4 << 20

    /// `report` is told when files have got on, on a thread of theirs.
    init(_ content: CollectionContent, changes: Int, report: @escaping @Sendable () -> Void) {
        self.content = content
        self.changes = changes
        files = CheckpointFiles(report: report)
        hasWords = content.words != nil
    }

    /// Copies a little more; false where files have to be waited for.
    ///
    /// `sequence` is that of the last change.
    mutating func step(sequence: UInt64) -> Bool {
        guard files.hasRoom, problem == nil else { return false }
        if let (image, file) = current {
            if image.isSettled {
                let ending = image.finish(sequence: sequence)
                files.submit(bytes: ending.copied.byteCount) { try file.commit(ending) }
                current = nil
                field += 1
            } else {
                let copied = current!.image.copy(Self.slice)
                files.submit(bytes: copied.byteCount) { try file.write(copied) }
            }
            return true
        }
        if field < content.indexes.count {
            do throws(CheckpointError) {
                let file = try CheckpointFile(path: content.checkpointPath(field: field))
                current = (CheckpointImage(of: content.indexes[field]), file)
            } catch {
                problem = "\(error)"
            }
            return true
        }
        guard hasWords, let words = content.words else { return false }
        hasWords = false
        let image = words.image(sequence: sequence)
        let path = CollectionContent.wordsPath(folder: content.folder)
        files.submit(bytes: 0) { try image.write(to: path) }
        return true
    }

    /// Whether every file is in its place, or why they are not; nil while it goes on.
    var result: Result<Void, CheckpointProblem>? {
        if let problem = problem ?? files.problem { return .failure(CheckpointProblem(description: problem)) }
        let isCopied = current == nil && field == content.indexes.count && !hasWords
        return isCopied && files.isIdle ? .success(()) : nil
    }

    /// Ends it, also in the middle: then the files of before stay.
    func close() { files.close() }
}

/// Why a checkpoint could not be written.
struct CheckpointProblem: Error, CustomStringConvertible {
    let description: String
}
