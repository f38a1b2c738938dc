//! Letters as they come: old charsets, broken heads, HTML alone, many in one file, and what is no letter at all.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::{EUC_JP, ISO_2022_JP, SHIFT_JIS};
use kizashi_connectors::mail::read_letter;
use kizashi_connectors::{Options, Reader, look};
use kizashi_domain::intake::mail::{Letter, Nature};
use kizashi_domain::intake::{Parsed, Reason, RecordKind, Wish};
use kizashi_domain::limits::{MAIL_HEAD_BYTES_MAX, MAIL_PARTIES_MAX, TEXT_CHARS_MAX};
use kizashi_domain::time::{Time, Zone};
use proptest::prelude::*;

fn read(raw: &[u8]) -> Letter {
    read_letter(raw, None).unwrap()
}

fn read_file(name: &str, bytes: &[u8]) -> Parsed {
    let options = Options::new(Zone::named("Asia/Tokyo").unwrap());
    let reader = Reader::open_stream(Box::new(Cursor::new(bytes.to_vec())), name, options).unwrap();
    assert_eq!(reader.kind(), RecordKind::Activities);
    let mut all = Parsed::default();
    for batch in reader {
        let parsed = batch.unwrap();
        all.rows += parsed.rows;
        all.letters.extend(parsed.letters);
        all.refused.extend(parsed.refused);
    }
    all
}

/// A letter as a mail program of 2005 wrote it.
fn jis_letter() -> Vec<u8> {
    let jis = |text: &str| ISO_2022_JP.encode(text).0.into_owned();
    let word = |text: &str| format!("=?ISO-2022-JP?B?{}?=", STANDARD.encode(jis(text)));
    let mut raw = format!(
        "Return-Path: <takahashi@minato.example>\r\nReceived: from a by b; Fri, 20 Nov 2026 10:00:05 +0900\r\n\
         From: {} <Takahashi@Minato.Example>\r\nTo: \"{}\" <sato@kizashi.example>,\r\n cc@kizashi.example\r\n\
         Subject: {}\r\n {}\r\nDate: Fri, 20 Nov 2026 10:00:00 +0900\r\nMessage-ID: <20261120.1@minato.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: 7bit\r\n\r\n",
        word("高橋 花子"),
        word("佐藤"),
        word("お見積りの件について、"),
        word("ご相談（至急）"),
    )
    .into_bytes();
    raw.extend(jis("佐藤様\r\nお世話になっております。①㈱ミナトの高橋です。\r\n-- \r\n高橋 花子\r\n"));
    raw
}

#[test]
fn a_letter_in_jis_is_read_with_its_people_and_its_signature_apart() {
    let letter = read(&jis_letter());
    assert_eq!((letter.from.name.as_str(), letter.from.address.as_str()), ("高橋 花子", "takahashi@minato.example"));
    let to: Vec<&str> = letter.to.iter().map(|p| p.address.as_str()).collect();
    assert_eq!((to, letter.to[0].name.as_str()), (vec!["sato@kizashi.example", "cc@kizashi.example"], "佐藤"));
    assert_eq!(letter.subject, "お見積りの件について、ご相談（至急）");
    assert_eq!(letter.id, "20261120.1@minato.example");
    assert_eq!(letter.text, "佐藤様\nお世話になっております。①㈱ミナトの高橋です。");
    assert_eq!(letter.quoted, "-- \n高橋 花子");
    assert_eq!(letter.written_at.unwrap().rfc3339(), "2026-11-20T01:00:00Z");
    assert_eq!(letter.arrived_at.unwrap().micros() - letter.written_at.unwrap().micros(), 5_000_000);
}

fn simple(kind: &str, body: &[u8]) -> Vec<u8> {
    let mut raw = format!("From: a@b.example\nTo: c@d.example\nMessage-ID: <1@b>\nSubject: x\n{kind}\n\n").into_bytes();
    raw.extend_from_slice(body);
    raw
}

#[test]
fn charsets_that_are_named_missing_or_wrong_are_read_all_the_same() {
    let text = "資料をお送りします。ご確認のほど、よろしくお願いいたします。";
    let (sjis, _, _) = SHIFT_JIS.encode(text);
    let (euc, _, _) = EUC_JP.encode(text);
    let (jis, _, _) = ISO_2022_JP.encode(text);
    let base = |bytes: &[u8]| STANDARD.encode(bytes).into_bytes();
    for (kind, body) in [
        ("Content-Type: text/plain; charset=Shift_JIS", sjis.to_vec()),
        ("Content-Type: text/plain; charset=\"cp932\"", sjis.to_vec()),
        ("Content-Type: text/plain; charset=x-sjis\nContent-Transfer-Encoding: base64", base(&sjis)),
        ("Content-Type: text/plain; charset=euc-jp", euc.to_vec()),
        // Nobody says which, or says another one.
        ("X-Mailer: old", sjis.to_vec()),
        ("X-Mailer: old", jis.to_vec()),
        ("Content-Type: text/plain; charset=utf-8", sjis.to_vec()),
        ("Content-Type: text/plain; charset=us-ascii", jis.to_vec()),
        ("Content-Type: text/plain; charset=no-such\nContent-Transfer-Encoding: base64", base(&jis)),
        ("Content-Type: text/plain; charset=utf-8", text.as_bytes().to_vec()),
    ] {
        assert_eq!(read(&simple(kind, &body)).text, text, "{kind}");
    }
    // A subject that was never encoded.
    let mut raw = b"From: a@b.example\nSubject: ".to_vec();
    raw.extend_from_slice(&SHIFT_JIS.encode("会議の件、よろしくお願いします").0);
    raw.extend_from_slice(b"\n\nx");
    assert_eq!(read(&raw).subject, "会議の件、よろしくお願いします");
}

#[test]
fn html_alone_becomes_text_and_both_kinds_are_not_doubled() {
    let html = simple(
        "Content-Type: text/html; charset=utf-8",
        "<html><head><style>p{}</style></head><body><p>お世話に<b>なります</b>。</p><script>alert(1)</script>\
         <img src=\"https://track.example/x.gif\"><blockquote>前回の件</blockquote></body></html>"
            .as_bytes(),
    );
    let letter = read(&html);
    assert_eq!((letter.text.as_str(), letter.quoted.as_str()), ("お世話になります。", "> 前回の件"));
    let both = "From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=z\n\n--z\n\
                Content-Type: text/plain; charset=utf-8\n\n文\n--z\nContent-Type: text/html; charset=utf-8\n\n<p>HTMLの文</p>\n--z--\n";
    assert_eq!(read(both.as_bytes()).text, "文");
    // A plain part that is empty says nothing: the other one does.
    assert_eq!(read(both.replace("\n文\n", "\n \n").as_bytes()).text, "HTMLの文");
}

#[test]
fn files_are_named_with_their_length() {
    let name = STANDARD.encode("お見積書.pdf");
    let raw = format!(
        "From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=z\n\n--z\nContent-Type: text/plain; charset=utf-8\n\n\
         添付します。\n--z\nContent-Type: application/pdf; name=\"=?utf-8?B?{name}?=\"\nContent-Transfer-Encoding: base64\n\
         Content-Disposition: attachment; filename*=utf-8''%E8%A6%8B%E7%A9%8D.pdf\n\n{}\n--z\n\
         Content-Type: application/octet-stream; name=\"=?utf-8?B?{name}?=\"\nContent-Transfer-Encoding: base64\n\n{}\n--z--\n",
        STANDARD.encode(vec![7; 3_000]),
        STANDARD.encode(vec![7; 10]),
    );
    let letter = read(raw.as_bytes());
    let files: Vec<(&str, u64)> = letter.attachments.iter().map(|a| (a.name.as_str(), a.bytes)).collect();
    assert_eq!((letter.text.as_str(), files), ("添付します。", vec![("見積.pdf", 3_000), ("お見積書.pdf", 10)]));
}

#[test]
fn what_programs_and_lists_send_is_told_from_what_people_write() {
    for (head, from, want) in [
        ("X-A: b", "a@b.example", Nature::Personal),
        ("Auto-Submitted: no", "a@b.example", Nature::Personal),
        ("Auto-Submitted: auto-replied", "a@b.example", Nature::Automatic),
        ("X-Autoreply: yes", "a@b.example", Nature::Automatic),
        ("Precedence: auto_reply", "a@b.example", Nature::Automatic),
        ("X-A: b", "MAILER-DAEMON@b.example", Nature::Bounce),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=z", "x@b.example", Nature::Bounce),
        ("List-Id: News of B <news.b.example>", "a@b.example", Nature::List("news.b.example".into())),
        ("Precedence: bulk", "a@b.example", Nature::List(String::new())),
    ] {
        let raw = format!("From: {from}\nSubject: x\n{head}\n\nbody\n");
        assert_eq!(read(raw.as_bytes()).nature, want, "{head}");
    }
}

#[test]
fn a_letter_answers_the_nearest_first_and_has_an_id_in_any_case() {
    let raw = "From: a@b.example\nIn-Reply-To: <3@x>\nReferences: <1@x> <2@x>\n <3@x>\nSubject: x\n\nbody\n";
    assert_eq!(read(raw.as_bytes()).answers, ["3@x", "2@x", "1@x"]);
    // Without an id, what it says is its id: the same letter has the same, whenever it arrived.
    let (one, other) = (
        read(raw.as_bytes()),
        read(format!("Received: from q by r; Fri, 20 Nov 2026 10:00:05 +0900\n{raw}").as_bytes()),
    );
    assert!(one.id.starts_with("sha256:") && one.id == other.id && other.arrived_at.is_some());
    assert_ne!(read(raw.replace("body", "another").as_bytes()).id, one.id);
    let long = format!("From: a@b.example\nMessage-ID: <{}@x>\nSubject: x\n\nb", "y".repeat(5_000));
    assert!(read(long.as_bytes()).id.starts_with("sha256:"));
}

#[test]
fn a_file_of_many_is_cut_where_letters_begin_and_nowhere_else() {
    let mbox = "From MAILER Fri Nov 20 10:00:00 2026\nFrom: a@b.example\nMessage-ID: <1@x>\n\nline\n\n>From here on it is text\n>>From there too\n\
                From me to you: no date, no blank line\n\nFrom now on no time\n\n\
                From a@b.example Fri Nov 20 10:00:00 2026\r\nFrom: c@d.example\r\nMessage-ID: <2@x>\r\n\r\nsecond\r\n\n\
                From x Fri Nov 20 10:00:00 2026\nno head\n\nFrom x Fri Nov 20 10:00:00 2026\nSubject: nobody sent it\nDate: x\nMessage-ID: <4@x>\n\nbody\n";
    for name in ["a.mbox", "takeout"] {
        let parsed = read_file(name, mbox.as_bytes());
        let ids: Vec<&str> = parsed.letters.iter().map(|l| l.id.as_str()).collect();
        assert_eq!((parsed.rows, ids), (4, vec!["1@x", "2@x"]), "{name}");
        let first = &parsed.letters[0];
        assert_eq!(
            first.text,
            "line\n\nFrom here on it is text\n>From there too\nFrom me to you: no date, no blank line\n\nFrom now on no time"
        );
        let refused: Vec<(u64, &str, &Reason)> =
            parsed.refused.iter().map(|r| (r.refusal.line, r.refusal.field.as_str(), r.reason())).collect();
        assert_eq!(refused, [(20, "", &Reason::NotAMail), (23, "From", &Reason::Required)]);
    }
    let one = read_file("a.eml", &jis_letter());
    assert_eq!((one.rows, one.letters.len()), (1, 1));
    assert_eq!(read_file("a.eml", b"").rows, 0);
}

#[test]
fn a_letter_without_an_ending_is_known_by_its_head_and_a_table_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        look(&path, &Wish::default()).unwrap().is_mail
    };
    assert!(at("1790000001.M1.host", &jis_letter()) && at("x.eml", b"anything"));
    assert!(!at("a.csv", "code,name\nc1,ミナト\n".as_bytes()));
    assert!(!at("b", b"From: x,To: y\n1,2\n") && !at("c", b"from,to,subject\na,b,c\n"));
}

#[test]
fn bombs_and_nonsense_are_refused_or_cut_and_nothing_falls_over() {
    let reason = |raw: &[u8]| read_letter(raw, None).unwrap_err().1;
    assert_eq!(reason(b""), Reason::NotAMail);
    assert_eq!(reason(b"\0\0\0\0"), Reason::NotAMail);
    assert_eq!(reason(b"%PDF-1.7 nothing here"), Reason::NotAMail);
    assert_eq!(reason(b"Date: Fri, 20 Nov 2026 10:00:00 +0900\n\nnobody"), Reason::Required);
    assert_eq!(reason(b"From: undisclosed\nDate: x\n\nnobody"), Reason::Required);
    let bomb = format!("From: a@b.example\n{}\n\nbody", "X-A: b\n".repeat(MAIL_HEAD_BYTES_MAX / 6));
    assert_eq!(reason(bomb.as_bytes()), Reason::TooLarge { max: MAIL_HEAD_BYTES_MAX });
    let crowd: Vec<String> = (0..2_000).map(|n| format!("a{n}@b.example")).collect();
    assert_eq!(read(format!("From: a@b.example\nTo: {}\n\nx", crowd.join(", ")).as_bytes()).to.len(), MAIL_PARTIES_MAX);
    assert_eq!(
        read(&simple("X-A: b", "あ".repeat(TEXT_CHARS_MAX * 2).as_bytes())).text.chars().count(),
        TEXT_CHARS_MAX
    );
    // Ten thousand parts inside of each other.
    let mut deep = String::from("From: a@b.example\nMIME-Version: 1.0\n");
    for n in 0..10_000 {
        deep.push_str(&format!("Content-Type: multipart/mixed; boundary=z{n}\n\n--z{n}\n"));
    }
    read_letter(deep.as_bytes(), None).unwrap();
    let nested = "From: a@b.example\nContent-Type: message/rfc822\n\n".repeat(5_000);
    read_letter(nested.as_bytes(), None).unwrap();
    for date in ["Fri, 99 Foo 9999 99:99:99 +9999", "yesterday", "Thu, 01 Jan 1970 00:00:00 +0000"] {
        let letter = read(format!("From: a@b.example\nDate: {date}\n\nx").as_bytes());
        assert_eq!(letter.at(Time(1_790_000_000_000_000)).micros(), 1_790_000_000_000_000, "{date}");
    }
}

proptest! {
    #[test]
    fn a_letter_that_is_cut_off_or_damaged_is_read_or_refused(cut in 0_usize..900, at in 0_usize..900, byte: u8) {
        let mut raw = jis_letter();
        raw.truncate(cut);
        if let Some(place) = raw.get_mut(at) {
            *place = byte;
        }
        let _ = read_letter(&raw, None);
        read_file("a.eml", &raw);
        let mut many = b"From x Fri Nov 20 10:00:00 2026\n".to_vec();
        many.extend(&raw);
        read_file("a.mbox", &many);
    }

    #[test]
    fn anything_is_read_or_refused(raw in "(From: |To: |Subject: |Content-Type: |multipart/mixed; boundary=z|text/html|text/plain|--z|--|=\\?utf-8\\?B\\?|\\?=|\n|\r\n|<|>|@|a| |あ|;|charset=|base64|Content-Transfer-Encoding: |\\x1b\\$B){0,60}") {
        let _ = read_letter(raw.as_bytes(), None);
        let _ = read_letter(format!("From: a@b.example\n{raw}").as_bytes(), None);
    }
}
