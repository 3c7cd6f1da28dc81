import IlkKnowledge
import IlkProtocol
import Testing

@Suite struct `HTML as text` {
    static func text(_ html: String) throws -> String { try DocumentText(html, format: .html).text }

    static let cases: [(name: String, html: String, text: String)] = [
        ("white space collapses", "<p> a \n\t b <b> c</b>d </p>", "a b cd"),
        (
            "entities are decoded", "<p>&lt;a&gt; &amp; &eacute; &#x1F600; &#20013; &bogus; &nbsp;b",
            "<a> & é 😀 中 &bogus; b"
        ),
        (
            "scripts, styles and navigation are left out",
            "<style>x</style><nav>menu</nav><script>if (a<b) '<p>'</script><p>a", "a"
        ),
        ("so is what is hidden", "<div hidden>a<p>b</p></div><p aria-hidden=true>c</p><p>d", "d"),
        ("blocks stand apart", "<h1>a</h1>b<div>c</div>d<p>e", "a\n\nb\n\nc\n\nd\n\ne"),
        ("line breaks", "<p>a<br>b<br/> c", "a\nb\nc"),
        ("lists", "<ul><li>a<li>b</ul><ol><li>c<li>d</ol>", "- a\n- b\n1. c\n2. d"),
        ("preformatted text is verbatim", "<pre>\nfor:\n    a &lt; b\n\n    c</pre>d", "for:\n    a < b\n\n    c\n\nd"),
        (
            "a row is a line", "<table><tr><th>a<th>b<tr><td><p>1</p><td>2<br>3<tr><td><td>4</table>",
            "a | b\n1 | 2 3\n| 4"
        ),
        ("a table that arranges a page is none", "<table><tr><td><h2>a</h2>b<td>c</table>", "a\n\nb\n\nc"),
        ("broken tags", "<p>a <<< b > c </ x <b><i>d</b>e</i> <a href='x", "a <<< b > c x de"),
        ("other encodings are not believed", "<meta charset=gb2312><p>丝绸 é", "丝绸 é"),
        ("nor in XML", "<?xml version='1.0' encoding='utf-16'?><html><body>丝绸", "丝绸"),
        ("NUL and controls are spaces", "<p>a\0b\u{1}c", "a b c"),
        ("nothing is fetched", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><p>a<img src='http://localhost/'>", "a"),
        ("text alone", "熊猫 & panda", "熊猫 & panda"),
    ]

    @Test(arguments: cases.indices)
    func `is what a reader sees`(index: Int) throws {
        let (name, html, text) = Self.cases[index]
        #expect(try Self.text(html) == text, "\(name)")
    }

    @Test func `has headings, a title and blocks whose ranges are of the text`() throws {
        let html =
            "<title> Silk &amp;\n loom </title><h1>a</h1><p>丝绸<h3>b <i>c</i></h3><ul><li>d</ul><pre>e</pre><blockquote>f"
        let document = try DocumentText(html, format: .html)
        #expect(document.title == "Silk & loom")
        #expect(
            document.blocks.map(\.kind) == [
                .heading(level: 1), .paragraph, .heading(level: 3), .item, .code, .quote,
            ])
        #expect(document.blocks.map { document.text(in: $0.range) } == ["a", "丝绸", "b c", "- d", "e", "f"])
        #expect(document.blocks[2].title == "b c")
    }

    @Test func `that nests too deeply is refused with what to do`() throws {
        let deep = { String(repeating: "<div>", count: $0) + "x" }
        #expect(try Self.text(deep(500)) == "x")
        #expect(throws: IlkErrorWith("nests more than 512 elements; send it as plain text")) {
            try checked { try Self.text(deep(100_000)) }
        }
    }

    @Test func `with a million attributes is refused before it takes long`() throws {
        let attributes = { (0..<$0).map { "a\($0)=1" }.joined(separator: " ") }
        #expect(try Self.text("<p \(attributes(900))>a") == "a")
        #expect(throws: IlkErrorWith("more than 1000 attributes")) {
            try checked { try Self.text("<p>b<p \(attributes(1_000_000))>a") }
        }
        // Neither quoted text nor a script is an attribute.
        #expect(
            try Self.text("<p data-x='\(attributes(2_000))'>a<script>if (b <c \(attributes(2_000)))</script>") == "a")
    }

    @Test(arguments: [
        "<", "&", "<!--", "<p>", "</p>", "<li>a", "<![CDATA[", "<a b='", "<?", "<table><tr><td>", "<script>",
    ])
    func `of a megabyte of junk is some text, or refused`(piece: String) throws {
        let junk = String(repeating: piece, count: 1_000_000 / piece.utf8.count)
        do {
            let document = try DocumentText(junk, format: .html)
            #expect(document.text.utf8.count <= junk.utf8.count * 2)
        } catch {
            #expect(error.code == .invalidRequest)
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `cut or changed anywhere is still some text`(seed: UInt64) throws {
        let page =
            "<html><body><h1>Silk</h1><p>A <b>fibre</b> &amp; more<ul><li>a<li>b</ul><table><tr><td>1<td>2</table><pre>x\ny</pre>"
        var generator = TextGenerator(seed: seed)
        var bytes = Array(page.utf8)
        for _ in 0..<generator.int(0..<8) { bytes[generator.int(0..<bytes.count)] = UInt8(generator.int(0..<256)) }
        bytes.removeLast(generator.int(0..<bytes.count))
        let document = try DocumentText(String(decoding: bytes, as: UTF8.self), format: .html)
        `Passages of any document`.checkBlocks(document, allowing: [])
    }
}
