import IlkFilter
import IlkProtocol

/// Says in a sentence why an item is there.
struct Reason {
    let taste: Taste
    let types: EventTypes
    let now: Moment

    /// The reason of a candidate that a channel brought.
    func text(_ evidence: Evidence, channel: String) -> String {
        switch evidence {
        case .own(let place):
            let item = taste.items[place]
            guard channel != "again" else { return again(item) }
            return "\(channel == "content" ? "like" : "goes with") \(name(item)), which \(event(item))"
        case .people(let count, let shared):
            let who = count == 1 ? "somebody" : "\(count) people"
            return "chosen by \(who) who also chose \(name(taste.items[shared]))"
        case .theme(let title): return "of the theme '\(title.shortened)', which is what this person likes"
        case .value(let field, let value, let share):
            return "\(field) \(value.json.plain) is \(max(1, Int((share * 100).rounded()))) % of what this person likes"
        case .none:
            return switch channel {
            case "content": "near to the given vector"
            case "als": "chosen by people of this taste"
            case "popular": "liked by many"
            case "trending": "liked by many these days"
            case "new": "new here"
            case "query": "found by the query"
            case "custom": "brought by the caller"
            default: "brought by \(channel)"
            }
        }
    }

    private func again(_ item: TasteItem) -> String {
        let times = item.orders == 1 ? "once" : item.orders == 2 ? "twice" : "\(item.orders) times"
        return "bought \(times), last \(when(item.lastOrder ?? item.at))"
    }

    private func name(_ item: TasteItem) -> String {
        switch item.id {
        case .string(let text): text
        case .number(let number): String(number)
        }
    }

    /// What happened to an item, and when: `was put in the cart yesterday`.
    private func event(_ item: TasteItem) -> String {
        let what =
            switch types[item.type].name {
            case "click": "was clicked"
            case "view": "was viewed"
            case "like": "was liked"
            case "cart": "was put in the cart"
            case "order": "was bought"
            case let other: "had '\(other)'"
            }
        return "\(what) \(when(item.at))"
    }

    private func when(_ moment: Moment) -> String {
        guard moment < now else { return "just now" }
        let seconds = now.seconds - moment.seconds
        let days = seconds / 86_400
        switch seconds {
        case ..<600: return "just now"
        case ..<86_400: return "today"
        case ..<172_800: return "yesterday"
        case ..<5_184_000: return "\(days) days ago"
        default: return "\(days / 30) months ago"
        }
    }
}

extension JSONValue {
    /// A scalar as a person would write it.
    fileprivate var plain: String {
        switch self {
        case .string(let text): "'\(text.shortened)'"
        case .int(let int): "\(int)"
        case .uint(let uint): "\(uint)"
        case .double(let double): "\(double)"
        case .bool(let bool): "\(bool)"
        default: ""
        }
    }
}
