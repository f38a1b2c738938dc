//! HTML to plain text, for reading: nothing of it is run, fetched or shown as HTML. Quotations get a `>` before each line.

/// Elements whose contents nobody sees.
const UNSEEN: [&str; 7] = ["script", "style", "head", "title", "template", "noscript", "svg"];
/// Elements that begin a line of their own.
const BLOCKS: [&str; 22] = [
    "p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "section",
    "article", "header", "footer", "dl", "dt",
];
/// Depth of quotation that is shown.
const DEPTH_MAX: usize = 20;

/// The text that a reader would see.
pub fn to_text(html: &str) -> String {
    let mut page = Page::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        page.add(text);
        if let Some(comment) = from.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let is_tag = from.as_bytes().get(1).is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'!' | b'?'));
        if !is_tag {
            page.add("<");
            rest = from.get(1..).unwrap_or_default();
            continue;
        }
        let Some(end) = from.find('>') else { break };
        let tag = from.get(1..end).unwrap_or_default();
        rest = from.get(end + 1..).unwrap_or_default();
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        let is_end = tag.starts_with('/');
        if !is_end && UNSEEN.contains(&name.as_str()) && !tag.ends_with('/') {
            rest = skip_to_end(rest, &name);
        } else {
            page.meet(&name, is_end);
        }
    }
    if !rest.contains('<') {
        page.add(rest);
    }
    page.finish()
}

/// What follows the end of an element; nothing when it has none.
fn skip_to_end<'a>(text: &'a str, name: &str) -> &'a str {
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|t| t.find("</")) {
        let at = from + found + 2;
        let is_it = text.get(at..at + name.len()).is_some_and(|t| t.eq_ignore_ascii_case(name));
        if is_it {
            return text.get(at..).and_then(|t| t.split_once('>')).map_or("", |(_, after)| after);
        }
        from = at;
    }
    ""
}

#[derive(Default)]
struct Page {
    out: String,
    line: String,
    depth: usize,
    is_blank_wanted: bool,
    preformatted: usize,
}

impl Page {
    fn add(&mut self, text: &str) {
        let decoded = decode_entities(text);
        if self.preformatted > 0 {
            for (n, line) in decoded.split('\n').enumerate() {
                if n > 0 {
                    self.end_line();
                }
                self.line.push_str(line.trim_end_matches('\r'));
            }
            return;
        }
        for c in decoded.chars() {
            let is_blank = c.is_ascii_whitespace() || c == '\u{a0}';
            match is_blank {
                true if self.line.is_empty() || self.line.ends_with(' ') => {}
                true => self.line.push(' '),
                false => self.line.push(c),
            }
        }
    }

    fn meet(&mut self, name: &str, is_end: bool) {
        if name == "blockquote" {
            self.end_line_if_begun();
            if std::mem::take(&mut self.is_blank_wanted) {
                self.end_line();
            }
            self.depth = if is_end { self.depth.saturating_sub(1) } else { (self.depth + 1).min(DEPTH_MAX) };
        } else if name == "br" || name == "hr" {
            self.end_line();
        } else if name == "td" || name == "th" {
            if !is_end && !self.line.is_empty() {
                self.line.push_str("  ");
            }
        } else if BLOCKS.contains(&name) {
            self.end_line_if_begun();
            if name == "li" && !is_end {
                self.line.push_str("- ");
            }
            // Paragraphs stand apart.
            self.is_blank_wanted |= matches!(name, "p" | "h1" | "h2" | "h3" | "table") && !self.out.is_empty();
            if name == "pre" {
                self.preformatted = if is_end { self.preformatted.saturating_sub(1) } else { self.preformatted + 1 };
            }
        }
    }

    fn end_line_if_begun(&mut self) {
        if !self.line.trim().is_empty() {
            self.end_line();
        }
        self.line.clear();
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = line.trim_end();
        let mark: String = ">".repeat(self.depth);
        if std::mem::take(&mut self.is_blank_wanted) && !line.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push_str(&mark);
            self.out.push('\n');
        }
        self.out.push_str(&mark);
        if self.depth > 0 && !line.is_empty() {
            self.out.push(' ');
        }
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn finish(mut self) -> String {
        self.end_line_if_begun();
        // Not more than one empty line in a row.
        let mut text = String::with_capacity(self.out.len());
        let mut empty = 0;
        for line in self.out.lines() {
            empty = if line.is_empty() { empty + 1 } else { 0 };
            if empty < 2 {
                text.push_str(line);
                text.push('\n');
            }
        }
        text.trim().to_owned()
    }
}

fn decode_entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let name_end = from.bytes().take(12).position(|b| b == b';');
        let decoded = name_end.and_then(|end| from.get(1..end)).and_then(find_entity);
        match (decoded, name_end) {
            (Some(c), Some(end)) => {
                out.push(c);
                rest = from.get(end + 1..).unwrap_or_default();
            }
            _ => {
                out.push('&');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

fn find_entity(name: &str) -> Option<char> {
    if let Some(code) = name.strip_prefix('#') {
        let code = match code.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => code.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| !c.is_control() || *c == '\n');
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" | "ensp" | "emsp" | "thinsp" => ' ',
        "yen" => '¥',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "hellip" => '…',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "middot" => '·',
        "bull" => '•',
        "times" => '×',
        "rarr" => '→',
        "larr" => '←',
        "euro" => '€',
        "pound" => '£',
        "deg" => '°',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_reader_sees_words_and_nothing_runs() {
        for (html, want) in [
            ("<p>お世話に<br>なります</p><p>佐藤</p>", "お世話に\nなります\n\n佐藤"),
            ("<head><title>t</title><style>p{}</style></head>a<script>alert('x')</script>b", "ab"),
            ("a &lt;b&gt; &amp; &#12354;&#x3044;&nbsp;&unknown; &yen;5", "a <b> & あい &unknown; ¥5"),
            ("1 < 2 と 3 > 2", "1 < 2 と 3 > 2"),
            ("<div>はい</div><blockquote><div>明日</div><div>昼</div></blockquote>", "はい\n> 明日\n> 昼"),
            ("<img src=x onerror=alert(1)><a href='javascript:x'>link</a>", "link"),
            ("<!-- hidden -->seen<!-- not closed", "seen"),
            ("<ul><li>一</li><li>二</li></ul>", "- 一\n- 二"),
            ("<table><tr><td>a</td><td>b</td></tr></table>", "a  b"),
            ("<pre>x\n  y</pre>", "x\n  y"),
            ("<script>never closed", ""),
            ("", ""),
        ] {
            assert_eq!(to_text(html), want, "{html}");
        }
    }

    proptest! {
        #[test]
        fn any_html_becomes_text(html in "(<|>|/|&|;|#x?[0-9a-f]{1,9}|script|blockquote|p|br|!--|--|あ| |\n|\"){0,80}") {
            to_text(&html);
        }
    }
}
