//! The words of the demo company. All written for it; no name is meant to be anyone's.

mod felt;
mod firms;
mod now;
mod past;
mod people;
mod talk;

pub(super) use felt::FELT;
pub(super) use firms::company;
pub(super) use now::{ASLEEP, FOLLOWED, FOLLOWED_END, HANDED, HANDED_OVER, PAUSED, PLANS, ROOTED, note_of};
pub(super) use past::{
    CHAMPION_LEFT, GIVEN_UP, LEAVING, NOISY, NOISY_UNTIL, NOT_WAITED, RECOVERED, STOPPED, TOLD, Tale, tale,
};
pub(super) use people::{Person, person, title};
pub(super) use talk::{
    CALLS, FEATURES, MAILS, MEETINGS, NOTES, OPERATORS, TROUBLE, Talk, Topic, VISITS, detractor, passive, promoter,
    ticket_topic, ticket_topics,
};

use super::{Staff, StaffRole};

/// How many CSMs there are; they come first in [`STAFF`].
pub(super) const CSM_COUNT: usize = 8;
/// Who left some weeks ago; the last of [`STAFF`].
pub(super) const LEAVER: usize = 12;

const fn staff(
    mail: &'static str,
    name: &'static str,
    reading: &'static str,
    role: StaffRole,
    team: &'static str,
) -> Staff {
    Staff { mail, name, reading, role, team }
}

/// The staff, CSMs first, and who is there no more last.
pub(super) const STAFF: [Staff; 13] = [
    staff("hayase@minamo.example", "早瀬 美緒", "ハヤセ ミオ", StaffRole::Csm, "東日本"),
    staff("kitami@minamo.example", "北見 亮介", "キタミ リョウスケ", StaffRole::Csm, "東日本"),
    staff("shiraishi@minamo.example", "白石 彩花", "シライシ アヤカ", StaffRole::Csm, "東日本"),
    staff("onodera@minamo.example", "小野寺 拓", "オノデラ タク", StaffRole::Csm, "東日本"),
    staff("maekawa@minamo.example", "前川 千尋", "マエカワ チヒロ", StaffRole::Csm, "西日本"),
    staff("tsurumi@minamo.example", "鶴見 健吾", "ツルミ ケンゴ", StaffRole::Csm, "西日本"),
    staff("ebihara@minamo.example", "海老原 由佳", "エビハラ ユカ", StaffRole::Csm, "西日本"),
    staff("nagumo@minamo.example", "南雲 大地", "ナグモ ダイチ", StaffRole::Csm, "西日本"),
    staff("kuroiwa@minamo.example", "黒岩 聡子", "クロイワ サトコ", StaffRole::Manager, "東日本"),
    staff("igarashi@minamo.example", "五十嵐 修", "イガラシ オサム", StaffRole::Manager, "西日本"),
    staff("admin@minamo.example", "水面 葵", "ミナモ アオイ", StaffRole::Admin, "情報システム"),
    staff("sakamaki@minamo.example", "酒巻 遼", "サカマキ リョウ", StaffRole::Other, "プロダクト開発"),
    staff("sasagawa@minamo.example", "笹川 悠", "ササガワ ユウ", StaffRole::Csm, "西日本"),
];

/// What customers want to reach with the product.
pub(super) const GOALS: [&str; 14] = [
    "請求書の発送を月初3営業日以内に終える",
    "紙の請求書を年内に8割減らす",
    "締め処理の残業を月20時間減らす",
    "拠点ごとに違う帳票の様式を統一する",
    "インボイス制度と電子帳簿保存法への対応を一本化する",
    "支払通知書の電子化で郵送費を半減する",
    "請求ミスによる再発行を月5件以下にする",
    "承認の滞留を2日以内にする",
    "基幹システムとの二重入力をなくす",
    "経理担当2名体制でも月次決算を5営業日で締める",
    "取引先ごとの入金状況を営業にも見えるようにする",
    "監査のときに証憑を10分以内に出せるようにする",
    "テレワークでも押印なしで請求業務を完結させる",
    "グループ会社の請求業務を1か所に集約する",
];

/// What customers use the product for, what stands in their way, and what they work with: one line a goal, in turn.
pub(super) const AIMS: [(&str, &str, &str); 5] = [
    ("請求書の発行と送付", "月初に作業が集中し、担当者が一人しかいない", "会計ソフトはクラウド。情シスは兼任1名"),
    ("請求書の受け取りと承認", "紙の請求書が支店に残り、本社で金額がわからない", "基幹は自社サーバー。連携は日次のCSV"),
    ("電子帳簿保存法への対応", "保存の決まりが部門ごとに違う", "文書管理は共有フォルダー。監査は年2回"),
    ("入金の消し込み", "振込名義が違い、消し込みに2日かかる", "銀行3行。インターネットバンキングの明細を取り込む"),
    ("支払通知と証憑の管理", "取引先への問い合わせがメールと電話に散らばる", "グループウェアと表計算が中心"),
];
