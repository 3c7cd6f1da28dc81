import ArgumentParser
import Foundation
import IlkProtocol

/// How a document's text is written, as `--format` has it.
enum DocumentFormatChoice: String, CaseIterable, ExpressibleByArgument {
    /// As the file's name tells.
    case auto
    case plain, markdown, html

    func format(of path: String) -> WireDocument.Format {
        if let format = WireDocument.Format(rawValue: rawValue) { return format }
        return DocumentFile.formats[(path as NSString).pathExtension.lowercased()] ?? .plain
    }
}

/// A file that becomes a document.
struct DocumentFile {
    /// Where it is.
    var path: String
    /// What the document is called unless the caller says otherwise: the path below the folder that was named.
    var id: String

    /// Endings of names by which a file is a document where a folder is looked through.
    static let formats: [String: WireDocument.Format] = [
        "md": .markdown, "markdown": .markdown, "mdown": .markdown, "html": .html, "htm": .html, "xhtml": .html,
        "txt": .plain, "text": .plain, "rst": .plain, "adoc": .plain, "org": .plain, "log": .plain, "csv": .plain,
    ]
    /// Files that one folder may hold: more are rather a slip.
    static let maximumFiles = 100_000

    /// The files that paths mean: files as they are, and of folders, if that is allowed, the documents in them, in the
    /// order of their names, hidden ones left out.
    static func files(at paths: [String], recursive: Bool) throws -> [DocumentFile] {
        var files: [DocumentFile] = []
        for path in paths {
            guard path != "-" else {
                files.append(DocumentFile(path: path, id: "stdin"))
                continue
            }
            var isFolder: ObjCBool = false
            // SAFETY: the pointer is to a local that outlives the call.
            guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw Failure("there is no file or folder \(path)")
            }
            guard isFolder.boolValue else {
                files.append(DocumentFile(path: path, id: (path as NSString).lastPathComponent))
                continue
            }
            guard recursive else {
                throw Failure("\(path) is a folder; --recursive adds the documents in it", status: Failure.wrongUsage)
            }
            files += try below(path)
            guard files.count <= maximumFiles else {
                throw Failure(
                    "there are more than \(Format.count(maximumFiles)) documents in \(path); add its folders one by one"
                )
            }
        }
        return files
    }

    private static func below(_ folder: String) throws -> [DocumentFile] {
        guard let walker = FileManager.default.enumerator(atPath: folder) else {
            throw Failure("the folder \(folder) cannot be read")
        }
        var found: [String] = []
        while let name = walker.nextObject() as? String {
            if (name as NSString).lastPathComponent.hasPrefix(".") {
                walker.skipDescendants()
            } else if formats[(name as NSString).pathExtension.lowercased()] != nil,
                walker.fileAttributes?[.type] as? FileAttributeType == .typeRegular
            {
                found.append(name)
            }
        }
        return found.sorted().map { DocumentFile(path: (folder as NSString).appendingPathComponent($0), id: $0) }
    }

    /// The text, or why it cannot be a document.
    func text() throws -> String {
        let data: Data
        if path == "-" {
            data = FileHandle.standardInput.readDataToEndOfFile()
        } else {
            let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber
            if let size, size.intValue > WireDocument.maximumText { throw Self.tooLong(size.intValue) }
            guard let read = FileManager.default.contents(atPath: path) else { throw Failure("it cannot be read") }
            data = read
        }
        guard data.count <= WireDocument.maximumText else { throw Self.tooLong(data.count) }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Failure("it is not UTF-8; convert it first, with iconv for instance")
        }
        return text
    }

    private static func tooLong(_ bytes: Int) -> Failure {
        Failure(
            "it has \(Format.bytes(bytes)), and a document \(Format.bytes(WireDocument.maximumText)) at most; split it")
    }
}
