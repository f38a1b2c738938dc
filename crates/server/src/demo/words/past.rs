//! What the CSMs wrote when they closed a card, and what they did for it. `{who}` is a contact.

use super::talk::Talk;

/// How cards of a rule go.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Tale {
    /// The usual way, in order: kinds of activities with what was written down of each.
    pub(in super::super) way: &'static [(&'static str, Talk)],
    /// Notes on what was solved.
    pub(in super::super) solved: &'static [&'static str],
    /// Notes on what was not.
    pub(in super::super) unsolved: &'static [&'static str],
    /// Notes on false alarms, each with its reason.
    pub(in super::super) idle: &'static [(&'static str, &'static str)],
    /// Of 100 cards, so many were false alarms.
    pub(in super::super) idle_percent: i32,
    /// Of 100 firings, so many made a card that somebody remembers.
    pub(in super::super) kept_percent: i32,
}

/// Notes on what went away by itself.
pub(in super::super) const RECOVERED: [&str; 3] = [
    "様子を見ているうちに元の水準に戻った。{who}にも確かめ、特別な対応はしていない。",
    "連絡の前に数字が戻っていた。{who}によると、担当者の休みが重なっただけとのこと。",
    "次の週には戻った。手は打っていない。",
];

/// Notes on customers that left later on.
pub(in super::super) const LEAVING: [&str; 5] = [
    "{who}から、次の更新はしない方向との話。親会社の基幹システムに合わせるためで、価格の相談では動かない。",
    "部長面談まで進めたが、社内で費用の見直しが決まっていた。解約の手続きと、データの引き渡しの段取りに移る。",
    "使う人が{who}だけになっていた。勉強会を提案したが日程が決まらず、更新は見送りの見込み。",
    "競合の帳票オプションへの切り替えが決まったとのこと。機能の差と理由を聞き取り、製品に伝えた。",
    "改善の案を出したが、担当部署そのものが統合される。引き止めはここまでとする。",
];

const RECOVERY: Tale = Tale {
    way: &[
        ("call", ("利用が減った理由の確認", "{who}に電話。減った部署と時期を確かめた。")),
        ("mail", ("手順と資料の送付", "{who}へ、減った作業の手順を1枚にして送付。")),
        ("meeting", ("使い方の相談会", "画面を共有して30分。{feature}でつまずいていた点をその場で解いた。")),
    ],
    solved: &[
        "異動で使う人が入れ替わっていた。新しい2名に30分の説明会を開き、翌週から毎日使われている。",
        "{feature}の手順が変わったのを知らず、Excelに戻していた。手順書を渡して画面共有で一緒に発行。利用は戻った。",
        "{who}に電話。月初の作業を別の人に任せてから止まっていた。権限を渡し直して解決。",
        "部署ごとの使い方を聞き、使っていなかった課に{feature}を案内。2週間で元の人数に戻った。",
        "{feature}の権限が外れたままになっていた。管理者の方と設定を直し、その日から使われている。",
        "繁忙期に応援で入った人が使い方を知らなかった。手順を1枚にして{who}から配ってもらった。",
        "承認の流れが変わり、途中で止まっていた。代理承認を設定して、滞りがなくなった。",
        "{who}が{feature}を一人で抱えていた。営業所の2名にも任せる形に変え、利用が戻った。",
    ],
    unsolved: &[
        "{who}と話せたが、忙しい時期で説明会は来月以降。利用は減ったまま。次の定例でもう一度話す。",
        "担当者が1名減り、後任がいない。使い方ではなく人手の問題で、すぐには戻らない。",
        "勉強会を開いたが、参加は1名。上長の方への説明の場を頼んでいる。",
    ],
    idle: &[
        ("too_sensitive", "{who}に確認。月の初めに仕事が寄っただけで、ひと月で見ればいつもどおり。"),
        ("known", "部署の統合で人数を減らすことは前月に聞いていた。予定どおり。"),
        ("too_sensitive", "減ったのは2名だけ。もともと人数が少なく、休みが重なると大きく見える。"),
    ],
    idle_percent: 14,
    kept_percent: 100,
};

const SCORE: Tale = Tale {
    solved: &[
        "内訳で下がっていたのは接点。{who}と1か月ぶりに話し、{feature}の困りごとを解いた。",
        "アンケートの不満が効いていた。{who}に改善の予定を伝え、次の回答では上がった。",
        "利用の減りが原因。相談会を開き、使う人が戻った。",
        "{who}と内訳を一緒に見た。{feature}を使わなくなっていたので、手順を直して再開。",
        "使う人の入れ替わりで下がっていた。新しい方に使い始めの説明をして、元に戻った。",
    ],
    idle: &[
        ("too_sensitive", "使う人が数名なので、1人が休むだけで大きく下がる。{who}の様子は変わらない。"),
        ("season", "締めの谷間に入っただけ。{who}によると毎年同じ動きとのこと。"),
        ("known", "担当者の手応えを低く付け直したぶん。話はすでに進んでいる。"),
    ],
    idle_percent: 30,
    ..RECOVERY
};

const DETRACTOR: Tale = Tale {
    way: &[
        ("call", ("アンケートの回答について", "{who}にお礼の電話。点数の理由を聞いた。")),
        ("mail", ("いただいたご指摘への返答", "できること・できないことと期日を{who}へ送付。")),
    ],
    solved: &[
        "{who}に電話。承認の画面が遅いことが理由だった。設定を見直して速くなり、納得された。",
        "点数の理由は帳票の文字の小ささ。テンプレートを直して{who}に見てもらい、解決。",
        "問い合わせの返事が遅かったとのお叱り。窓口を一つにし、{who}から「これなら助かる」との返事。",
        "{feature}の要望が通っていないことが理由。予定を伝え、当面のやり方を一緒に決めた。",
    ],
    unsolved: &[
        "料金への不満で、その場では答えられない。次の更新の話し合いに持ち越す。",
        "{who}と話せたが、求められた機能の予定がない。理由を伝え、記録だけ残した。",
    ],
    idle: &[
        ("other", "点数のつけ間違い。{who}は「10点のつもりだった」とのこと。"),
        ("known", "先月の不具合への点数で、すでにお詫びと報告を終えている。"),
    ],
    idle_percent: 10,
    kept_percent: 60,
};

const SILENCE: Tale = Tale {
    way: &[
        ("call", ("近況のうかがい", "{who}に電話し、近況と今後の期待を聞いた。")),
        ("meeting", ("今後についての面談", "決裁者の方と30分。期待と不満を直接うかがった。")),
    ],
    solved: &["{who}と面談。使い方は落ち着いていて、話すことがなかっただけとのこと。継続の意向。"],
    unsolved: &["期限までに面談の日程が合わなかった。更新後の最初の月に、あらためて話す場を取る。"],
    idle: &[("wrong_data", "営業が先月訪問していた。記録が漏れていたので入れ直した。")],
    idle_percent: 12,
    kept_percent: 100,
};

const DEADLINE: Tale = Tale {
    way: &[
        ("mail", ("更新前の面談のお願い", "{who}へ、成果の1枚を添えて面談をお願いした。")),
        ("meeting", ("更新の打ち合わせ", "{who}と更新の意向、稟議の日程を確認。")),
    ],
    solved: &[
        "{who}から継続の意向。稟議は今月の部長決裁で通る見込み。見立ては「更新」。",
        "同じ席数で更新。来期の目標を一緒に書き直した。",
        "更新の意向を確認。増席は次の半期にあらためて相談する。",
        "社内の稟議は{who}が起案済み。期限より前に更新の返事をもらった。",
    ],
    unsolved: &["期限までに{who}と会えず、自動で更新された。次の定例で目標を確かめ直す。"],
    idle: &[("known", "すでに更新の注文書をもらっている。")],
    idle_percent: 5,
    kept_percent: 40,
};

const LOST: Tale = Tale {
    way: &[("call", ("迷っている手順の確認", "{who}に電話。どの画面で迷っているかを聞いた。"))],
    solved: &[
        "新しい担当の方が締め処理を調べていた。該当の手順を案内し、解決。",
        "{feature}の設定を変えたくて探していたとのこと。画面を見ながら一緒に変更した。",
    ],
    unsolved: &["やりたいことに当たる機能がまだない。要望として記録した。"],
    idle: &[("other", "社内の手順書を作るために読んでいただけ。困りごとはない。")],
    idle_percent: 20,
    kept_percent: 100,
};

/// How cards of a rule go.
pub(in super::super) fn tale(rule: &str) -> Tale {
    match rule {
        "score_dropped" => SCORE,
        "detractor" | "low_feeling" | "views_apart" => DETRACTOR,
        "silent_before_notice" => SILENCE,
        "notice_deadline" => DEADLINE,
        "lost_in_faq" => LOST,
        _ => RECOVERY,
    }
}

/// The rule about a champion who left: its card is told by itself.
pub(in super::super) const CHAMPION_LEFT: &str = "champion_left";

/// The rules of which cards are told.
pub(in super::super) const TOLD: [&str; 12] = [
    CHAMPION_LEFT,
    "logins_falling",
    "exports_stopped",
    "score_dropped",
    "score_red",
    "red_account",
    "detractor",
    "low_feeling",
    "views_apart",
    "notice_deadline",
    "silent_before_notice",
    "lost_in_faq",
];

/// The rule that speaks too early, so that its page proposes another limit: of what only just met it most was for nothing.
pub(in super::super) const NOISY: &str = "logins_falling";
/// See [`NOISY`]: what fell no further was seldom real.
pub(in super::super) const NOISY_UNTIL: f64 = -0.41;
/// Why a wait of a play was cut short.
pub(in super::super) const NOT_WAITED: &str = "先方と話せたので、待たずに確かめた";

/// Why the rest of a play was given up when its card was closed.
pub(in super::super) const STOPPED: &str = "理由が確かめられ、残りの手順はいらなくなった";
/// Why an onboarding ended before its end.
pub(in super::super) const GIVEN_UP: &str = "推進役の異動で体制が決まらず、標準の進め方をやめて個別の支援に切り替えた";
