# Playbooks

nav-plays = Playbooks
key-go-plays = Go to playbooks
hook-told-play-step = A step of a playbook tells it
runs-title = Playbooks under way
runs-edit = Edit the playbooks
runs-none-button = Choose a { -customer } to begin one
runs-all-button = See those under way
run-tab-open = Under way
run-tab-late = Past due
run-tab-paused = Paused
run-tab-ended = Ended
run-play = Playbook
run-mine = Mine only
run-progress = { $done } of { $of } steps done
run-due = due { $day }
runs-none = No playbook is under way. One begins when a card opens, or with “Begin” on a customer's page.
runs-none-such = Nothing here.
runs-none-here = No playbook is under way.
runs-over = Ended ({ $n })
run-choose = Choose one
run-start = Begin
run-look = Open
run-steps = Steps
run-card = The card that began it
run-began-card = Begun by a card on { $day }.
run-began-stage = Begun by a new stage on { $day }.
run-began-date = Began on { $day }: its date had come.
run-began-hand = Begun by { $who } on { $day }.
run-paused = Paused
run-resume = Resume
run-reopen = Take the ending back
run-newer = There is a newer version of this playbook. What is done stays done.
run-move = Move to the newer version
runs-behind = { $n ->
    [one] One customer follows an older version of this playbook. What is done stays done.
   *[other] { $n } customers follow an older version of this playbook. What is done stays done.
  }
runs-move = { $n ->
    [one] Move it to the newer version
   *[other] Move { $n } to the newer version
  }
run-end-finished = Finished
run-end-declined = Ended: not approved
run-end-timed-out = Ended: what was waited for did not come
run-end-customer-left = Ended: the customer left
run-end-card-closed = Ended with its card
run-end-stopped = Ended by hand
run-standing-later = Later
run-standing-open = Now
run-standing-done = Done
run-standing-skipped = Left out
run-standing-timed-out = Went on without
run-standing-bypassed = Not needed
run-standing-declined = Not approved
run-by-itself = by itself
run-expected = expected { $day }
anchor-since = the day they came
anchor-contract-start = the start of the contract
anchor-notice-deadline = the notice deadline
anchor-contract-end = the end of the contract
anchor-month-closing = the closing day of the month
anchor-quarter-end = the end of the quarter
anchor-year-end = the end of the fiscal year
run-before = { $n ->
    [0] on { $date }
    [one] one business day before { $date }
   *[other] { $n } business days before { $date }
}
run-before-late = { $n ->
    [0] due at once: { $date } ({ $day }) was over when it could begin
    [one] due at once: one business day before { $date } ({ $day }) was over when it could begin
   *[other] due at once: { $n } business days before { $date } ({ $day }) was over when it could begin
}
run-before-moved = { $n ->
    [0] moved by hand: { $date } is { $day }
    [one] moved by hand: one business day before { $date } is { $day }
   *[other] moved by hand: { $n } business days before { $date } is { $day }
}
run-before-unknown = counted from when it could begin, since { $date } is not known
run-before-unknown-wait = Nobody knows { $date }: it waits as long as the whole is to last
run-waits-until = Waits until { $day }.
run-begins-if-missed = Begins when { $steps } is not reached in time.
run-escalated = Managers were told
run-waits-for = Begins after { $steps }.
run-waits-days = { $n ->
    [one] Waits for one business day from { $day }.
   *[other] Waits for { $n } business days from { $day }.
}
run-until = Waits until { $condition }.
run-asks = Asks whether { $condition }.
run-evidence = Reached by itself at { $condition }.
run-chose-yes = { $seen }: the condition held.
run-chose-no = { $seen }: the condition did not hold.
run-chose-yes-blind = The condition held.
run-chose-no-blind = It could not be measured, so it went the way of a condition that does not hold.
run-bypassed = The playbook went another way, or ended before.
run-letter-to = To { $to }
run-letter-nobody = Nobody with this role has an address. Give one of the customer's people the role to send it.
run-letter-subject = Subject
run-letter-body = Text
run-letter-help = You can change the words before they go. The playbook keeps its own.
run-letter-reworded = Sent with changed words
run-letter-gone = See what was sent
run-letter-left-over = This is what you typed. It has not been sent.
run-approve = Approve
run-decline = Do not approve
run-not-wait = Go on without waiting
run-reached = Reached
run-skip = Leave out
run-send = Send
run-confirm = Do it
run-done = Done
run-done-otherwise = I did it myself
run-why = Reason
run-shift-step = Due and owner
run-shift-step-do = Change
run-add-step = Add a step
run-add-step-help = For what the play does not know. It is added to this run alone.
run-step-title = What is to be done
run-step-due = Due
run-own-step = added
run-changes = Change days or owner, pause
run-shift = Move
run-shift-days = Move due days (business days)
run-shift-owner = Owner
run-shift-same = As it is
run-pause = Pause
run-stop = End
tasks-title = Due by today
tasks-sum = { $n ->
    [one] 1 task
   *[other] { $n } tasks
}
tasks-sum-late = { $n ->
    [one] 1 task
   *[other] { $n } tasks
} ({ $late ->
    [one] 1 past its day
   *[other] { $late } past their days
})
tasks-all = See all playbooks that are yours
card-runs = How the playbook goes
said-task-done = Done.
said-task-confirmed = Done by the product.
said-task-skipped = Left out.
said-task-declined = Not approved.
said-task-undone = Taken back.
said-run-started = The playbook has begun.
said-run-paused = Paused. When it goes on, due days move by the business days in between.
said-run-resumed = Resumed.
said-run-stopped = Ended.
said-run-reopened = It goes on where it was.
said-run-moved = Moved to the newer version.
said-runs-moved = What is under way moved to the newer version.
said-step-added = The step was added.
said-step-shifted = The step has another day or owner.
said-run-shifted = The open steps were moved.
said-tasks-follow = { $n ->
    [one] Move the playbook's task too
   *[other] Move { $n } tasks of playbooks too
}
said-tasks-moved = The tasks of playbooks were moved too.
said-move-undone = The card and its tasks are back as they were.
said-move-undone-partly = The card and its tasks are back as they were, but for what changed since.
said-shift-undone = The steps are back where they were.
said-shift-undone-partly = The steps are back where they were, but for those that changed since.
reason-play-under-way = It is under way for this customer already.
reason-play-not-meant = This playbook is not for this customer.
reason-play-left = The customer has left.
reason-play-paused = The customer pauses.
reason-play-once = This playbook is gone through once only, and this customer did.
reason-play-again-later = It is too soon after the last time.
reason-play-nobody-to-write-to = Nobody with this role has an address.
reason-letter-without-subject = Enter a subject.
reason-letter-subject-too-long = A subject has at most 200 characters.
reason-letter-without-body = Enter a text. An empty letter cannot be sent.
reason-letter-body-too-long = A text has at most 20,000 characters.
reason-letter-to-another = Somebody else has this role by now. Check whom it goes to and what it says, then send it again.
reason-play-stands-still = It is paused. Resume it before answering.
reason-play-gone-out = It has gone out or was written already and cannot be taken back.
reason-play-gone-on = A later step is done, so this one cannot be taken back.
reason-play-answered = This step was answered already.
play-kind-task = Task
play-kind-mail = Mail
play-kind-wait = Wait
play-kind-branch = Branch
play-kind-field = Field
play-kind-webhook = Tell others
play-kind-approval = Approval
play-kind-milestone = Milestone
play-mode-manual = By hand
play-mode-semi = Confirmed
play-mode-auto = Automatic
onboarding-title = Onboarding
onboarding-none = No playbook has milestones. Add some in the settings of a playbook, and how they go shows here.
onboarding-none-button = Open the settings of playbooks
onboarding-no-runs = None has begun yet, so there is nothing to tell by month. One that is set to begin with a stage begins by itself; any other with “Begin” on the page of a { -customer }.
onboarding-no-runs-button = See { -customers } in the onboarding stage
onboarding-by-month = By month of beginning
onboarding-month = Month
onboarding-started = Begun
onboarding-completed = Completed
onboarding-rate = Completion rate
onboarding-ended = Ended otherwise
onboarding-time = Time to complete
onboarding-value = Time to first value
onboarding-days = { $n } d
onboarding-definition = Completion rate = of the customers that began in the month, those that went through all steps (those under way count below the line). Days are the middle value.
onboarding-value-definition = Time to first value = from the beginning to the milestone “{ $milestone }”.
onboarding-milestones = By milestone
onboarding-expected = Expected (business days)
onboarding-actual = Actual (business days)
onboarding-reached = Reached
onboarding-late = Past the expected day
onboarding-milestones-definition = Expected and actual are business days from the beginning; actual is the middle value of those that reached it.
onboarding-under-way = Going through it now
onboarding-nobody-under-way = No { -customer } is going through it now.
onboarding-customer = Customer
onboarding-owner = Owner
onboarding-since = Since
onboarding-milestones-reached = Milestones
onboarding-n-of = { $n } / { $of }
onboarding-next = Next milestone
onboarding-next-on = Expected
onboarding-behind-by = Late by
onboarding-late-by = { $n } { $n ->
    [one] business day
   *[other] business days
  }
onboarding-all-reached = All milestones reached
onboarding-under-way-definition = The latest come first. Late counts business days since the expected day of the next milestone; what stands still is not late.
onboarding-all-runs = See all of them
onboarding-stands = Where it stands
onboarding-ended-on = Ended
onboarding-behind = What is behind the figure
onboarding-behind-started = Begun in { $month }
onboarding-behind-completed = Begun in { $month } and completed
onboarding-behind-ended = Begun in { $month } and ended otherwise
onboarding-behind-reached = Reached “{ $milestone }”
onboarding-behind-late = Past the expected day of “{ $milestone }”
onboarding-behind-close = Close this list

# Editor
book-plays = Playbook settings
book-plays-text = Standard answers to signals and milestones. With steps, dates and people agreed, the work goes the same way whoever does it. Changes are drafted, rehearsed and then published.
book-plays-count = { $n ->
    [one] There is one play. Its steps, dates and people can be edited.
   *[other] There are { $n } plays. Their steps, dates and people can be edited.
}
book-open-plays = Open the playbooks
book-own = Plays that begin by themselves
book-library = Countermeasures
book-library-text = Plays that a person chooses and begins, on a { -customer }'s page.
book-none = None yet.
book-new = New play
book-new-text = Start from nothing, or from a copy of a play. A draft affects nobody until it is published.
book-title-help = A name that says at a glance what is done.
book-copy = Copy of
book-copy-help = A copy has everything but what begins it.
book-blank = From nothing
book-begin = Make a draft
book-templates = Templates
book-templates-text = Plays of this pack. Copy one and fit it to how you work.
book-use = Make a copy
book-more-steps = { $n } more
book-proposals = What could become a play
book-proposals-text = Work of the last half year that closed cards of the same signal in the same order at least { $n } times. The more frequent, clear and well recorded it is, the more a play is worth.
book-proposals-none = Nothing was done in the same order { $n } times yet. Note activities and what came of a card when you close it, and proposals will appear here.
book-repeated = { $n } of { $of } cards of this signal were closed in this order (median { $days } business days).
book-same-way = Same way
book-complete = Well recorded
book-solved = Solved
book-advice-ready = Ready to become a play. It begins as steps that people do.
book-advice-agree = The work goes several ways. Agree on a good one first.
book-advice-complete = Few cards say what came of them. Note it when closing, so that the team can tell whether the way is good.
book-has-play = This signal has a play already:
book-has-play-why = If people go another way than it says, it is time to look at it again.
book-make = Make it a play
book-make-another = Draft it as another play
book-make-of-card = Make this a play
book-make-of-card-text = An answer that worked can become steps for the whole team.
book-draft = draft
book-published = This is what is published.
book-drafted = There is a draft ({ $who }, { $day } { $clock }). Until it is published, the play stays as it is.
book-drafted-new = A draft that is not published yet ({ $who }, { $day } { $clock }).
book-may-not = You can read this page. CSMs, managers and administrators can write it.
book-stale = Somebody else changed this draft while you were reading it
book-stale-text = What you entered is kept below. Saving again replaces theirs.
book-rehearse = Rehearse
book-drop = Throw the draft away
book-before-publishing = Before publishing:
book-in-step = Step { $n }: { $text }
book-can-be-rehearsed = Nothing is wrong with it. Rehearse it to see what it would do, and publish.
book-what = When and why
book-what-help = One sentence; it is shown on cards and { -customers }' pages.
book-play-due = Due
book-play-due-help = From the beginning until all is done
book-steps = Steps
book-no-steps = No steps yet. Without any, the play is one task with the name above.
book-add = Add a step
book-add-below = Add below
book-up = Up
book-down = Down
book-remove-step = Take out
book-fit = Show its fields
book-untitled = Step without a name
book-save = Save the draft
book-save-help = Nothing happens until it is published. Unfinished drafts can be saved.
book-flow = Flow
book-start = Start
book-way-yes = Yes
book-way-no = No
book-way-missed = if late
book-begins = What begins it
book-begins-help = A card of a ticked signal begins this play. One signal begins one play. A stage or a date can begin it too.
book-begins-stage = Entering the stage { $stage }
book-begins-on = On { $date }
book-begins-every = every { $n } months from { $date }
book-begins-before = { $n ->
    [one] 1 business day
   *[other] { $n } business days
} before { $date }
book-begins-after = { $n ->
    [one] 1 business day
   *[other] { $n } business days
} after { $date }
book-begins-signal = Signal: { $signal }
book-begins-signals = { $n } signals
book-begins-hand = A person begins it
book-instead-of = begins “{ $play }” now
book-start-by = Begins by itself
book-start-none = With cards of the signals only (or by hand)
book-start-stage = On entering a stage
book-start-date = When a date comes
book-start-date-label = Counted from
book-start-days = Moved by
book-start-days-help = 0: on the day (or the next business day)
book-start-side = Before or after
book-start-side-after = after (or on the day)
book-start-side-before = before
book-start-every = Again every
book-start-every-help = With 3, every three months. Blank: once
book-months = months
book-stage = Begins on entering the stage
book-stage-help = On the day on which a { -customer } enters it.
book-no-stage = Choose one
book-reentry = The same { -customer } again
book-reentry-each-time = Each time
book-reentry-after-days = After some days
book-reentry-never = Once only
book-reentry-days = Days between
book-reentry-days-help = For “After some days”
book-with-paused = Also for { -customers } that have left or pause
book-kind-label = Kind of step
book-kind-task = Task
book-kind-mail = Mail
book-kind-wait = Wait
book-kind-branch = Branch
book-kind-field = Field update
book-kind-webhook = Webhook
book-kind-approval = Approval
book-kind-milestone = Milestone
book-kind-help-task = A person does it; it is in their work of the day.
book-kind-help-mail = A mail to a person of the { -customer }, drafted and sent once looked at.
book-kind-help-wait = Nothing follows until days have passed or a condition holds.
book-kind-help-branch = Looks at a value and goes one of two ways. The steps of the other are left out.
book-kind-help-field = Writes a field of the { -customer }.
book-kind-help-webhook = Tells connected systems (occurrence play.step).
book-kind-help-approval = A manager, for one, says yes or no. No ends the run.
book-kind-help-milestone = Something to be reached, seen by an event or noted by a person.
book-how = How
book-how-help = A hint, so that nobody is lost. May be blank.
book-due = Due
book-due-help = From when it can begin. Blank: with the play.
book-due-from = Due counts
book-due-from-opening = from when it can begin
book-due-from-notice-deadline = back from the notice deadline
book-due-from-contract-end = back from the end of the contract
book-due-from-month-closing = back from the closing day of the month
book-due-from-quarter-end = back from the end of the quarter
book-due-from-year-end = back from the end of the fiscal year
book-due-back = Business days before
book-due-back-help = With 30, it is due 30 business days before that date. When the date of the contract moves, the due day moves with it.
book-due-otherwise = For a { -customer } without such a date: so long after it can begin. Blank: with the play.
book-due-example = Begun today, this is due on { $day } (business days).
book-with-play = with the play
book-in-days = { $n ->
    [one] 1 business day
   *[other] { $n } business days
}
book-who = Who
book-who-owner = The { -customer }'s owner
book-who-manager = A manager
book-who-admin = An administrator
book-escalate = Tell when late
book-escalate-help = So many business days after it was due, managers are told. Blank: never.
book-mode = How it is done
book-mode-manual = By hand
book-mode-semi = Half automatic
book-mode-auto = Automatic
book-mode-help = By hand: a person does it. Half automatic: it is made ready, a person looks and confirms. Automatic: it is done. First agree on a standard, then try it half automatically, then automate.
book-too-soon = Automate once it has gone well by hand { $of } times (so far { $n }). Automating what nobody has tried spreads its mistakes as well.
book-looked = I have looked at the step and its text: make it automatic
book-after = When it begins
book-after-above = After the step above
book-after-at-once = At once
book-after-chosen = When the chosen steps are done
book-bound = { $of } { $limit } { $side }
book-question = What decides
book-until = The condition to wait for
book-evidence = What shows that it is reached
book-by-person = A person notes it
book-card = The card that it is made of
book-card-help = Notes are about one { -customer } and may name people, so none of them is in the playbook. Copy what is of use, without names. This part is not saved.
book-wait = How it waits
book-wait-days = Until days have passed
book-wait-before = until some business days before a date
book-wait-date = Before which date
book-wait-back-help = With 30, it waits until 30 business days before that date; where nobody knows the date, as long as the whole is to last.
book-wait-before-gist = waits until { $day }
book-wait-until = Until a condition holds
book-wait-for = Days to wait
book-wait-days-help = Counted in business days
book-wait-days-gist = { $n ->
    [one] Wait one business day
   *[other] Wait { $n } business days
}
book-wait-until-gist = Until { $bound } (at most { $n } business days)
book-timeout = At most
book-timeout-help = If it does not hold by then, see the next field
book-timeout-go-on = Go on
book-timeout-end = End there
book-on-timeout = If it does not hold
book-yes = If yes
book-no = If no
book-no-help = Also when nothing is measured
book-nothing = Nothing
book-expected = Expected
book-expected-help = From the beginning of the play
book-missed = Begins when it is missed
book-missed-help = The day after it was expected. When it is reached after all, what is not done of it goes again.
book-expected-gist = { $n ->
    [one] Within one business day of the beginning
   *[other] Within { $n } business days of the beginning
}
book-field = Field
book-field-stage = Stage
book-field-segment = Segment
book-field-region = Region
book-value = Value to write
book-value-help = Such as Enterprise, or East
book-value-choose = Choose
book-webhook-text = What is told
book-webhook-help = The ids of the play, the step and the { -customer } always go along.
book-to = To
book-purpose = Purpose
book-purpose-help = When one person would get several, the upper one goes first.
book-purpose-renewal = Renewal
book-purpose-incident = Incident
book-purpose-survey = Survey
book-purpose-tips = Tips
book-subject = Subject
book-body = Text
book-fields-help = Filled in: {"{customer}"} the { -customer }, {"{person}"} the person, {"{owner}"} the owner, {"{score}"} the score, {"{date}"} the date
book-sent-in = Customers get the one in { $language }.
book-preview = As { $customer } would get it
book-no-person = This { -customer } has no person with this role.
book-record = So far
book-runs = Begun
book-open-runs = Under way
book-finished = To the end
book-median = Took (median)
book-look-again = Worth another look
book-by-step = By step
book-step = Step
book-wrong-step = Step { $n }, “{ $title }”:
book-done = Done
book-skipped = Left out
book-late = Late
book-took = Median
book-hint-seldom-finished = Fewer than half went to the end. See whether there are steps to spare.
book-hint-slower = The median is longer than the play allows. Look at its date or its steps.
book-hint-stalls = Runs stand at “{ $step }”.
book-hint-skipped = “{ $step }” is often left out.
book-hint-seldom-solves = More than half of the closed cards ended unsolved. Look at what the play does.
book-hint-false-alarms = More than half of the closed cards were false alarms. Look at the signal before the play.
effect-open = See what changed before and after
effect-title = Before and after “{ $play }”
effect-text = How scores of { -customers }, and the metrics behind the signs, moved from before this play to after it since { $since }, and how cards ended.
effect-changes = Change of the score, before and after (median)
effect-cases = Of
effect-ran = Cards whose play was gone through
effect-others = Cards of the same signal without it, or with it ended early
effect-start = At the start
effect-until-end = Until the end
effect-until-after = Until { $n } days after the end
effect-n = n = { $n }
effect-range = ({ $low } to { $high })
effect-over-zero = The range includes zero: cannot say yet that it moved
effect-no-cause = This is before and after, not proof that the play did it. Signals come when values are bad, so some would have come back anyway; the two lines may differ in where they began and in what else went on. The same holds for metrics.
effect-how = How it is counted
effect-how-ran = “Gone through” began from a card and came to its last step. The start is the day on which the card was opened, the end the day of its last step.
effect-how-others = The others are closed cards of the signals that name this play now, whose customers did not go through it meanwhile. The start is the day on which the card was opened, the end the day on which it was closed. False alarms are in neither line.
effect-how-points = A score is the one that was kept on that day or, failing that, within the seven days before. { $n } days after counts only where that day has come.
effect-how-range = In brackets stands the 95 % range of the median. With fewer than { $n } cases nothing is said.
effect-metrics = Change of the metrics behind the signs, before and after (median)
effect-no-metrics = No card of the signals that name this play came from a metric that can be read later on. What happens once (somebody leaves, an answer), days until a notice deadline, and the score are not counted here.
effect-metric-few = { $metric }: cannot say yet ({ $ran } gone through, { $others } others)
effect-better-higher = higher is better
effect-better-lower = lower is better
effect-metrics-how = Metrics of the signs of the cards. The start is the day on which the card was opened (for a sign that joined later, the day on which it did); the end and { $n } days after it are the days of the table above. Reckoned from all records known now under the settings of now (only scores are those kept on the day). What was not measured on a day, and { -customers } after they left, do not count.
effect-metrics-cut = Metrics are reckoned for the newest { $n } cards of each line.
effect-ends = What came of the cards
effect-ends-how = Shares of closed cards with their 95 % range; with fewer than { $n } nothing is said. A card closed as a false alarm or as recovered ends its play there, so that few of those are among the ones gone through.
effect-steps = Steps, and how cards ended
effect-most-skipped = Left out most: “{ $step }” ({ $n } of { $of } times).
effect-step-done = Cards solved where it was done
effect-step-left = Cards solved where it was not
effect-no-steps = No card of an ended run is closed yet. When one is, how cards ended by step stands here.
effect-steps-how = Left out, waited for in vain and declined count as not done. Steps of the other branch, and false alarms, are left out. Ranges of 95 %; with fewer than { $n } nothing is said.
book-rehearsal-of = Rehearsal: { $play }
book-back-to-editor = Back to the editor
book-would-have-met = In the last 90 days ({ $from } – { $to }) it would have begun { $n } times, for { $customers } { -customers }.
book-n-starts = { $n }
book-n-tasks = { $n }
book-n-letters = { $n }
book-n-held = { $n }
book-n-per-person = { $n }
book-n-running = { $n }
book-in-force = as published: { $n }
book-met-run = In fact
book-starts = Starts
book-tasks = Tasks
book-letters = Mails
book-held = Mails not sent at once
book-per-person = Most to one person
book-running = Really begun
book-held-person = Nobody with the role: { $n }
book-held-address = No mail address: { $n }
book-held-pressure = Sent later, too many to one person: { $n }
book-left-out-under-way = Not begun, under way already: { $n }
book-left-out-not-meant = Not begun, not meant for the { -customer }: { $n }
book-left-out-left = Not begun, the { -customer } had left: { $n }
book-left-out-paused = Not begun, the { -customer } paused: { $n }
book-left-out-once = Not begun, once only: { $n }
book-left-out-merged = Not begun, the sign joins a card that another one opened: { $n }
book-left-out-until = Not begun, too soon after the last time: { $n }
book-met = Customers
book-met-nobody = Nobody would have met this play in the last 90 days. See what begins it and for whom it is. For a play that people begin, this is as it should be.
book-met-day = Begins
book-met-owner = Owner
book-met-until = Ends
book-no-owner = nobody
book-has-run = begun
book-starts-a-week = Starts a week
book-and-more = { $n } more
book-load = Tasks of each colleague
book-a-week = a week
book-fullest = Fullest week
book-fullest-week = week of { $day }: { $n }
book-examples = Some of the mails
book-examples-in = In the language in which they are sent: { $language }.
book-letter-to = { $customer }, { $person }
book-rehearsal-how = Counted from recorded signals and stages, as if everybody had answered on the due day. Branches and conditions are seen with what was measured on that day; for days to come, with today's values.
book-publish = Publish
book-publish-now = Publish this
book-nothing-to-publish = This is what is published. There is no draft.
book-publish-may-not = Managers and administrators publish.
book-comment-help = Why it changes, for those who read it later.
book-publish-help = It becomes a version of the settings and can be taken back at any time. What is under way stays with the version that it began with.
book-rehearsal-stale = The draft or the settings changed after the rehearsal. Look at the new one below and publish then.
said-play-draft = The draft is saved
said-play-draft-dropped = The draft is thrown away
said-play-published = The playbook is published
reason-play-auto-too-soon = Look at the steps that are to be automatic first
taken-plays = Rehearsal of the plays that change
taken-plays-text = This would put the following plays in force. Look at what they would have done in the last quarter before you publish.
taken-new = New
taken-changed = Changed
taken-sum = In the last quarter it would have begun for { $customers } customers and written { $letters } letters.
taken-more = Customers and letters of { $play }
taken-not-rehearsed = Not rehearsed: there are more than can be looked at in one go. Split the file to see them all.
taken-confirm = I have looked at the rehearsals
taken-confirm-soon = I have looked at the rehearsals, and at the automatic steps that were hardly done by hand ({ $n })
taken-back-to = Back to version { $n }
reason-rehearse-first = Plays change: look at their rehearsals and tick “I have looked at the rehearsals”.
