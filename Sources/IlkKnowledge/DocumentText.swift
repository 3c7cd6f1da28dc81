package import IlkProtocol

/// The text that a document's passages are cited from, and how it is built.
///
/// Offsets are Unicode scalars of ``text``, counted from 0. For plain text and Markdown that is the source as it was
/// sent, marks and line ends included, so that a caller can resolve a citation in a copy of its own. For HTML it is the
/// text that was extracted, which must be stored beside the source: tags cannot be cited, and another version of the parser
/// may extract a little differently.
package struct DocumentText: Sendable, Equatable {
    /// A piece of a document that is read as one thing.
    package struct Block: Sendable, Equatable {
        package enum Kind: Sendable, Equatable {
            /// Levels are 1 to 6, 1 the highest.
            case heading(level: Int)
            case paragraph
            /// An item of a list, its mark included.
            case item
            /// A block of code, its fences included.
            case code
            /// A table, a row a line.
            case table
            case quote
        }

        package var kind: Kind
        /// Where it stands; neither its first nor its last scalar is blank.
        package var range: Range<Int>
        /// A heading's words without its marks; empty for other blocks.
        package var title = ""
    }

    /// What is cited.
    package let text: String
    /// What the document calls itself: its `<title>`, its front matter's `title`, or its first heading of level 1.
    package let title: String?
    /// In the order of the text, none inside another, all that is between them blank or mere decoration.
    package let blocks: [Block]
    /// ``text`` once more, as something that offsets can index.
    let scalars: [Unicode.Scalar]

    /// Reads a document's source.
    ///
    /// - Throws: `invalid_request` or `too_large` for HTML that nests too deeply or is too long; other input of any kind
    ///   is some document.
    package init(_ source: String, format: DocumentFormat) throws(IlkError) {
        switch format {
        case .plain:
            scalars = Array(source.unicodeScalars)
            blocks = Self.paragraphs(of: scalars)
            title = nil
            text = source
        case .markdown:
            scalars = Array(source.unicodeScalars)
            var reader = MarkdownReader(scalars)
            reader.read()
            blocks = reader.blocks
            title = reader.title ?? Self.firstTitle(of: reader.blocks)
            text = source
        case .html:
            let reader = HTMLReader()
            try reader.read(source)
            scalars = reader.scalars
            blocks = reader.blocks
            title = reader.title ?? Self.firstTitle(of: reader.blocks)
            text = Self.string(scalars[...])
        }
    }

    /// The text of a range; what lies outside of the document is left out.
    package func text(in range: Range<Int>) -> String { Self.string(scalars[range.clamped(to: scalars.indices)]) }

    static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static func firstTitle(of blocks: [Block]) -> String? {
        blocks.first { $0.kind == .heading(level: 1) && !$0.title.isEmpty }?.title
    }

    /// Plain text: what stands between blank lines.
    private static func paragraphs(of scalars: [Unicode.Scalar]) -> [Block] {
        var blocks: [Block] = []
        var open: Range<Int>?
        for line in scalars.lines {
            if let words = scalars.trimmed(line) {
                open = (open?.lowerBound ?? words.lowerBound)..<words.upperBound
            } else if let range = open {
                blocks.append(Block(kind: .paragraph, range: range))
                open = nil
            }
        }
        if let range = open { blocks.append(Block(kind: .paragraph, range: range)) }
        return blocks
    }
}
