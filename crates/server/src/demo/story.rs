//! What is planted in the demo company, so that tests and people can check that the product finds it.

#[cfg(test)]
use kizashi_domain::time::Day;

/// What happens to a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoryKind {
    /// The champion (推進役) left, and usage fell after.
    ChampionLeft,
    /// Logins fall since a price change.
    LoginsFalling,
    /// Usage dips in Golden Week, お盆 and 年末年始 and comes back. Must not fire.
    HolidayDip,
    /// Onboarding stands still at 環境設定.
    OnboardingStuck,
    /// As many active people as seats.
    SeatLimit,
    /// No ticket and no contact for five months, and a notice deadline in 40 days.
    SilentBeforeNotice,
    /// The feed of a source broke three business days ago. Belongs to no customer.
    #[cfg(test)]
    FeedBroken,
    /// A parent with one bad child among good ones.
    ParentOfBadChild,
    /// That child.
    BadChild,
    /// Healthy usage, but seats were cut at the last renewal.
    ShrinkingContract,
    /// A city hall.
    City,
    /// A client that does other companies' work.
    Bpo,
    /// A detractor's answer.
    Detractor,
    /// One feature (`report_export`) stopped on one day.
    FeatureStopped,
    /// A new customer that does fine. Must not fire.
    NewAndFine,
    /// A ticket asks about 解約.
    CancelWords,
}

/// One planted story.
#[cfg(test)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// External id of the customer; none for a broken feed.
    pub customer: Option<String>,
    /// The customer's name, or the source's.
    pub name: String,
    /// What happens.
    pub kind: StoryKind,
    /// The day on which it began.
    pub since: Day,
    /// What a CSM should see, in Japanese.
    pub ja: &'static str,
    /// The same in English.
    pub en: &'static str,
}

#[cfg(test)]
impl StoryKind {
    /// Whether the product should raise a card or an alert for it.
    pub const fn should_fire(self) -> bool {
        !matches!(self, Self::HolidayDip | Self::NewAndFine | Self::City | Self::Bpo)
    }

    /// What a CSM should see, in Japanese and in English.
    pub(super) const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::ChampionLeft => (
                "推進役が退職した。最終出社のあと4週間で利用が3分の1に落ち、後任が決まっていない。",
                "The champion left; within four weeks of the last day at work usage fell to a third, and there is no successor.",
            ),
            Self::LoginsFalling => (
                "価格改定後の更新からログイン率が下がり続けている。",
                "Since the renewal at the new price the login rate keeps falling.",
            ),
            Self::HolidayDip => (
                "ゴールデンウィーク・お盆・年末年始に利用が止まるが、毎回戻る。兆しではない。",
                "Usage stops in Golden Week, Obon and over the New Year and always comes back. No sign of trouble.",
            ),
            Self::OnboardingStuck => (
                "導入から6週間、環境設定で止まっている。管理者だけがFAQと設定画面を行き来している。",
                "Six weeks in, set-up stands still at 環境設定; only the admin wanders between FAQ and settings.",
            ),
            Self::SeatLimit => (
                "稼働ユーザーが席数の上限に達した。増席の提案どき。",
                "Active people have reached the seat limit: time to offer more seats.",
            ),
            Self::SilentBeforeNotice => (
                "5か月間、問い合わせも接点もない。通知期限まで40日。",
                "No inquiry and no contact for five months; the notice deadline is 40 days away.",
            ),
            Self::FeedBroken => (
                "問い合わせの連携（zendesk）が3営業日前から届いていない。顧客の変化ではない。",
                "The ticket feed (zendesk) has been silent for three business days. The customers have not changed.",
            ),
            Self::ParentOfBadChild => (
                "グループ全体は良好だが、子会社1社の利用が急落している。",
                "The group looks fine, but one subsidiary has collapsed.",
            ),
            Self::BadChild => (
                "グループの中でこの会社だけ利用が10分の1以下になり、連絡も途絶えている。",
                "Alone in its group, this company's usage fell below a tenth, and nobody has spoken with it.",
            ),
            Self::ShrinkingContract => (
                "利用は良好なのに、前回の更新で席数が50から28に減った。",
                "Usage is healthy, yet seats were cut from 50 to 28 at the last renewal.",
            ),
            Self::City => (
                "市役所。4月始まりの単年度契約、自動更新なし。",
                "A city hall: one-year contracts from April, no automatic renewal.",
            ),
            Self::Bpo => (
                "請求業務を受託するBPO会社。API連携と月末の処理が多い。",
                "A BPO firm that bills for others: many API calls and month-end peaks.",
            ),
            Self::Detractor => (
                "キーパーソンがNPSで2点。帳票レイアウト変更への不満。",
                "The key person answered 2 to the NPS survey, unhappy with the new form layout.",
            ),
            Self::FeatureStopped => (
                "毎日使っていた帳票出力（report_export）がある日を境に止まった。ほかの利用は変わらない。",
                "Daily report_export stopped on one day; everything else goes on.",
            ),
            Self::NewAndFine => ("導入2か月、順調に定着している。", "Two months in and settling well."),
            Self::CancelWords => (
                "「解約した場合のデータの取り扱い」についての問い合わせが来た。",
                "A ticket asks what happens to the data after a cancellation (解約).",
            ),
        }
    }
}
