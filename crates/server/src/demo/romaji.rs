//! Katakana to Latin letters, for invented mail domains.

const PAIRS: [(&str, &str); 36] = [
    ("キャ", "kya"),
    ("キュ", "kyu"),
    ("キョ", "kyo"),
    ("シャ", "sha"),
    ("シュ", "shu"),
    ("ショ", "sho"),
    ("シェ", "she"),
    ("チャ", "cha"),
    ("チュ", "chu"),
    ("チョ", "cho"),
    ("チェ", "che"),
    ("ニャ", "nya"),
    ("ニュ", "nyu"),
    ("ニョ", "nyo"),
    ("ヒャ", "hya"),
    ("ヒュ", "hyu"),
    ("ヒョ", "hyo"),
    ("ミャ", "mya"),
    ("ミュ", "myu"),
    ("ミョ", "myo"),
    ("リャ", "rya"),
    ("リュ", "ryu"),
    ("リョ", "ryo"),
    ("ギャ", "gya"),
    ("ギュ", "gyu"),
    ("ギョ", "gyo"),
    ("ジャ", "ja"),
    ("ジュ", "ju"),
    ("ジョ", "jo"),
    ("ジェ", "je"),
    ("ビョ", "byo"),
    ("ピョ", "pyo"),
    ("ティ", "ti"),
    ("ディ", "di"),
    ("ファ", "fa"),
    ("フォ", "fo"),
];

const SINGLE: &str = "アaイiウuエeオoカkaキkiクkuケkeコkoサsaシshiスsuセseソsoタtaチchiツtsuテteトtoナnaニniヌnuネneノno\
ハhaヒhiフfuヘheホhoマmaミmiムmuメmeモmoヤyaユyuヨyoラraリriルruレreロroワwaヲoンn\
ガgaギgiグguゲgeゴgoザzaジjiズzuゼzeゾzoダdaヂjiヅzuデdeドdoバbaビbiブbuベbeボboパpaピpiプpuペpeポpo\
ァaィiゥuェeォoャyaュyuョyoヴvu";

fn single(kana: char) -> &'static str {
    let Some(at) = SINGLE.find(kana) else { return "" };
    let rest = SINGLE.get(at + kana.len_utf8()..).unwrap_or_default();
    let end = rest.find(|c: char| !c.is_ascii()).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

/// Katakana in Hepburn letters, lower case, long vowels unmarked; anything else is left out.
pub(super) fn romaji(kana: &str) -> String {
    let mut out = String::new();
    let mut rest = kana;
    let mut doubled = false;
    while let Some(first) = rest.chars().next() {
        let pair = PAIRS.iter().find(|(k, _)| rest.starts_with(k));
        let (letters, used) = pair.map_or((single(first), first.len_utf8()), |(k, l)| (*l, k.len()));
        rest = rest.get(used..).unwrap_or_default();
        if first == 'ッ' {
            doubled = true;
            continue;
        }
        if doubled && let Some(c) = letters.chars().next() {
            out.push(if c == 'c' { 't' } else { c });
        }
        doubled = false;
        out.push_str(letters);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::romaji;

    #[test]
    fn kana_become_letters() {
        for (kana, letters) in [
            ("ヒヨドリセイキ", "hiyodoriseiki"),
            ("サッポロ", "sapporo"),
            ("マッチャ", "matcha"),
            ("ショウジ", "shouji"),
            ("データ", "deta"),
            ("帳票A", ""),
        ] {
            assert_eq!(romaji(kana), letters);
        }
    }
}
