/// A cheap guess at the language of a text: by its script, and for Latin letters by common words and letters.
///
/// It serves language means (``LanguageMeans``): a wrong guess among languages whose means lie near each other costs
/// little, so a text without any sign, a title of product names for instance, is English. The same text always gives the
/// same guess.
package enum LanguageGuess {
    /// The code of a language, as in ISO 639-1: `en`, `zh`, `ja`; for a script with several languages its most common.
    package static func language(of text: String) -> String {
        var census = Census()
        for scalar in text.unicodeScalars.prefix(scalarsRead) { census.count(scalar) }
        if let language = census.languageByScript { return language }
        return latin(text, census: census)
    }

    /// What comes after it does not change the guess.
    private static let scalarsRead = 2_000

    /// How many letters of each script a text has.
    private struct Census {
        var latin = 0
        var han = 0
        var kana = 0
        var others: [String: Int] = [:]
        var letters: [String: Int] = [:]

        mutating func count(_ scalar: Unicode.Scalar) {
            switch scalar.value {
            case 0x41...0x5A, 0x61...0x7A: latin += 1
            case 0..<0xC0: break
            case 0xC0...0x24F, 0x1E00...0x1EFF:
                latin += 1
                if let language = LatinSigns.languages[scalar.value] { letters[language, default: 0] += 1 }
            case 0x370...0x3FF, 0x1F00...0x1FFF: others["el", default: 0] += 1
            case 0x400...0x52F:
                others["ru", default: 0] += 1
                if [0x404, 0x406, 0x407, 0x454, 0x456, 0x457, 0x490, 0x491].contains(scalar.value) {
                    letters["uk", default: 0] += 1
                }
            case 0x590...0x5FF: others["he", default: 0] += 1
            case 0x600...0x6FF, 0x750...0x77F, 0xFB50...0xFDFF, 0xFE70...0xFEFE:
                others["ar", default: 0] += 1
                // Letters of Persian, and of Urdu alone.
                if [0x67E, 0x686, 0x698, 0x6AF, 0x6A9, 0x6CC].contains(scalar.value) { letters["fa", default: 0] += 1 }
                if [0x679, 0x688, 0x691, 0x6BA, 0x6BE, 0x6D2].contains(scalar.value) { letters["ur", default: 0] += 1 }
            case 0x900...0x97F: others["hi", default: 0] += 1
            case 0x980...0x9FF: others["bn", default: 0] += 1
            case 0xB80...0xBFF: others["ta", default: 0] += 1
            case 0xE00...0xE7F: others["th", default: 0] += 1
            case 0x10A0...0x10FF: others["ka", default: 0] += 1
            case 0x530...0x58F: others["hy", default: 0] += 1
            case 0x3040...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9F: kana += 1
            case 0x1100...0x11FF, 0x3130...0x318F, 0xAC00...0xD7A3: others["ko", default: 0] += 1
            case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF: han += 1
            default: break
            }
        }

        /// Nil where Latin letters decide.
        ///
        /// A letter of another script weighs as three Latin ones: brands and model numbers are Latin everywhere.
        var languageByScript: String? {
            // One kana in eight is Japanese; fewer are a name in a Chinese text.
            let eastern = han + kana
            if eastern * 3 > latin, eastern > 0, eastern >= others.values.max() ?? 0 {
                return kana * 8 >= eastern ? "ja" : "zh"
            }
            guard let most = others.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), most.value * 3 > latin else {
                return nil
            }
            switch most.key {
            case "ru": return letters["uk", default: 0] * 50 > most.value ? "uk" : "ru"
            case "ar":
                if letters["ur", default: 0] * 50 > most.value { return "ur" }
                return letters["fa", default: 0] * 20 > most.value ? "fa" : "ar"
            default: return most.key
            }
        }
    }

    /// The language of Latin text with the most signs; English without any.
    private static func latin(_ text: String, census: Census) -> String {
        var points = [Int](repeating: 0, count: LatinSigns.order.count)
        for (place, language) in LatinSigns.order.enumerated() {
            points[place] = 2 * census.letters[language, default: 0]
        }
        for word in text.prefix(scalarsRead).lowercased().split(whereSeparator: { !$0.isLetter && $0 != "'" }) {
            for place in LatinSigns.languagesByWord[word] ?? [] { points[place] += 2 }
        }
        // The first of equals: the order goes by how common a language is.
        let best = points.indices.max { (points[$0], $1) < (points[$1], $0) } ?? 0
        return points[best] > 0 ? LatinSigns.order[best] : "en"
    }
}

/// What gives a language away in Latin letters.
private enum LatinSigns {
    /// The languages told apart, the more common first.
    static let order = [
        "en", "es", "de", "fr", "pt", "it", "nl", "pl", "tr", "vi", "ro", "id", "sv", "da", "cs", "hu", "fi",
    ]

    /// Letters that few other languages use.
    static let languages: [UInt32: String] = {
        let letters = [
            "es": "ñÑ", "de": "ßẞ", "fr": "œŒçÇèÈêÊùÙ", "pt": "ãÃõÕ", "pl": "łŁąĄęĘśŚżŻźŹćĆńŃ", "tr": "ğĞıİşŞ",
            "ro": "țȚșȘăĂ", "sv": "åÅ", "da": "øØæÆ", "cs": "řŘěĚůŮčČ", "hu": "őŐűŰ",
            "vi": "ơƠưƯđĐạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
        ]
        var table: [UInt32: String] = [:]
        for (language, letters) in letters {
            for scalar in letters.unicodeScalars { table[scalar.value] = language }
        }
        return table
    }()

    private static let words: [String: String] = [
        "en":
            "the of and to in is for with that on was are by this from it as at be what which who how when where did does "
            + "have has had not an or his their were",
        "es":
            "el la los las de y en que del con para por una un es su se no al como más fue qué cuál quién cómo cuándo "
            + "dónde son lo sin sobre entre",
        "de":
            "der die das und ist von mit für den dem des im zu ein eine auf nicht sich als auch wurde wird werden was wie "
            + "wer wann wo welche welcher oder bei aus nach",
        "fr":
            "le la les des et est du en un une dans pour par sur que qui avec au aux ce cette pas plus sont a été quel "
            + "quelle où comment quand ou d' l'",
        "pt":
            "o os as de da do e em um uma que para com não na no por mais dos das foi ao à é são se quem qual quando onde "
            + "como sua seu pelo pela",
        "it":
            "il lo gli di e che della del in un una per con è sono non dei delle nel nella da al alla come più chi quale "
            + "quando dove anche si fu stato",
        "nl":
            "de het een van en in is dat op te met voor zijn niet aan door ook wordt werd bij naar uit hoe wat wie waar "
            + "wanneer welke om als deze",
        "pl":
            "i w na z do nie jest się że to od po przez za dla oraz jak co kto kiedy gdzie był była jego tym ze są który",
        "tr":
            "ve bir bu için ile da de olan olarak ne kim nasıl nerede hangi zaman daha çok gibi en kadar değil ya var mi",
        "vi": "của và là có trong cho các một được với những không người này để đã từ khi về như gì nào ở đâu tại ra",
        "ro":
            "și în de la cu pe din pentru este o un care nu mai al ale a sunt fost ce cine când unde cum prin sau după",
        "id":
            "yang dan di dari untuk dengan ini itu pada adalah tidak ke dalam sebagai oleh apa siapa kapan bagaimana atau",
        "sv": "och att det som en på är av för med den till inte om ett har de från vad vem när var hur eller",
        "da": "og at det som en på er af for med den til ikke om et har de fra hvad hvem hvornår hvor hvordan eller",
        "cs": "a v na je se z do to že s pro od po jako co kdo kdy kde jak který která nebo byl byla jsou není",
        "hu": "a az és hogy nem egy is van ez azt meg mint volt ki mi mikor hol hogyan vagy által után",
        "fi": "ja on ei se että oli hän mutta kun niin joka mitä kuka milloin missä miten tai ovat myös",
    ]

    /// For each word the places, in ``order``, of the languages that have it.
    static let languagesByWord: [Substring: [Int]] = {
        var table: [Substring: [Int]] = [:]
        for (place, language) in order.enumerated() {
            for word in (words[language] ?? "").split(separator: " ") { table[word, default: []].append(place) }
        }
        return table
    }()
}
