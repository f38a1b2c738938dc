# Handovers and red account rooms
rooms-title = Red account rooms
rooms-what = For each { -customer } in danger, one place for what happened, who does what by when, and what was decided.
rooms-none = No room is open. Open one from the page of a { -customer } or from a risk card.
rooms-none-mine = You lead no room, are in the team of none and have nothing to do in one. Whoever leads one can add you.
rooms-none-closed = No room has ended yet. When one does, how it ended and what was learned stays here.
rooms-find = See risk cards
rooms-see-open = See the open rooms
room-tab-open = Open
room-tab-mine = Mine
room-tab-closed = Ended
room-open = Open a room
room-open-for = Open a room for { $name }
room-proposed = This meets the condition of a red account. A room gives it a team and an aim.
room-because = What set it off
room-goal-from = Bring { $views } back to where nothing is wrong
room-open-what = Keeps what is seen now and tells the team. Plan and decisions are written afterwards.
room-of = { $name } room
room-since = Since { $day }
room-card = The card it began with
room-customer = Page of the { -customer }
room-notice = Notice deadline { $day }
room-go = To the room
room-before = Earlier room { $day }
room-state = State
room-state-forming = Forming
room-state-working = Working
room-state-watching = Watching
room-state-closed = Ended
room-outcome-recovered = Turned around
room-outcome-reduced = Kept, smaller
room-outcome-lost = Lost
room-outcome-not-red = Was not in danger
room-goal = What to reach
room-goal-help = What must be true, and by when, for this to end. With it nobody wonders whether to go on.
room-owner = Lead
room-owner-help = Runs the meetings and watches the plan.
room-points = Score (then → now)
room-actions = Open actions
room-late = { $n } overdue
room-left = { $n } open actions
room-meets = Next meeting
room-meets-on = Next meeting { $day }
room-meets-not = Not set
room-agenda = Agenda
room-change = Change
room-condition = What is happening
room-view = Side
room-then = When opened
room-now = Now
room-limit = Limit
room-limit-below = needs attention at { $limit } or less
room-limit-above = needs attention at { $limit } or more
room-bad = needs attention
room-good = fine
room-not-seen = Not measured now
room-nothing-seen = Nothing could be measured when it was opened.
room-opened = opened
room-plan = Plan
room-plan-none = No plan yet. Write down a first action.
room-action = What to do
room-action-add = Add action
room-action-done = done
room-action-finish = Done
room-action-late = overdue
room-action-change = Change
room-member-left = { $n ->
    [one] { $name } has one open action.
   *[other] { $name } has { $n } open actions.
}
room-member-to = Who takes them over?
room-member-theirs = Nobody: they stay with them
reason-room-member-has-actions = Say what becomes of the open actions
reason-in-the-past = Choose a day from today on
reason-too-far-ahead = This is more than two years ahead. Check the year
room-action-remove = Remove
room-team = Team
room-leads = lead
room-member = Member
room-part = Part (such as: technical contact)
room-member-add = Add
room-member-remove = Remove
room-history = History
room-step-opened = opened
room-step-framed = changed goal or meeting
room-step-moved = changed state
room-step-owner = changed lead
room-step-member = added to the team
room-step-left = left the team
room-step-action = added an action
room-step-done = finished an action
room-step-undone = reopened an action
room-step-changed = An action was changed
room-step-undecided = A decision was taken back
room-step-decided-again = A decision stands again
room-step-removed = removed an action
room-step-decided = decided
room-step-handed = handed over
room-step-closed = ended
room-step-reopened = opened again
room-close = End the room
room-learned = What was learned
room-learned-help = The next team in the same place reads this first. What worked, and what did not?
room-reopen = Open again
reason-room-open = A room of this { -customer } is open already
reason-room-needs-learned = Write down what was learned to end the room
reason-room-owner-stays = The lead cannot be removed; choose another lead first
reason-in-the-future = Choose a day until today
cancel = Cancel
take-back = Take back

# Weighing a customer at risk
review-title = Weigh up
similar-title = Similar cases, and what worked
similar-none = No card with the same signs has been closed yet.
similar-count = { $n ->
    [one] One card with the same signs was closed
   *[other] { $n } cards with the same signs were closed
}
similar-few = They are few: what works cannot be said yet.
similar-days = { $n ->
    [one] One day
   *[other] { $n } days
}
similar-shared = The same sign: { $signs }
similar-more = Show { $n } more
similar-alike = same segment
similar-now = score now { $points }
decisions-title = Decisions
decisions-none = Nothing has been decided yet.
decision-add = Write down a decision
decision-what = Decision
decision-what-help = What is done or not done, and why, for whoever reads it later.
decision-who = Decided by
decision-review-on = Look again on
decision-keep = Keep
decision-by = decided by { $who }
decision-review = look again { $day }
decision-written = written by { $who }

# Handover
handover-title = Handover
handover-what = Gives { -customer }s and everything open to the next { -owner } at once. See first what moves; undo all of it afterwards.
handover-own = Hand over my work
handover-due = A handover is needed
handover-due-what = { $others ->
    [0] { $customers } { -customer }s, { $cards } open cards
   *[other] { $customers } { -customer }s, { $cards } open cards, { $others } other items
}
handover-due-line = { $others ->
    [0] { $customers } { -customer }s and { $cards } open cards are left with { $name }.
   *[other] { $customers } { -customer }s, { $cards } open cards and { $others } other items are left with { $name }.
}
handover-left-on = left on { $day }
handover-do = Hand over
handover-this = Hand over this { -customer }
handover-received = Taken over
handover-unread = { $n } { -customer }s that you took over are waiting to be read about.
handover-read-them = Read
handover-from = from { $name }, { $day }
handover-read = Read
handover-not-read = Not read yet
handover-mark-read = Mark as read
handover-unread-again = Mark as not read
handover-loads = Who has what
handover-customers = { -customer }s
handover-cards = Open cards
handover-load = { $customers } { -customer }s, { $cards } cards
handover-past = Handovers so far
handover-none = Nothing has been handed over yet.
handover-of = From { $name }: { $customers } { -customer }s, { $items } open items
handover-undone = undone
handover-one-of = Take one over from { $name }
handover-all-of = Hand over the work of { $name }
handover-nothing = Nothing is left to hand over.
handover-to = To whom
handover-rule = How to share out
handover-rule-revenue = Equal monthly amounts
handover-rule-count = Equal numbers
handover-rule-segment = A segment to one person
handover-rule-region = A region to one person
handover-preview = See what moves
handover-moves = What moves
handover-kind-customer = { $n ->
    [one] One { -customer }
   *[other] { $n } { -customer }s
}
handover-kind-card = { $n ->
    [one] One open card
   *[other] { $n } open cards
}
handover-kind-task = { $n ->
    [one] One task of a running playbook
   *[other] { $n } tasks of running playbooks
}
handover-kind-run = { $n ->
    [one] One playbook under way
   *[other] { $n } playbooks under way
}
handover-kind-help = { $n ->
    [one] One card to help with
   *[other] { $n } cards to help with
}
handover-kind-told = { $n ->
    [one] One unread mention on a card
   *[other] { $n } unread mentions on cards
}
handover-kind-deal = { $n ->
    [one] One next step of an open deal
   *[other] { $n } next steps of open deals
}
handover-kind-mention = { $n ->
    [one] One unread mention
   *[other] { $n } unread mentions
}
handover-kind-room = { $n ->
    [one] One room to lead
   *[other] { $n } rooms to lead
}
handover-kind-member = { $n ->
    [one] One place in a room
   *[other] { $n } places in rooms
}
handover-kind-action = { $n ->
    [one] One action of a room
   *[other] { $n } actions of rooms
}
handover-stays = What stays
handover-stays-hunch = { $n ->
    [one] One hunch stays with whoever felt it; the briefing shows what came of it.
   *[other] { $n } hunches stay with whoever felt them; the briefing shows what came of them.
}
handover-stays-override = { $n ->
    [one] One override keeps its author and lasts until its day.
   *[other] { $n } overrides keep their author and last until their day.
}
handover-stays-left = { $n ->
    [one] One { -customer } that has left stays as a record.
   *[other] { $n } { -customer }s that have left stay as a record.
}
handover-stays-view = { $n ->
    [one] One shared view can be used as before.
   *[other] { $n } shared views can be used as before.
}
handover-stays-letter = Letters to customers that wait to be sent: { $n }. They go in the name of the new owner, who also gets the answers. Those whose text names the former owner are held until somebody has looked at them.
handover-owned-by = Only { $source } says who owns a { -customer }, so that it does not change here. Change it in { $source }; all else moves.
handover-source = The owner of { $n } of them comes from { $source }. If { $source } goes on naming the former owner, nothing changes back; if it names somebody else, that person becomes the owner.
handover-others = Other open work
handover-others-what = What belongs to a { -customer } goes to whoever gets the { -customer }.
handover-rest = Who gets what belongs to none of them
handover-rest-help = Cards about data, and work on { -customer }s of others.
handover-gets = { $n } { -customer }s
handover-open = Open work
handover-letters = { $n } letters wait to be sent. They go in the name of the new owner.
handover-letters-held = { $n } of them name the former owner and are held until somebody has looked at them.
handover-letters-see = See the letters that wait
handover-new-owner = New { -owner }
handover-note = Note to the new owners
handover-note-help = They read it first. It may be left empty.
handover-confirm = Hand over
handover-undo-what = Afterwards all of it can be undone at once.
handover-undo = Undo all of it
handover-cover = Handover from { $name }
handover-moved = { $customers } { -customer }s, { $items } open items
handover-portfolio = What { $name } reads, in order ({ $n })
handover-order = Red { -customer }s and near notice deadlines first, larger amounts first among equals.
handover-place = No.
handover-reading = Briefing
handover-back-to-cover = Cover of the handover
handover-pack-all = Read all briefings
handover-pack-own = Only the briefings for { $name }
handover-pack-none = No { -customer } moved with this handover.
handover-pack-part = This page holds briefings { $first } to { $last } of { $all }. A page holds { $most } at most: print each of the pages.
handover-pack-of = { $first } to { $last } of { $all }
notice-past = deadline has passed
reason-no-taker = Choose who takes over
reason-nothing-to-hand-over = Nothing is left to hand over
reason-no-owner = This { -customer } has no { -owner }; choose one first
reason-leave-oneself = You cannot say that you have left yourself
staff-leave = Has left
staff-leave-what = When somebody leaves the company or the team: they cannot sign in any more, and what is left with them is shown.
staff-return = Is back
staff-role-admin = administrator
staff-role-manager = manager
staff-role-csm = CSM
staff-role-other = other department
staff-role-audit = audit

# Briefing
briefing-open = Read the briefing
briefing-of = { $name } briefing
briefing-day = issued { $day }
briefing-next = The next three
briefing-next-none = Nothing with a day is open.
briefing-no-day = no day set
next-notice = Check the notice deadline
next-card = Card
next-action = Action of the room
next-task = Task of a playbook
next-ticket = Open inquiry
next-deal = Next step of a deal
next-review = Decision to look at again
next-meeting = Meeting of the room
next-greet = Introduce yourself as the new owner
next-room = Open a red account room
next-start = Make a risk card and settle what is done
next-silent = Talk to somebody not heard of lately
next-renewal = Ask what they mean to do at renewal
next-aim = Settle the next goal
next-why-greet = Taken over from { $name } on { $day }; you have not been in touch since.
next-why-room = It meets the conditions of a red account, and no room is open.
next-why-start = { $points } points now, and no risk card is open.
next-why-start-unknown = No risk card is open.
next-why-silent = { $name } has not been heard of since { $day } ({ $n } days).
next-why-never = No exchange with { $name } is on record.
next-why-renewal = The notice deadline is { $day }.
next-why-no-goal = No goal is written down yet.
next-why-goal = The goal now: “{ $goal }”.
next-why-goal-on = The goal now: “{ $goal }” (by { $day }).
next-goal = Goal of the { -customer }
briefing-by = by { $day }
briefing-overdue = overdue
briefing-why = The score, and why
briefing-ago = { $days } days ago { $points }
briefing-override = Override by { $who } (until { $day })
briefing-goals = Goals and purpose
briefing-goals-none = Neither goals nor purpose are written down. Ask at the first meeting.
briefing-since = Customer since { $day }
briefing-promises = Promises and open next steps
briefing-promises-none = No promise is written down with a deal or in what was noted over the last year.
briefing-open-deal = open deal
briefing-promised = promise
briefing-next-step = next step
briefing-people = People and the last contact
briefing-last-contact = last contact
briefing-never-met = no contact on record
briefing-people-more = { $n } more people
briefing-exchanges = Last in touch
briefing-exchanges-none = Nothing is on record for the past year.
briefing-support = { $n ->
    [one] One inquiry in the past { $days } days, on { $day }.
   *[other] { $n } inquiries in the past { $days } days, the last on { $day }.
}
briefing-support-none = No inquiry in the past { $days } days.
briefing-open-work = Open cards and inquiries
briefing-open-none = No card and no inquiry is open.
briefing-tickets = Open inquiries
briefing-unanswered = not answered
briefing-plays = Playbooks under way
briefing-play-since = Since
briefing-play-late = past its day
briefing-play-in-time = in time
briefing-play-next = What comes next
briefing-hunches = Hunches of the owner before, and what came
briefing-hunches-none = No hunch is on record.
briefing-record = right in { $right } of { $judged } so far.
briefing-record-few = { $judged } could be judged ({ $right } right): too few to say anything yet.
hunch-end-right = came so
hunch-end-wrong = came otherwise
hunch-end-open = cannot be said yet

said-room-opened = Room opened
said-room-changed = Room changed
said-room-closed = Room ended
said-room-reopened = Room opened again
said-action-added = Action added
said-action-changed = Action changed
said-action-done = Action done
said-action-open = Action is in the plan again
said-action-removed = Action removed
said-decided = Decision kept
said-decision-removed = Decision taken back
said-handed-over = Handed over
said-handover-undone = Handover undone
said-handover-undone-in-part = Undone. What somebody else has by now, and what is done, stayed as it is
said-read-about = Marked as read
said-staff-left = Has left. Hand over what is left with them
said-staff-back = Is back
said-undone = Undone
