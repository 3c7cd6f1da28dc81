import IlkFilter
import IlkProtocol
import Testing

@Suite struct `Filter language` {
    /// Each filter beside its normal form, which shows how it was understood.
    static let readings: [(text: String, normal: String)] = [
        ("price < 30", "price < 30"), ("price <= 30", "price <= 30"), ("price > 30", "price > 30"),
        ("price >= 30", "price >= 30"), ("price = 30", "price = 30"), ("price != 30", "price != 30"),
        ("price <> 30", "price != 30"), ("price<30", "price < 30"),
        ("price between 1 and 2.5", "price between 1 and 2.5"),
        ("price not between 1 and 2", "not price between 1 and 2"),
        ("brand in ('b', 'a', 'b')", "brand in ('a', 'b')"), ("brand in ('a')", "brand = 'a'"),
        ("brand not in ('a', 'b')", "brand not in ('a', 'b')"), ("not brand in ('a')", "brand != 'a'"),
        ("brand exists", "brand exists"), ("brand not exists", "not brand exists"),
        ("brand is_empty", "brand is_empty"),
        ("brand not is_empty", "not brand is_empty"), ("brand = null", "not brand exists"),
        ("brand != null", "brand exists"), ("sold_out", "sold_out = true"), ("not sold_out", "sold_out != true"),
        ("(sold_out)", "sold_out = true"), ("sold_out = false", "sold_out = false"),
        ("a and b or c and d", "a = true and b = true or c = true and d = true"),
        ("a and (b or c) and d", "a = true and (b = true or c = true) and d = true"),
        ("not a = 1 and b = 2", "a != 1 and b = 2"), ("not not not a", "a != true"),
        ("A AND NOT B OR C Is_Empty", "A = true and B != true or C is_empty"),
        ("brand = \"it's\"", "brand = 'it\\'s'"), ("brand = 'it''s'", "brand = 'it\\'s'"),
        ("brand = \"a \"\"b\"\"\"", "brand = 'a \"b\"'"),
        (#"brand = 'a\\b\'c\n\u00e9\ud83d\ude00'"#, #"brand = 'a\\b\'c\né😀'"#),
        ("made.in.year = 2024", "made.in.year = 2024"), ("`odd name` = 1", "`odd name` = 1"),
        ("`and` = 1", "`and` = 1"), ("`plain` = 1", "plain = 1"), ("`a``b` exists", "`a\\`b` exists"),
        ("品牌 = '熊猫' and 价格 < 30", "品牌 = '熊猫' and 价格 < 30"), ("品牌\u{3000}= '熊猫'", "品牌 = '熊猫'"),
        ("naïve-name$1 = 'ü'", "naïve-name$1 = 'ü'"),
        ("n = 9007199254740993", "n = 9007199254740993"), ("n = 18446744073709551615", "n = 18446744073709551615"),
        ("n = -9223372036854775808", "n = -9223372036854775808"), ("n = 3.0", "n = 3"), ("n = -0.0", "n = 0"),
        ("n = 1e3", "n = 1000"), ("n = .5", "n = 0.5"), ("n = 1e300", "n = 1e+300"), ("n = +5", "n = 5"),
        (" \n\t price\r\n<\n30 ", "price < 30"),
        ("seen >= '2026-11-24T12:00:00Z'", "seen >= '2026-11-24T12:00:00Z'"),
    ]

    @Test(arguments: readings)
    func `a filter is understood as its normal form says`(reading: (text: String, normal: String)) throws {
        #expect(try FilterExpression.parse(reading.text).description == reading.normal)
    }

    /// Each mistake beside the whole sentence after `filter, column `.
    static let mistakes: [(text: String, message: String)] = [
        ("", "1: the filter is empty; leave it out, or write one such as price < 30"),
        ("   ", "4: the filter is empty; leave it out, or write one such as price < 30"),
        ("price == 30", "7: found '=='; use '='"), ("a && b", "3: found '&&'; use 'and'"),
        ("a || b", "3: found '||'; use 'or'"), ("price =< 3", "7: found '=<'; use '<='"),
        ("!a", "1: found '!'; use 'not' or '!='"), ("a & b", "3: found '&'; use 'and'"),
        (
            "brand = nike",
            "9: found 'nike'; expected a value; quote it if it is a string: 'nike'"
        ),
        ("brand = ", "9: found the end; expected a value: a string in quotes, a number, true, false or null"),
        ("brand = 'a", "9: the quote is never closed; add ' where the text ends"),
        (
            "price", "" /* a name alone is a filter */
        ),
        (
            "price 30",
            "7: found the number 30; expected = != < <= > >= in between exists is_empty, 'and' or 'or' after 'price'"
        ),
        (
            "price betwen 1 and 2",
            "7: found 'betwen'; expected = != < <= > >= in between exists is_empty, 'and' or 'or' after 'price'; "
                + "did you mean 'between'?"
        ),
        (
            "brand is null",
            "7: found 'is'; expected = != < <= > >= in between exists is_empty, 'and' or 'or' after 'brand'; "
                + "for the absence of a value write 'name = null' or 'name is_empty'"
        ),
        (
            "brand like 'a%'",
            "7: found 'like'; expected = != < <= > >= in between exists is_empty, 'and' or 'or' after 'brand'; "
                + "there is no pattern matching: compare with = or in"
        ),
        ("a and", "6: found the end; expected a field's name, 'not' or '('"),
        (
            "a and and b",
            "7: found 'and'; expected a field's name, 'not' or '('; put it in backquotes if it is one: `and`"
        ),
        (
            "exists price",
            "1: found 'exists'; expected a field's name, 'not' or '('; it comes after the field: price exists"
        ),
        ("(a or b", "8: found the end; expected 'and', 'or' or the ')' of the '(' in column 1"),
        ("a)", "2: found ')'; expected 'and', 'or' or the end; there is no '(' that it would close"),
        ("()", "2: found ')'; expected a field's name, 'not' or '('"),
        ("30 < price", "1: found the number 30; expected a field's name; the field comes first: price > 30"),
        (
            "'brand' = 'a'",
            "1: found the string 'brand'; expected a field's name; names stand without quotes, or in backquotes"
        ),
        (
            "brand = 'a', 'b'",
            "12: found ','; expected 'and', 'or' or the end; several values stand in a list: brand in ('a', 'b')"
        ),
        ("brand in 'a'", "10: found the string 'a'; expected '(' and a list of values; as in ('a', 'b')"),
        ("brand in ()", "11: found ')'; expected a value: a string in quotes, a number, true, false or null"),
        ("brand in ('a' 'b')", "15: found the string 'b'; expected ',' or ')'"),
        (
            "brand in ('a', null)",
            "16: found 'null'; expected a string, number, true or false; for points without a value write 'or name = null'"
        ),
        ("brand in ['a']", "10: found '['; lists stand in parentheses: brand in ('a', 'b')"),
        ("price between 1, 2", "16: found ','; expected 'and' and the upper end"),
        (
            "price < true",
            "9: found 'true'; expected a number or a date-time after '<'; compare true, false and null with = or !="
        ),
        (
            "price >= null",
            "10: found 'null'; expected a number or a date-time after '>='; compare true, false and null with = or !="
        ),
        ("price < 1.2.3", "9: '1.2.3' is no number; quote it if it is a string: '1.2.3'"),
        ("price < 1e999", "9: '1e999' is beyond the range of numbers; use at most 1.7e308"),
        ("price < -", "9: '-' is no number; quote it if it is a string: '-'"),
        (
            "brand = 'a\\qb'",
            "11: unknown escape '\\q'; write '\\\\' for a backslash (known: \\\\ \\' \\\" \\n \\r \\t \\uXXXX)"
        ),
        (
            "brand = '\\ud800'",
            "10: '\\u' begins half a surrogate pair; write the other half after it, or the character itself"
        ),
        ("brand = '\\u12'", "10: '\\u' takes four hexadecimal digits, as in \\u00e9"),
        ("a @ b", "3: found '@'; quote it: '…' if it belongs to a string, `…` if to a field's name"),
        ("价格 ＜ 30", "4: found '＜', which is full width; use '<'"), ("a，b", "2: found '，'; use ','"),
        ("brand = “a”", "9: found '“'; use plain quotes: '…'"), ("price ≤ 3", "7: found '≤'; use '<='"),
        ("a\u{0}", "2: found the control character U+0; remove it"),
        ("`` = 1", "1: found an empty name; expected a field's name"),
        ("熊猫 = 'a' annd b", "10: found 'annd'; expected 'and', 'or' or the end; join two comparisons by 'and' or 'or'"),
    ]

    @Test(arguments: mistakes.filter { !$0.message.isEmpty })
    func `a mistake is named with its column, what was found and what to do`(mistake: (text: String, message: String)) {
        let error = #expect(throws: IlkError.self) { try FilterExpression.parse(mistake.text) }
        #expect(error?.code == .invalidFilter)
        #expect(error?.message == "filter, column " + mistake.message)
    }

    @Test func `nesting is allowed to 64 and refused beyond`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
        }
        #expect(try FilterExpression.parse(nested(63)).description == "a = true")
        let error = #expect(throws: IlkError.self) { try FilterExpression.parse(nested(64)) }
        #expect(error?.message == "filter, column 65: nested deeper than 64 parentheses; flatten it")
        #expect(throws: IlkError.self) { try FilterExpression.parse(nested(400_000)) }
    }

    @Test func `lists and comparisons have limits`() throws {
        func list(_ count: Int) -> String { "a in (\((0..<count).map(String.init).joined(separator: ",")))" }
        #expect(throws: Never.self) { try FilterExpression.parse(list(10_000)) }
        #expect(throws: IlkError.self) { try FilterExpression.parse(list(10_001)) }
        func chain(_ count: Int) -> String { (0..<count).map { "a\($0)" }.joined(separator: " or ") }
        #expect(throws: Never.self) { try FilterExpression.parse(chain(10_000)) }
        let error = #expect(throws: IlkError.self) { try FilterExpression.parse(chain(10_001)) }
        #expect(error?.message.hasSuffix("more than 10000 comparisons; use 'in (…)'") == true)
    }

    @Test func `a filter over a mebibyte is refused before it is read`() {
        let error = #expect(throws: IlkError.self) {
            try FilterExpression.parse("a = '" + String(repeating: "x", count: 1 << 20) + "'")
        }
        #expect(error?.code == .tooLarge)
    }

    @Test(arguments: ["not ", "(", "a or ", "a = 1 and ", "a in (1,", "'", "`", "\\", "a ", "!", "é"])
    func `a mebibyte of one word is answered, and soon`(word: String) {
        let text = String(repeating: word, count: (1 << 20) / word.utf8.count)
        // What it says does not matter: it must neither trap nor take time that grows with the square of its length.
        _ = try? FilterExpression.parse(text)
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `random words are read or refused, never trapped on`(seed: UInt64) {
        var generator = Generator(seed: seed)
        for _ in 0..<200 {
            let text = generator.wordSalad()
            guard let filter = try? FilterExpression.parse(text) else { continue }
            #expect(throws: Never.self) { try FilterExpression.parse(filter.description) }
        }
    }
}
