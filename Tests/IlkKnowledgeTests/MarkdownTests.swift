import IlkKnowledge
import Testing

@Suite struct `Markdown as blocks` {
    /// Each block as its kind and its text.
    static func blocks(_ text: String) throws -> [String] {
        let document = try DocumentText(text, format: .markdown)
        return document.blocks.map { block in
            let kind =
                switch block.kind {
                case .heading(let level): "h\(level) \(block.title)"
                case .paragraph: "p"
                case .item: "li"
                case .code: "code"
                case .table: "table"
                case .quote: "quote"
                }
            return kind + ": " + document.text(in: block.range)
        }
    }

    static let cases: [(name: String, text: String, blocks: [String])] = [
        (
            "headings of both kinds", "# One #\ntext\nTwo\n===\n\nThree\n---\n####### not\n#not",
            [
                "h1 One: # One #", "h1 text Two: text\nTwo\n===", "h2 Three: Three\n---", "p: ####### not\n#not",
            ]
        ),
        (
            "a heading's words without marks", "## The `code` of **[silk](http://x)** and a_b _c_ \\* <b>d</b> ![i](j)",
            [
                "h2 The code of silk and a_b c * d i: ## The `code` of **[silk](http://x)** and a_b _c_ \\* <b>d</b> ![i](j)"
            ]
        ),
        ("an empty heading", "#\n\ntext", ["h1 : #", "p: text"]),
        (
            "fenced code with headings inside", "```py\n# no\n\nx\n```\nafter",
            ["code: ```py\n# no\n\nx\n```", "p: after"]
        ),
        ("a longer fence around a shorter", "````\n```\n````\nafter", ["code: ````\n```\n````", "p: after"]),
        ("a fence that never closes", "text\n~~~\n# no\n", ["p: text", "code: ~~~\n# no"]),
        ("code within a line is no fence", "```x``` is code\ntext", ["p: ```x``` is code\ntext"]),
        ("indented code", "text\n\n    a\n\n    b\n\ntext", ["p: text", "code: a\n\n    b", "p: text"]),
        (
            "lists", "text\n- a\n  more\n- b\n  1. c\n\n     under c\n\nafter",
            [
                "p: text", "li: - a\n  more", "li: - b", "li: 1. c", "li: under c", "p: after",
            ]
        ),
        ("code in an item", "1. ```\n   # x\n   ```\n2. b", ["code: 1. ```\n   # x\n   ```", "li: 2. b"]),
        ("a year does not begin a list", "in\n1986. A great year", ["p: in\n1986. A great year"]),
        (
            "a table", "text\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\nafter",
            [
                "p: text", "table: | a | b |\n|---|:-:|\n| 1 | 2 |", "p: after",
            ]
        ),
        (
            "a table right below text", "text\na | b\n--|--\n1 | 2\nafter",
            ["p: text", "table: a | b\n--|--\n1 | 2", "p: after"]
        ),
        ("quotes", "> a\n> b\nlazy\n\ntext", ["quote: > a\n> b\nlazy", "p: text"]),
        ("rules", "a\n\n---\n* * *\nb", ["p: a", "p: b"]),
        ("front matter", "---\ntitle: \"丝绸 silk\"\ntags: [a]\n---\n# h", ["h1 h: # h"]),
        ("a rule that opens a text is no front matter", "---\ntext", ["p: text"]),
        ("CRLF", "# a\r\n\r\nb\r\nc\r\n", ["h1 a: # a", "p: b\r\nc"]),
        ("a byte order mark", "\u{FEFF}# a\nb", ["h1 a: # a", "p: b"]),
        ("Chinese", "# 蚕丝\n蚕丝是天然纤维。\n- 光泽好\n- 透气", ["h1 蚕丝: # 蚕丝", "p: 蚕丝是天然纤维。", "li: - 光泽好", "li: - 透气"]),
    ]

    @Test(arguments: cases.indices)
    func `are what a reader takes them for`(index: Int) throws {
        let (name, text, expected) = Self.cases[index]
        #expect(try Self.blocks(text) == expected, "\(name)")
    }

    @Test func `give the title of the front matter, or else of the first heading`() throws {
        #expect(try DocumentText("---\ntitle: '丝绸'\n---\n# h", format: .markdown).title == "丝绸")
        #expect(try DocumentText("## no\n\n# Silk *and* loom", format: .markdown).title == "Silk and loom")
        #expect(try DocumentText("## no", format: .markdown).title == nil)
    }
}
