# Cards and the attention budget

## List and board
cards-helping = Helping
cards-nobody = Nobody's
cards-view = View
cards-as-list = List
cards-as-board = Board
cards-picked = With those picked…
board-empty = None
board-more = See the others as a list
card-new = New card
card-new-keep = Make the card
card-new-what-help = The next step on one line, clear without opening the card.

## A card
card-hands = Owner and due day
card-hand-over = Change owner
card-move = Change due day
card-helpers = Helping
card-no-helpers = nobody
card-helper-choose = Choose
card-join = Add
card-part-one = Take { $name } off
card-owner-left = nobody (was { $name })
card-late-answer = answer overdue
card-late-closing = closing overdue
card-limit-answer = answer by { $at }
card-limit-closing = close by { $at }
card-due-come = due
card-due-come-tip = Its day has come: shown on the morning page whatever the day holds
card-never-quiet = never kept quiet
card-never-quiet-tip = A key account close to its notice deadline: shown on the morning page whatever the day holds
card-is-over = This looks ready to be closed: what set it off has been over for { $n ->
    [one] one day
   *[other] { $n } days
  } in a row.
card-left = left on { $day }
card-leaves = leaves on { $day }
card-left-over = This customer has left. Close the card when nothing is left to do.
came-left = They left
card-close-left = Close as unsolved
card-feed-back = Data comes in again. Close this when you have seen that it is whole.
card-close-over = Close as recovered
card-by-hand = Made by hand.
card-rule-gone = a rule that is no longer there ({ $rule })
card-note-hint = A word (@name calls a colleague)
card-false-why = Why it was a false alarm
card-false-unsaid = Not said
false-known = Known already
false-wrong-data = Wrong data
false-too-sensitive = Limit too sensitive
false-season = Season or holidays
false-other = Something else
fact-contact = See the people
fact-answer = See the answer
fact-ticket = See the ticket
fact-contract = See the contract
fact-history = See the record
step-made = made
step-added = more to do was added
step-assigned = owner changed
step-handed = handed over
step-moved = due day changed
step-undone = taken back
step-joined = a helper came
step-parted = a helper went
step-recovered = recovered by itself and closed
step-left = Closed, since the customer has left
step-explained = the reason of the false alarm was written down
step-late-answer = answer overdue; a manager was told
step-late-closing = closing overdue; a manager was told
mention-card = Card of { $name }

## Many at once
many-title = { $n ->
    [one] Change one card
   *[other] Change { $n } cards at once
  }
many-closed = { $n ->
    [one] One of them is finished already and stays as it is.
   *[other] { $n } of them are finished already and stay as they are.
  }
many-until = Until when
many-do = { $what } ({ $n })
many-more = and { $n } more

## What was kept quiet
quiet-title = Kept quiet
quiet-help = The morning page shows { $shown } (your day holds { $capacity }; what is due, and a notice deadline within 3 business days, is shown beyond that to whoever owns it). Here is what it left out today, each with its reason.
quiet-help-team = Cards of the team that your morning page left out, each with its reason (it shows { $shown }). The { $unseen } that nobody sees today come first, then those that their owners see today.
quiet-with-owner = On the morning page of its owner
quiet-beyond-owner = Beyond the day of its owner, too
quiet-capacity = Cards a day
quiet-cards = Cards
quiet-why = Why
quiet-none = No card was kept quiet.
quiet-until = put off until { $day }
quiet-with-customer = waiting for the { -customer }
quiet-place = beyond what the day holds (number { $place } in order of urgency)
quiet-all = See all with their reasons
quiet-merged = Signs that became one card
quiet-merged-help = Signs of one { -customer } are one card.
quiet-cooling = Signs that pause because they were told already
quiet-lasting = Signs that go on after their card was closed
quiet-lasting-help = Closed as solved or unsolved within half a year, not over, and with no card open. A sign is not told again before it is over. Where something is left to do, reopen the card.
quiet-lasting-one = Going on since { $fired }. Closed on { $closed } as “{ $outcome }”.
quiet-lasting-open = See the card
quiet-cooling-help = The same rule spoke a short while ago, so that no new card was made.
quiet-cooling-one = spoke on { $fired }, seen again on { $last }
today-nobodys-title = Cards of nobody
today-nobodys-help = They are on nobody's morning page. Give them to somebody.
today-nobodys-all = See all cards of nobody
today-nobodys = Nobody's { $n }

came-talked = Talked, and understood why
came-use-back = Use is back
came-next = Agreed on what comes next
came-proposed = Made a proposal
came-ordered = They ordered
came-renewed = The renewal is settled
came-met = Met
came-reached = Reached
came-done = Done as planned
came-mended = Mended the connection
came-asked = Whoever sends the data mended it
came-no-way = It stays as it is
came-no-answer = No answer
came-leaves = They will leave
came-postponed = Put off to a better time
came-declined = They declined
came-settled = It settled while we watched
came-by-themselves = They solved it themselves
came-flows = Data come in again
came-over = Its causes have been over for { $n } days
close-or-type = Choose, or write a word
close-demands = Choose one or write a word. Of a false alarm the reason is enough.
close-false-because = Close as a false alarm because

## Signal precision
precision-title = Signal precision
precision-help = Counted from how cards ended since { $since }: the share that was real, signal by signal. With fewer than { $n } cards closed by a person, nothing is said. What recovered before anybody looked counts neither way.
precision-noisy = Signals worth another look
precision-of = { $share } were real ({ $real } of { $judged })
precision-limit = Proposed: the limit from { $from } to { $to }
precision-dwell = Proposed: it must last { $to } days instead of { $from }
precision-cooldown = Proposed: quiet for { $to } days after a firing instead of { $from }
precision-segments = Proposed: no longer for the segment “{ $without }”
precision-age = Proposed: only for customers of { $to } days and more
precision-effect = Of { $false } false alarms { $dropped } would not have come; of { $real } real ones { $lost } would have been missed.
precision-alike = No other limit, dwell, cooldown or audience would take away false alarms alone: real ones would be missed too.
precision-few = With fewer than { $n } false alarms no change can be proposed yet.
precision-mend-data = More than half of the reasons say “wrong data”. Mend the data rather than the rule.
precision-mend-calendar = More than half of the reasons speak of seasons or holidays. Enter them in the calendar before you change the rule.
precision-open-data = See the data
precision-open-calendar = Open the calendar
precision-take = Open the rule with this change
precision-reasons = Why they were false
precision-reason = { $reason }: { $n }
proposed-title = Proposed from its precision.
proposed-comment = From its precision: { $change }. { $effect }
proposed-until-saved = The proposed values are filled in below and can be changed. Nothing changes before you save.
proposed-lost = { $n } real firings that would have been missed
proposed-dropped = { $n } false alarms that would not have come
proposed-card = Card
precision-change = Open the rule
precision-signal = Signal
precision-share = Real
precision-range = Range (95 %)
precision-count = { $real } of { $judged }
precision-judged = { $n } so far
precision-unknown = Cannot say yet
precision-opened = Cards
precision-unseen = Recovered unseen

## Settings
settings-cards-text = Which { -customers } are key accounts, when a card is to be answered and closed, and when a card is over.
settings-open-cards = Open the rules of cards
settings-card-quiet = Never kept quiet, and recovery
settings-card-key = Key accounts (MRR from)
settings-card-key-help = Left empty: the tenth of all with the most MRR.
settings-card-yen = yen
settings-card-lead = Never quiet for
settings-card-lead-help = So many days before the notice deadline, cards of key accounts are on the morning page whatever the day holds.
settings-card-healthy = Recovered after
settings-card-healthy-help = When what set a card off has been over for so many days in a row, a card that nobody touched closes; one that somebody touched is proposed for closing. 0 = never.
settings-card-limits = Answer by and close by
settings-card-limits-help = In hours of work. Past them the card says so, and all managers are told once. Priority is 0 to 1000; the highest line that fits holds.
settings-card-letters = Letters of plays
settings-card-letters-in = Language of letters to customers
letter-language-ja = Japanese
letter-language-en = English
settings-card-letters-help = Which of the two texts of a step is sent. A step that is written in one language only sends that.
settings-card-no-limit = (none)
settings-card-rank = Priority from
settings-card-answer = First answer within (hours)
settings-card-close = Closed within (hours)

## Told
said-cards-changed = Cards changed
said-many-taken = { $n ->
    [one] One card is yours now
   *[other] { $n } cards are yours now
}
said-many-released = { $n ->
    [one] One card is new again
   *[other] { $n } cards are new again
}
said-many-waiting = { $n ->
    [one] One card waits for the customer
   *[other] { $n } cards wait for the customer
}
said-many-snoozed = { $n ->
    [one] One card put off
   *[other] { $n } cards put off
}
said-many-assigned = { $n ->
    [one] One card has another owner
   *[other] { $n } cards have another owner
}
said-many-moved = { $n ->
    [one] One card has another due day
   *[other] { $n } cards have another due day
}
said-many-closed = { $n ->
    [one] One card closed
   *[other] { $n } cards closed
}
many-take-help = They become yours and are worked on.
many-wait-help = For when the next move is the customer’s. Owners stay.
cards-picked-n = Picked
said-card-merged = A card of this kind is open for this customer already. No second one was made: what you wrote stands in its history
card-priority = Priority
card-priority-high = High
card-priority-middle = Middling
card-priority-low = Low
card-new-kind-help = What no signal looks at can be kept as a risk or an opportunity too. Where a card of the kind is open, it joins that one.
said-cards-back = Taken back
said-cards-back-partly = Taken back; cards that were changed since stay as they are
said-card-added = Card made
said-card-joined = Helper added
said-card-parted = Helper taken off
said-card-explained = Reason written down
said-daily-cards = Your cards a day were changed
reason-due-day = Choose a day within two years from today
reason-daily-cards = A number from 1 to 50
reason-snooze-deadline = A key account cannot be put off past its notice deadline
cards-search = Search tasks and customers
cards-of-all = Everybody
cards-of-me = Me
cards-looked-at = There are many cards: texts were looked for in the first { $n } of the list, names among all customers.
cards-none-found = No card matches.
cards-all-again = Stop searching
later-day = Choose a date
later-until-day = Until this day
many-day = Date (goes before the choice above)
card-stumbles = late by { $n } { $n ->
    [one] day
   *[other] days
} today
reason-snooze-past = choose a day after today
reason-snooze-too-far = a card can be put off for a year at most

## When somebody was first, and when a day moved
meanwhile-taken = { $who } began to work on it { $when }.
meanwhile-waiting = { $who } works on it and waits for the { -customer }.
meanwhile-owner = It is with { $who } now.
meanwhile-closed = { $who } closed it { $when } ({ $outcome }).
meanwhile-closed-itself = It was closed by itself { $when } ({ $outcome }).
ago-now = just now
ago-minutes = { $n ->
    [one] a minute ago
   *[other] { $n } minutes ago
}
ago-at = on { $day } at { $clock }
card-take-over = Take it over
card-typed-kept = What you typed is kept here.
card-helper-left = { $name } (has left)
said-overtaken = Somebody else was first.
said-cards-not-back = It changed since, so it was left as it is
said-cards-back-before = It was taken back before
said-card-note-unclear = Kept, but a name behind an @ was not clear, and somebody was not told. Call them once more by full name or mail address.
said-card-note-left = Kept. Whoever you meant by @ has left, so they were not told.
beside-day = { " " }That day is no business day: it is { $day } now.
beside-past = { " " }The day lies after the notice deadline.
beside-past-n = { " " }For { $n } of them the day lies after the notice deadline.
beside-held = { " " }Left as they were: { $names }. They are key accounts, and the day lies after their notice deadline.
beside-held-more = { " " }Left as they were: { $names } and { $n } more. They are key accounts, and the day lies after their notice deadline.
reason-due-deadline = Not later than the notice deadline of a key account
reason-may-not-work = The role of this person does not work with cards
reason-owner-unsaid = Choose to whom they go
reason-is-so-already = It is so already
key-wait = wait for the { -customer }
key-pick = pick a row, or let it go
key-many = change the picked cards
key-back = close what is open, leave the row
sentence-end = .
reason-changed-since = It changed since, so it was left as it is. See the card's page
reason-has-successor = A newer card of the same kind is open, so this one stays closed
