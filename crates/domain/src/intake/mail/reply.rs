//! Where in a letter the new words end: below stand the letter that is answered, or the signature.

/// Lines below a line of dashes that still may be a signature.
const SIGNATURE_LINES_MAX: usize = 15;
/// Lines looked at for the second line of a quoted head.
const HEAD_LINES: usize = 5;
/// Signs of a line that divides.
const DIVIDER_CHARS_MIN: usize = 6;

/// The new words of a letter, and the rest. A letter of nothing but a quotation is new as a whole, and so is one whose answers stand
/// between the quoted lines.
pub fn split_reply(text: &str) -> (&str, &str) {
    let lines: Vec<(usize, &str)> = starts_of_lines(text);
    let quoted_from = find_trailing_quote(&lines);
    let cut = (0..lines.len()).find(|at| *at == quoted_from || is_head(&lines, *at) || is_signature(&lines, *at));
    let at = cut.and_then(|line| lines.get(line)).map_or(text.len(), |(at, _)| *at);
    let (new, rest) = text.split_at_checked(at).unwrap_or((text, ""));
    if new.trim().is_empty() { (text.trim_end(), "") } else { (new.trim_end(), rest.trim_start_matches(['\n', '\r'])) }
}

fn starts_of_lines(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let start = at;
            at += line.len();
            (start, line.trim_end_matches(['\n', '\r']))
        })
        .collect()
}

fn line<'a>(lines: &[(usize, &'a str)], at: usize) -> &'a str {
    lines.get(at).map_or("", |(_, line)| line.trim())
}

/// The first line of the quotation that reaches to the end, with the line that leads to it; the count of lines when there is none.
fn find_trailing_quote(lines: &[(usize, &str)]) -> usize {
    let is_quoted = |text: &str| text.starts_with('>') || text.starts_with('＞');
    let mut from = lines.len();
    let mut has_quote = false;
    while from > 0 {
        let text = line(lines, from - 1);
        if !text.is_empty() && !is_quoted(text) {
            break;
        }
        has_quote |= is_quoted(text);
        from -= 1;
    }
    if !has_quote {
        return lines.len();
    }
    // «On Friday … wrote:», which may be broken over two lines.
    let leads = |at: usize| is_lead(line(lines, at));
    if from > 0 && leads(from - 1) {
        from -= 1;
        if from > 0 && !is_whole_lead(line(lines, from)) && is_lead_start(line(lines, from - 1)) {
            from -= 1;
        }
    }
    from
}

fn is_lead(text: &str) -> bool {
    text.ends_with([':', '：'])
}

fn is_lead_start(text: &str) -> bool {
    text.starts_with("On ") || starts_with_date(text)
}

fn is_whole_lead(text: &str) -> bool {
    is_lead(text) && is_lead_start(text)
}

fn starts_with_date(text: &str) -> bool {
    let year: String = text.chars().take(4).collect();
    year.len() == 4
        && year.chars().all(|c| c.is_ascii_digit())
        && text.chars().nth(4).is_some_and(|c| matches!(c, '年' | '/' | '-' | '.'))
}

/// The head above a quoted letter.
fn is_head(lines: &[(usize, &str)], at: usize) -> bool {
    let text = line(lines, at);
    if text.starts_with("-----") && text.ends_with("-----") && text.len() > 10 {
        let words = text.trim_matches('-').trim().to_lowercase();
        return ["original message", "元のメッセージ", "original appointment"].contains(&words.as_str());
    }
    let names_sender = |text: &str| text.starts_with("On ") && text.ends_with("wrote:");
    // Gmail: 「2026年11月20日(金) 10:00 佐藤 <sato@example.jp>:」
    let is_dated = starts_with_date(text) && is_lead(text) && text.contains('@');
    if names_sender(text) || is_dated {
        return true;
    }
    if (text.starts_with("On ") || starts_with_date(text)) && !is_lead(text) {
        let next = line(lines, at + 1);
        return next.ends_with("wrote:") || (starts_with_date(text) && is_lead(next) && next.contains('@'));
    }
    // Outlook: four lines of a head, the first of which names the sender.
    let is_from = ["From:", "差出人:", "差出人："].iter().any(|start| text.starts_with(start));
    is_from
        && (at + 1..at + HEAD_LINES).any(|below| {
            let below = line(lines, below);
            ["Sent:", "Date:", "送信日時:", "送信日時：", "日付:", "宛先:"].iter().any(|start| below.starts_with(start))
        })
}

/// A signature: behind `-- `, or behind a line that divides when what follows looks like an address.
fn is_signature(lines: &[(usize, &str)], at: usize) -> bool {
    let Some((_, raw)) = lines.get(at) else { return false };
    if raw.trim_end() == "--" {
        return true;
    }
    let text = raw.trim();
    let mut signs = text.chars();
    let Some(first) = signs.next() else { return false };
    let divides = "-_=*＊━─═◇◆□■～~+＋・:.".contains(first)
        && text.chars().count() >= DIVIDER_CHARS_MIN
        && text.chars().all(|c| c == first || "-_=*＊━─═◇◆□■～~+＋・:. ".contains(c));
    if !divides {
        return false;
    }
    let below = || lines.get(at + 1..).unwrap_or_default().iter().map(|(_, line)| line.trim());
    // What is quoted below a signature does not make it longer.
    let own: Vec<&str> = below().take_while(|line| !line.starts_with('>') && !line.starts_with("-----")).collect();
    let is_short = own.iter().filter(|line| !line.is_empty()).count() <= SIGNATURE_LINES_MAX;
    let has_address = own.iter().any(|line| {
        let line = line.to_lowercase();
        ["@", "tel", "〒", "株式会社", "有限会社", "http", "電話", "e-mail", "fax"]
            .iter()
            .any(|sign| line.contains(sign))
    });
    is_short && has_address
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_new_stands_above_what_is_answered() {
        for (text, want) in [
            ("了解です。\n\n> 明日でよいですか\n> 佐藤\n", "了解です。"),
            ("了解です。\n\nOn Fri, Nov 20, 2026 at 10:00 Sato <s@a.example> wrote:\n> 明日\n", "了解です。"),
            ("ok\n\nOn Fri, Nov 20, 2026 at 10:00 Sato Hanako\n<s@a.example> wrote:\n\n> a\n>> b\n", "ok"),
            ("はい\n\n2026年11月20日(金) 10:00 佐藤 <s@a.example>:\n\n> 明日\n", "はい"),
            ("はい\n\n2026年11月20日(金) 10:00 佐藤 花子\n<s@a.example>:\n\n> 明日\n", "はい"),
            ("はい\n-----Original Message-----\nFrom: x\n本文", "はい"),
            ("はい\n\n差出人: 佐藤\n送信日時: 2026年11月20日\n宛先: 高橋\n件名: 件\n\n本文", "はい"),
            ("From: x\nSent: y\nTo: z\n\nquoted only", "From: x\nSent: y\nTo: z\n\nquoted only"),
            ("お世話になります。\n\n-- \n佐藤\n", "お世話になります。"),
            ("要点\n━━━━━━━━━━\n株式会社ミナト\n佐藤 TEL 03-0000-0000\n", "要点"),
            ("表\n----------\n一行目\n二行目\n", "表\n----------\n一行目\n二行目"),
            ("> 質問1\n答え1\n> 質問2\n答え2\n", "> 質問1\n答え1\n> 質問2\n答え2"),
            ("> すべて引用\n> です\n", "> すべて引用\n> です"),
            ("On the whole it works.\nThanks", "On the whole it works.\nThanks"),
            ("", ""),
        ] {
            assert_eq!(split_reply(text).0, want, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "([>On\\-: 年@a\n]|[0-9]{4}|wrote:|From: x|Sent: y){0,60}") {
            let (new, rest) = split_reply(&text);
            let plain = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(plain(&format!("{new}\n{rest}")), plain(&text));
        }
    }
}
