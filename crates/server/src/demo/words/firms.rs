//! Names of companies and city halls: a stem, what they do, a legal form; beyond that many, branches.

use super::super::cast::CAST;
use super::super::profile::CITY;
use super::super::rng::Rng;

/// Stem and reading.
const STEMS: [(&str, &str); 88] = [
    ("椋原", "ムクハラ"),
    ("楡崎", "ニレサキ"),
    ("萩ノ宮", "ハギノミヤ"),
    ("雪待", "ユキマチ"),
    ("霧積", "キリヅミ"),
    ("潮見原", "シオミハラ"),
    ("澄野", "スミノ"),
    ("帆月", "ホヅキ"),
    ("鷺宮田", "サギミヤタ"),
    ("楓谷", "カエデヤ"),
    ("柊木", "ヒイラギ"),
    ("藤波田", "フジナミダ"),
    ("梢", "コズエ"),
    ("篝", "カガリ"),
    ("水鳥", "ミズドリ"),
    ("若葉台", "ワカバダイ"),
    ("桐ヶ峰", "キリガミネ"),
    ("稲穂", "イナホ"),
    ("朱鷺野", "トキノ"),
    ("夕凪", "ユウナギ"),
    ("春日影", "ハルヒカゲ"),
    ("銀杏坂", "イチョウザカ"),
    ("葦原瀬", "アシハラセ"),
    ("千草", "チグサ"),
    ("小夜川", "サヨガワ"),
    ("秋津", "アキツ"),
    ("真砂", "マサゴ"),
    ("時雨", "シグレ"),
    ("八重垣", "ヤエガキ"),
    ("初音", "ハツネ"),
    ("瑠璃", "ルリ"),
    ("花筏", "ハナイカダ"),
    ("月草", "ツキクサ"),
    ("山吹", "ヤマブキ"),
    ("浅葱", "アサギ"),
    ("風待", "カゼマチ"),
    ("星見", "ホシミ"),
    ("灯台守", "トウダイモリ"),
    ("木洩日", "コモレビ"),
    ("渡瀬川", "ワタセガワ"),
    ("ひなげし", "ヒナゲシ"),
    ("つゆくさ", "ツユクサ"),
    ("あけび", "アケビ"),
    ("しののめ", "シノノメ"),
    ("すずかけ", "スズカケ"),
    ("やまぼうし", "ヤマボウシ"),
    ("いそしぎ", "イソシギ"),
    ("たまゆら", "タマユラ"),
    ("うたかた", "ウタカタ"),
    ("ほおずき", "ホオズキ"),
    ("くるみ野", "クルミノ"),
    ("みかづき", "ミカヅキ"),
    ("なぎさ野", "ナギサノ"),
    ("からまつ", "カラマツ"),
    ("すいれん", "スイレン"),
    ("ほととぎす", "ホトトギス"),
    ("ゆりかもめ", "ユリカモメ"),
    ("もくれん", "モクレン"),
    ("あじさい", "アジサイ"),
    ("どんぐり", "ドングリ"),
    ("りんどう", "リンドウ"),
    ("かわせみ", "カワセミ"),
    ("はなみずき", "ハナミズキ"),
    ("こはる", "コハル"),
    ("いろは坂", "イロハザカ"),
    ("ノルデン", "ノルデン"),
    ("アルメリ", "アルメリ"),
    ("セレスタ", "セレスタ"),
    ("ルミノール", "ルミノール"),
    ("ヴェルデ", "ヴェルデ"),
    ("リノア", "リノア"),
    ("オルカ", "オルカ"),
    ("カナリス", "カナリス"),
    ("ミストラ", "ミストラ"),
    ("パルミエ", "パルミエ"),
    ("トリアド", "トリアド"),
    ("ネムリア", "ネムリア"),
    ("クレセン", "クレセン"),
    ("フィオリ", "フィオリ"),
    ("ラピスト", "ラピスト"),
    ("東雲台", "シノノメダイ"),
    ("北嶺原", "ホクレイバラ"),
    ("翠陵野", "スイリョウノ"),
    ("嶺南", "レイナン"),
    ("蒼海", "ソウカイ"),
    ("暁星", "ギョウセイ"),
    ("泉州屋", "センシュウヤ"),
    ("越後路", "エチゴジ"),
];

/// What they do: word, reading, industry.
const TRADES: [(&str, &str, &str); 57] = [
    ("製作所", "セイサクショ", "製造"),
    ("精工", "セイコウ", "製造"),
    ("樹脂工業", "ジュシコウギョウ", "製造"),
    ("金属加工", "キンゾクカコウ", "製造"),
    ("電装", "デンソウ", "製造"),
    ("化成品", "カセイヒン", "化学"),
    ("塗装", "トソウ", "建設"),
    ("鋳造", "チュウゾウ", "製造"),
    ("印刷", "インサツ", "印刷"),
    ("紙器", "シキ", "印刷"),
    ("食品", "ショクヒン", "食品"),
    ("製麺", "セイメン", "食品"),
    ("製菓", "セイカ", "食品"),
    ("水産", "スイサン", "水産"),
    ("青果", "セイカ", "卸売"),
    ("酒造", "シュゾウ", "食品"),
    ("物流", "ブツリュウ", "運輸"),
    ("運輸", "ウンユ", "運輸"),
    ("倉庫", "ソウコ", "運輸"),
    ("商事", "ショウジ", "卸売"),
    ("商会", "ショウカイ", "卸売"),
    ("産業", "サンギョウ", "卸売"),
    ("建設", "ケンセツ", "建設"),
    ("工務店", "コウムテン", "建設"),
    ("設備", "セツビ", "建設"),
    ("電気工事", "デンキコウジ", "建設"),
    ("測量設計", "ソクリョウセッケイ", "建築設計"),
    ("不動産", "フドウサン", "不動産"),
    ("住宅", "ジュウタク", "不動産"),
    ("ビル管理", "ビルカンリ", "不動産"),
    ("薬局", "ヤッキョク", "医療・介護"),
    ("メディカル", "メディカル", "医療・介護"),
    ("ケアサービス", "ケアサービス", "医療・介護"),
    ("福祉会", "フクシカイ", "医療・介護"),
    ("学習塾", "ガクシュウジュク", "教育"),
    ("アカデミー", "アカデミー", "教育"),
    ("システムズ", "システムズ", "情報通信"),
    ("ソフトウェア", "ソフトウェア", "情報通信"),
    ("デジタル", "デジタル", "情報通信"),
    ("ネットワークス", "ネットワークス", "情報通信"),
    ("企画", "キカク", "広告"),
    ("アドワークス", "アドワークス", "広告"),
    ("デザイン", "デザイン", "広告"),
    ("出版", "シュッパン", "出版"),
    ("繊維", "センイ", "繊維"),
    ("アパレル", "アパレル", "小売"),
    ("ストア", "ストア", "小売"),
    ("家具", "カグ", "小売"),
    ("観光", "カンコウ", "観光・宿泊"),
    ("リゾート", "リゾート", "観光・宿泊"),
    ("リース", "リース", "リース"),
    ("会計事務所", "カイケイジムショ", "士業"),
    ("警備保障", "ケイビホショウ", "サービス"),
    ("クリーン", "クリーン", "サービス"),
    ("人材サービス", "ジンザイサービス", "人材"),
    ("農園", "ノウエン", "農業"),
    ("環境", "カンキョウ", "サービス"),
];

/// Invented cities: stem and reading.
const CITIES: [(&str, &str); 16] = [
    ("みのり", "ミノリ"),
    ("あおば野", "アオバノ"),
    ("しおかぜ", "シオカゼ"),
    ("月ヶ浦", "ツキガウラ"),
    ("雪代", "ユキシロ"),
    ("花盛", "ハナモリ"),
    ("瀬戸原", "セトハラ"),
    ("鈴鳴", "スズナリ"),
    ("藤ヶ峠", "フジガトウゲ"),
    ("潮路", "シオジ"),
    ("竹ノ里", "タケノサト"),
    ("白砂", "シラスナ"),
    ("朝凪", "アサナギ"),
    ("森ノ郷", "モリノゴウ"),
    ("渚", "ナギサ"),
    ("湧水", "ユウスイ"),
];

/// Regions, as Japan is usually cut up.
const REGIONS: [&str; 11] = ["関東", "関東", "関東", "近畿", "近畿", "東海", "九州", "東北", "北海道", "中国", "北陸"];

/// Where branches and regional subsidiaries stand: word, reading, region.
const PLACES: [(&str, &str, &str); 24] = [
    ("北海道", "ホッカイドウ", "北海道"),
    ("東北", "トウホク", "東北"),
    ("北関東", "キタカントウ", "関東"),
    ("首都圏", "シュトケン", "関東"),
    ("湘南", "ショウナン", "関東"),
    ("甲信", "コウシン", "信越"),
    ("北陸", "ホクリク", "北陸"),
    ("東海", "トウカイ", "東海"),
    ("三河", "ミカワ", "東海"),
    ("京滋", "ケイジ", "近畿"),
    ("阪神", "ハンシン", "近畿"),
    ("播磨", "ハリマ", "近畿"),
    ("山陰", "サンイン", "中国"),
    ("山陽", "サンヨウ", "中国"),
    ("瀬戸内", "セトウチ", "中国"),
    ("四国", "シコク", "四国"),
    ("北九州", "キタキュウシュウ", "九州"),
    ("南九州", "ミナミキュウシュウ", "九州"),
    ("沖縄", "オキナワ", "沖縄"),
    ("奥州", "オウシュウ", "東北"),
    ("房総", "ボウソウ", "関東"),
    ("武蔵野", "ムサシノ", "関東"),
    ("遠州", "エンシュウ", "東海"),
    ("飛騨", "ヒダ", "東海"),
];

/// A customer's name and what goes with it.
#[derive(Clone, Debug)]
pub(in super::super) struct FirmName {
    pub(in super::super) name: String,
    pub(in super::super) reading: String,
    pub(in super::super) industry: &'static str,
    pub(in super::super) region: &'static str,
    /// Index of the segment when the name decides it.
    pub(in super::super) segment: Option<usize>,
    /// Index of the parent.
    pub(in super::super) parent: Option<usize>,
}

/// Pairs of stem and trade.
const PAIRS: usize = STEMS.len() * TRADES.len();

/// The name of customer `index`: different for every index below [`super::super::CUSTOMERS_MAX`].
pub(in super::super) fn company(seed: u64, index: usize) -> FirmName {
    let rank = index.saturating_sub(CAST.len());
    let mut rng = Rng::of(seed, &[2, index as u64]);
    let region = rng.word(&REGIONS);
    // Every 24th of the first 384 is a city.
    if rank % 24 == 11
        && let Some((stem, kana)) = CITIES.get(rank / 24)
    {
        return FirmName {
            name: format!("{stem}市役所"),
            reading: format!("{kana}シヤクショ"),
            industry: "地方自治体",
            region,
            segment: Some(CITY),
            parent: None,
        };
    }
    // The second to fourth of every fifty are regional subsidiaries of the first.
    let in_group = rank % 50;
    if (1..=3).contains(&in_group) && rank < PAIRS {
        return subsidiary(seed, index - in_group, in_group, rank / 50);
    }
    let (stem, trade) = pair(seed, rank % PAIRS);
    match rank / PAIRS {
        0 => firm(stem, trade, "", "", region, (rng.below(12), None)),
        round => {
            let (place, kana, region) = PLACES.get((round - 1) % PLACES.len()).copied().unwrap_or_default();
            let mut branch = firm(stem, trade, "", "", region, (rng.below(12), None));
            branch.name = format!("{} {place}支店", branch.name);
            branch.reading = format!("{} {kana}シテン", branch.reading);
            branch
        }
    }
}

fn subsidiary(seed: u64, parent: usize, nth: usize, group: usize) -> FirmName {
    let (stem, trade) = pair(seed, parent.saturating_sub(CAST.len()) % PAIRS);
    let (place, kana, region) = PLACES.get((group * 3 + nth) % PLACES.len()).copied().unwrap_or_default();
    firm(stem, trade, place, kana, region, (0, Some(parent)))
}

/// The stem and trade of a rank: a walk over all pairs that meets each once and mixes both.
fn pair(seed: u64, rank: usize) -> (usize, usize) {
    let offset = Rng::of(seed, &[3]).below(PAIRS);
    let at = (rank * 2_003 + offset) % PAIRS;
    (at / TRADES.len(), at % TRADES.len())
}

fn firm(
    stem: usize,
    trade: usize,
    place: &str,
    place_kana: &str,
    region: &'static str,
    (form, parent): (usize, Option<usize>),
) -> FirmName {
    let (stem, kana) = STEMS.get(stem).copied().unwrap_or_default();
    let (word, word_kana, industry) = TRADES.get(trade).copied().unwrap_or_default();
    let base = format!("{stem}{word}{place}");
    let name = match (word, form) {
        ("会計事務所", _) => base,
        ("福祉会", _) => format!("社会福祉法人{base}"),
        (_, 0..=4) => format!("株式会社{base}"),
        (_, 5..=9) => format!("{base}株式会社"),
        (_, 10) => format!("有限会社{base}"),
        _ => format!("合同会社{base}"),
    };
    FirmName { name, reading: format!("{kana}{word_kana}{place_kana}"), industry, region, segment: None, parent }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_hundred_thousand_names_are_all_different() {
        for seed in [1, 42] {
            let names: HashSet<String> = (CAST.len()..100_000).map(|i| company(seed, i).name).collect();
            assert_eq!(names.len(), 100_000 - CAST.len());
        }
    }

    #[test]
    fn every_name_has_a_reading_in_kana() {
        for index in CAST.len()..6_000 {
            let firm = company(3, index);
            assert!(firm.reading.chars().all(|c| matches!(c, 'ァ'..='ー' | ' ')), "{}: {}", firm.name, firm.reading);
            assert!(firm.parent.is_none_or(|p| p < index && company(3, p).parent.is_none()));
        }
    }
}
