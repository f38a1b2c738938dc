//! `format=flowed` (RFC 3676): lines that end in a blank were wrapped on the way and go on.

/// The lines as they were written. `is_spaced` = the blank at the end of a wrapped line is not part of the text (`delsp=yes`).
pub fn unwrap_lines(text: &str, is_spaced: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // Depth of the quotation whose line goes on.
    let mut goes_on: Option<usize> = None;
    for (n, line) in text.lines().enumerate() {
        let depth = line.bytes().take_while(|b| *b == b'>').count();
        let rest = line.get(depth..).unwrap_or_default();
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        let is_signature = rest == "-- ";
        if goes_on != Some(depth) || is_signature {
            if n > 0 {
                out.push('\n');
            }
            out.extend(std::iter::repeat_n('>', depth));
            if depth > 0 {
                out.push(' ');
            }
        }
        let is_wrapped = rest.ends_with(' ') && !is_signature;
        out.push_str(rest.strip_suffix(' ').filter(|_| is_wrapped && is_spaced).unwrap_or(rest));
        goes_on = is_wrapped.then_some(depth);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_lines_are_joined_and_quotations_kept_apart() {
        let text =
            "The first line \r\ngoes on.\r\n\r\n> quoted \r\n> too\r\n> > deeper? no\r\n From here\r\n-- \r\nSato";
        assert_eq!(
            unwrap_lines(text, false),
            "The first line goes on.\n\n> quoted too\n> > deeper? no\nFrom here\n-- \nSato"
        );
        assert_eq!(unwrap_lines("日本語の長い \n文です", true), "日本語の長い文です");
        assert_eq!(unwrap_lines("", false), "");
    }
}
