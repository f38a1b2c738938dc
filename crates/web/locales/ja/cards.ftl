# カードと注意の枠

## 一覧とかんばん
cards-helping = 協力中
cards-nobody = 担当なし
cards-view = 見せ方
cards-as-list = 一覧
cards-as-board = かんばん
cards-picked = 選んだカードを…
board-empty = ありません
board-more = 残りを一覧で見る
card-new = カードを作る
card-new-keep = 作る
card-new-what-help = 次の一手を1行で書きます。担当者が開かなくても分かるように。

## カード
card-hands = 担当と期日
card-hand-over = 担当を変える
card-move = 期日を変える
card-helpers = 協力者
card-no-helpers = いません
card-helper-choose = 選んでください
card-join = 加える
card-part-one = { $name }を外す
card-owner-left = 担当なし（前任 { $name }）
card-late-answer = 返答期限を過ぎています
card-late-closing = 完了期限を過ぎています
card-limit-answer = 返答期限 { $at }
card-limit-closing = 完了期限 { $at }
card-due-come = 期限が来ています
card-due-come-tip = 期限の日が来ているため、枠に関わらず今日のページに出します
card-never-quiet = 静かにしません
card-never-quiet-tip = 重要な{ -customer }で、通知期限が近いため、枠に関わらず今日のページに出します
card-is-over = 閉じてよさそうです。きっかけは{ $n }日続けて収まっています。
card-feed-back = データがまた届いています。確かめたら閉じてください。
card-close-over = 自然回復で閉じる
card-by-hand = 手で作ったカードです。
card-rule-gone = いまは無い規則（{ $rule }）
card-note-hint = ひとこと（@名前 で呼べます）
card-false-why = 誤検知の理由
card-false-unsaid = 選ばない
false-known = すでに知っていた
false-wrong-data = データの誤り
false-too-sensitive = しきい値が敏感
false-season = 季節や休みのため
false-other = そのほか
fact-contact = 関係者を見る
fact-answer = 回答を見る
fact-ticket = 問い合わせを見る
fact-contract = 契約を見る
fact-history = 記録を見る
step-made = 作りました
step-assigned = 担当を変えました
step-handed = 引き継ぎで担当が変わりました
step-moved = 期日を変えました
step-undone = 元に戻しました
step-joined = 協力者を加えました
step-parted = 協力者を外しました
step-recovered = 自然に回復したので閉じました
step-explained = 誤検知の理由を記しました
step-late-answer = 返答期限を過ぎ、マネージャーに知らせました
step-late-closing = 完了期限を過ぎ、マネージャーに知らせました
mention-card = { $name }のカード

## まとめて
many-title = { $n }件のカードをまとめて変える
many-closed = 選んだうち{ $n }件はすでに完了しているので、変わりません。
many-until = いつまで
many-do = { $what }（{ $n }件）
many-more = ほか{ $n }件

## 静かにしたもの
quiet-title = 静かにしたもの
quiet-help = 今日のページには{ $shown }件が出ています（1日の枠は{ $capacity }件）。期限が来ているものと、通知期限が3営業日以内のものは、担当者の今日のページに枠を越えて出ます。ここにあるのは、今日は出さなかったものと、その理由です。
quiet-capacity = 1日に受け持つカード
quiet-cards = カード
quiet-why = 理由
quiet-none = 静かにしたカードはありません。
quiet-until = { $day }まで後でにしました
quiet-with-customer = { -customer }の返事を待っています
quiet-place = 今日の枠の外です（急ぐ順で{ $place }番目）
quiet-all = すべてを理由とともに見る
quiet-merged = 同じ件にまとめた兆し
quiet-merged-help = 同じ{ -customer }の兆しは、1枚のカードにまとめています。
quiet-cooling = 一度知らせたので休止中の兆し
quiet-cooling-help = 同じ規則で少し前に知らせたため、新しいカードにしませんでした。
quiet-cooling-one = { $fired }に知らせた後、{ $last }にも見られました
today-nobodys-title = 担当のいないカード
today-nobodys-help = だれの今日にも出ていません。担当を決めてください。
today-nobodys-all = 担当のいないカードをすべて見る
today-nobodys = 担当なし { $n }

## 兆しの確かさ
precision-title = 兆しの確かさ
precision-help = { $since }以降のカードの結果から、兆しごとに本当だった割合を数えています。人が閉じたカードが{ $n }件に満たない兆しは「まだ言えません」。誰も見ないうちに自然に収まったものは割合に入れません。
precision-noisy = 見直したい兆し
precision-of = 本当だったのは{ $share }（{ $judged }件中{ $real }件）
precision-limit = しきい値を { $from } から { $to } に変える案
precision-dwell = 続く日数を { $from }日から { $to }日に延ばす案
precision-effect = 誤検知{ $false }件のうち{ $dropped }件が出なくなり、本当だった{ $real }件のうち{ $lost }件を逃します。
precision-no-proposal = しきい値を変えても、誤検知だけを減らすことはできません。対象を絞ることを考えてください。
precision-change = 規則を開く
precision-signal = 兆し
precision-share = 本当
precision-range = 幅（95%）
precision-count = { $judged }件中{ $real }件
precision-judged = { $n }件
precision-unknown = まだ言えません
precision-opened = カード
precision-unseen = 見る前に回復

## 設定
settings-cards-text = 重要な{ -customer }の線、返答期限と完了期限、自然回復とみなす日数。
settings-open-cards = カードの決まりを開く
settings-card-quiet = 静かにしない{ -customer }と自然回復
settings-card-key = 重要な{ -customer }（月額がこれ以上）
settings-card-key-help = 空けておくと、月額の上位10%です。
settings-card-yen = 円
settings-card-lead = 静かにしない期間
settings-card-lead-help = 通知期限のこの日数前から、重要な{ -customer }のカードは枠に関わらず今日のページに出ます。
settings-card-healthy = 自然回復とみなす日数
settings-card-healthy-help = きっかけがこの日数続けて収まると、誰も触れていないカードは閉じ、触れたカードは閉じることを提案します。0なら何もしません。
settings-card-limits = 返答期限と完了期限
settings-card-limits-help = 営業時間で数えます。過ぎるとカードに示し、マネージャーに一度だけ知らせます。優先度は0〜1000で、当てはまる行のうち最も高いものを使います。
settings-card-no-limit = （なし）
settings-card-rank = 優先度がこれ以上
settings-card-answer = 最初の返答まで（時間）
settings-card-close = 完了まで（時間）

## 知らせ
said-cards-changed = カードを変えました
said-cards-back = 元に戻しました
said-cards-back-partly = 元に戻しました。その後に変わったカードは、そのままです
said-card-added = カードを作りました
said-card-joined = 協力者を加えました
said-card-parted = 協力者を外しました
said-card-explained = 理由を記しました
said-daily-cards = 1日に受け持つカードの数を変えました
reason-due-day = 今日から2年以内の日を選んでください
reason-daily-cards = 1〜50の数です
reason-snooze-deadline = 重要なお客さまの通知期限を越えて後でにはできません
cards-search = 内容・顧客名で絞り込む
cards-of-all = 全員
cards-of-me = 自分
cards-looked-at = カードが多いため、内容は並び順で先の{ $n }件から探しました。顧客名はすべての顧客から探しています。
cards-none-found = 当てはまるカードはありません。
cards-all-again = 検索をやめる
later-day = 日付を選ぶ
later-until-day = この日まで後にする
many-day = 日付（入れると、上の選択より優先します）
card-stumbles = 今日でつまずき{ $n }日目
reason-snooze-past = 今日より後の日を選んでください
reason-snooze-too-far = 後にできるのは、1年先までです
