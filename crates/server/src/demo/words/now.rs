//! What the CSMs wrote on what they are in the middle of. `{who}` is a contact.

/// Notes on steps of plays, by the step's id.
const NOTES: [(&str, &str); 23] = [
    ("find", "利用状況で確認。減ったのは請求書の発行で、承認は変わらない。"),
    ("call", "{who}に電話。月末までは手が離せないとのこと。来月の初めにあらためて話す。"),
    ("lecture", "30分の画面共有。{feature}の手順を一緒に通した。"),
    ("rule_out", "障害の記録なし。権限も前のまま。"),
    ("ask", "{who}へ、先週と違う点を聞くメールを送った。"),
    ("users", "現場の方にも電話。困りごとは出なかった。"),
    ("listen", "{who}と15分。社内の席替えが重なり、作業が止まっていた。"),
    ("results", "発行件数と残業時間の変化を1枚にまとめた。"),
    ("thank", "{who}へ、回答のお礼をその日のうちに伝えた。"),
    ("why", "{who}から、文字の小ささと印刷の余白の2点。"),
    ("members", "営業とサポートから1名ずつ。週に1回、15分。"),
    ("facts", "数字を3か月分そろえた。"),
    ("draft", "期日は2週間後。担当は当社と先方で1名ずつ。"),
    ("page", "部署ごとの利用者数の広がりを1枚にした。"),
    ("share", "60分の画面共有。残りは取引先の取り込みだけ。"),
    ("kickoff", "先方は{who}ほか2名。やりとりは週1回のメール、初回利用は翌週の月曜に決めた。"),
    ("hearing", "目的は「{goal}」。営業の約束は初期データの移行1回まで。"),
    ("prestudy", ""),
    ("roadmap", ""),
    ("training", "60分。先月分の請求書を1件、最後まで発行してもらった。"),
    ("first_value", "{who}から「月初の発送が半日で終わった」との連絡。"),
    ("questions", "帳票の余白の直し方だけ。その場で解いた。"),
    ("next_function", "承認の流れを提案。次の定例で一緒に設定する。"),
];

/// What is written down when a step is done.
pub(in super::super) fn note_of(step: &str) -> &'static str {
    NOTES.iter().find(|(id, _)| *id == step).map_or("", |(_, note)| note)
}

/// Why a card sleeps for some days.
pub(in super::super) const ASLEEP: &str = "{who}が出張中。戻られる日に、あらためて電話する。";
/// Why a play stands still.
pub(in super::super) const PAUSED: &str = "先方の組織変更が落ち着くまで待つ。新しい窓口が決まったら再開する。";
/// What a colleague reads who takes a card over; `{colleague}` is the one.
pub(in super::super) const HANDED: &str =
    "@{colleague} 来週から別の立ち上げが重なるので、続きをお願いします。{who}は午前のほうがつながります。";

/// What the new owners of a colleague's customers read.
pub(in super::super) const HANDED_OVER: &str = "月末から月初の5日までは、どの会社も締めで手が離せません。連絡は6日以降がつながります。\n\
商談に書いた約束は、先方にも同じ文で送ってあります。期日が近いものから確かめてください。\n\
最初の挨拶は、上長の方にもCcで送ると話が早く進みます。";

/// Work that people set themselves: customer, kind, what, when it was written down and when it is due (business days from today).
pub(in super::super) struct Plan {
    /// Place of the customer.
    pub(in super::super) index: usize,
    pub(in super::super) is_goal: bool,
    pub(in super::super) what: &'static str,
    pub(in super::super) made: i32,
    pub(in super::super) due: i32,
    /// Whether the next move is the customer's.
    pub(in super::super) waits: bool,
    /// Put off for so many business days from today; 0 = not.
    pub(in super::super) sleeps: i32,
    pub(in super::super) note: &'static str,
}

/// Of customers that give no sign of trouble.
pub(in super::super) const PLANS: [Plan; 3] = [
    Plan {
        index: 12,
        is_goal: true,
        what: "来年度の予算要求に使う成果の1枚を、先方と一緒に仕上げる",
        made: -9,
        due: 5,
        waits: true,
        sleeps: 0,
        note: "たたき台を送付。庁内での確認に1週間かかるとのこと。",
    },
    Plan {
        index: 13,
        is_goal: false,
        what: "月末のAPIの処理件数を見直し、時間帯を分ける案を出す",
        made: -4,
        due: 3,
        waits: false,
        sleeps: 0,
        note: "直近3か月の件数を出した。山は25日から27日。",
    },
    Plan {
        index: 3,
        is_goal: false,
        what: "年末年始の休み明けに使い始める手順を1枚にして渡す",
        made: -6,
        due: 7,
        waits: false,
        sleeps: 4,
        note: "案を送った。確認は{who}の出張明けになる。",
    },
];

/// What was written on the steps of the play about a champion who left.
pub(in super::super) const FOLLOWED: [(&str, &str); 4] = [
    ("confirm", "本人から退職の連絡。後任は{who}と、部長に電話で確かめた。"),
    ("greet", "{who}へ挨拶のメール。翌日に返事をもらった。"),
    ("hand", "{who}に15分。導入の目的と、この1年で減った残業時間を伝えた。"),
    ("plan", "1か月は週に1回、15分ずつ話すことで合意。"),
];
/// Why its end was not waited for.
pub(in super::super) const ROOTED: &str = "1か月たっても使う人は減らず、後任の方が推進役になったので終える。";
/// How the card ended.
pub(in super::super) const FOLLOWED_END: &str =
    "後任の{who}に目的と成果を引き継ぎ、推進役を引き受けてもらった。引き継ぎの間に減った利用は、4週間で元に戻った。";
