# Notices and mail
notices-title = Notices
notices-settings = How I am told
notices-letters = Mail to { -customer }s
notices-ways = How things go out
notices-unseen = unread
notices-unseen-count = Notices ({ $n } unread)
notices-see-all = Mark all as read
notices-make = Send me a digest now
notices-none = No notices yet. A digest comes on the morning of every business day, and what cannot wait comes at once.
notices-open-today = Open today
notices-open-page = Open the page
notices-open-card = Open the page of the card
notices-open-product = Open Kizashi
notices-open-settings = See how I am told
notices-went = Where it went
notices-mail = Mail
notices-place-gone = A place that is gone
notices-in-product = In the product (always)
notices-digest-title = { $day }: { $n ->
    [one] 1 card
   *[other] { $n } cards
}
notices-digest-none = { $day }: no cards
notices-digest-tasks = { $day }: { $tasks ->
    [one] one task
   *[other] { $tasks } tasks
}
notices-digest-both = { $day }: { $n ->
    [one] one card
   *[other] { $n } cards
}, { $tasks ->
    [one] one task
   *[other] { $tasks } tasks
}
notices-task = { $day } { $subject }: { $what }
notices-task-late = { $day } { $subject }: { $what } (past its day)
notices-tasks-more = And { $n } more.
notices-open-tasks = See the tasks
notices-mentions = { $n ->
    [one] 1 note is meant for you.
   *[other] { $n } notes are meant for you.
}
notices-quieted = { $n } more were kept quiet.
notices-why = Why: { $why }
notices-what = What: { $what } (by { $day })
notices-due = Due: { $day }
notices-owner = Who: { $name }
notices-card-state = State: { $state }
notices-for = { $name } | { $title }
notices-open-deadlines = See them by deadline
notices-actions = { $n ->
    [one] One action of a room
   *[other] { $n } actions of rooms
}
notices-actions-late = { $n ->
    [one] One action of a room
   *[other] { $n } actions of rooms
}, { $late } past its day
notices-meetings = Meetings of rooms coming up
notices-meeting = { $day } { $subject }
notices-meeting-about = { $day } { $subject }: { $agenda }
notices-open-rooms = See my rooms
notices-deadlines = Notice deadlines coming up
notices-foot = Change how you are told
notices-test-title = A test
notices-test-text = This only shows that notices reach this place. There is nothing to do.
notices-state-sent = Delivered
notices-state-waiting = About to be sent
notices-state-held = Will be sent when work begins
notices-state-later = Will be tried again
notices-state-unclear = May or may not have arrived
notices-state-failed = Could not be sent
notices-unclear-why = It broke off before the end. So that nobody gets it twice, it is not sent again by itself.
notices-again = Send again
notices-fault-address = The address is not right
notices-fault-private = Addresses of your own network are not allowed
notices-fault-lookup = There is no such name
notices-fault-connect = No connection
notices-fault-timeout = No answer
notices-fault-tls = No encrypted connection is possible
notices-fault-answer = The other side cannot take anything at the moment
notices-fault-busy = The other side is busy
notices-fault-refused = The other side did not take it
notices-fault-sign-in = User name, password or token is wrong
notices-fault-sender = The sender's address is not accepted
notices-fault-recipient = The recipient's address is not accepted
notices-fault-gone = The place is gone
notices-fault-no-smtp = No mail server is set
notices-fault-killed = The server stopped while it was being sent

notices-settings-title = How I am told
notices-wish-places-help = Whoever can read that place can answer in your name from the notices that arrive there. Best choose a place that you alone read.
notices-wish-help = Notices always stay in the product. Choose where else they go.
notices-no-mail = Nothing can go by mail yet. It can once an administrator sets a mail server under “How things go out”.
notices-wish-digest = Morning digest
notices-wish-digest-help = Comes at { $time } on business days. Monday's covers the weekend.
notices-wish-instant = What cannot wait
notices-wish-instant-help = Only the few things that an administrator has chosen, such as talk of cancelling, or a champion who left a key account.
notices-any-hour = Send at once outside of working hours too
notices-any-hour-help = Otherwise what comes in the night or on a day off is sent when the next working hour begins. In the product it appears at once.
notices-keep = Save
notices-calendar = A calendar of what is due
notices-calendar-help = Subscribe to due days of cards (of those put off, the day they come back), playbook tasks, notice deadlines, and meetings and your actions of rooms in your calendar program. Whoever has the address can read it; keep it to yourself.
notices-calendar-once = This address is shown only now. Add it to your calendar by URL.
notices-calendar-there = You have a calendar address. If it is lost, make a new one; the old one ends.
notices-calendar-make = Make an address
notices-calendar-new = Make a new one
notices-calendar-end = End it
notices-calendar-name = Due for { $name } (Kizashi)
notices-calendar-card = { $subject }: { $what }
notices-calendar-deadline = { $subject }: last day to cancel
notices-calendar-meeting = { $subject }: meeting of the room

notices-link-title = Answer to a notice
notices-link-dead = This link does not work. It is out of use, or was cut off. Open the notice again, or sign in to Kizashi and answer there.
notices-link-expired = This link was good for 7 days, which are over. You can answer on the page of the card.
notices-link-closed = This card is closed already. There is nothing to do.
notices-answer-as = Noted as the answer of { $name }.
notices-until = Until
notices-answered-take = You are working on it now; it is yours.
notices-answered-later = Put off. It comes back on that day.
notices-answered-false-alarm = Closed as a false alarm. The signs learn from it.
notices-answer-undone = The answer was taken back. The card is as it was.

notices-ways-title = How things go out
notices-ways-ask = Only administrators can change this.
notices-server = Mail server
notices-server-none = Not set yet. With one, digests, urgent notices and mail to { -customer }s can go.
notices-server-there = Sent through { $host }, from { $from }.
notices-server-make = Set a mail server
notices-server-change = Change
notices-server-drop = Stop sending by mail
notices-test = Send myself a test
notices-host = Host
notices-host-help = Such as smtp.example.com
notices-port = Port
notices-guarded = Encryption
notices-guarded-start-tls = STARTTLS (often port 587)
notices-guarded-tls = TLS (often port 465)
notices-guarded-none = None (only a relay on the same machine)
notices-from = Sender's address
notices-from-help = Answers come here; to mail of a member of staff, to that person.
notices-from-name = Sender's name
notices-user = User name
notices-user-help = Leave empty to send without signing in.
notices-password = Password
notices-password-help = Kept encrypted, and never shown again.
notices-password-kept = Leave empty to go on with the present one.
notices-authority = Use an authority of your own
notices-authority-label = Certificate of the authority (PEM)
notices-authority-help = Only for certificates that your own authority has issued.
notices-places = Places in chats
notices-places-help = Incoming webhooks of Slack and those like it, workflows of Teams, rooms of Chatwork, incoming webhooks of LINE WORKS. Each person chooses where to be told under “How I am told”. Whoever reads a place can answer there in the name of the person told.
notices-places-none = No places yet.
notices-place-new = Add a place
notices-place-kind = Kind
notices-place-name = Name
notices-place-name-help = Such as CS team #kizashi
notices-place-address = Address
notices-place-address-help = The URL of the webhook. For Chatwork the number of the room is enough. Kept encrypted, and never shown again.
notices-place-token = API token (Chatwork only)
notices-place-token-help = Made under “API” in Chatwork.
notices-place-add = Add
notices-place-drop = Remove
notices-chat-slack = Slack and the like
notices-chat-teams = Microsoft Teams
notices-chat-chatwork = Chatwork
notices-chat-line-works = LINE WORKS
notices-rules = When and how much
notices-digest-minute = Digests are made at
notices-digest-minute-help = 8:00 is about right for being there by 8:30.
notices-letters-limit = Mail to one person
notices-letters-limit-help = Leave empty for no limit. Beyond it renewals go first, then incidents, surveys and tips; the rest waits.
notices-letters-unit = mails /
notices-days-unit = days
notices-days-label = Within how many days
notices-instant-rules = Signs that are told at once
notices-instant-rules-help = The fewer they are, the better they are read. All others are in the morning digest.
notices-instant-key-help = A sign marked "key accounts only" is told at once only of a key account; of others it is in the morning digest. Key accounts are those that are never kept quiet: the tenth with the most MRR, unless a line is set.
notices-instant-key = key accounts only
notices-instant-key-of = { $title }: key accounts only
notices-newest = Sent lately
notices-newest-none = Nothing was sent yet.
notices-when = When
notices-who = To whom
notices-way = Where
notices-state = State

notices-letters-title = Mail to { -customer }s
notices-letters-help = Everything that goes to people of { -customer }s passes here. Nobody gets too much, and nothing goes at night or on holidays. What was held back has its reason.
notices-letters-waiting = Waiting
notices-letters-sent = Sent
notices-letters-held = Not sent
notices-letters-none-waiting = No mail is waiting. Mail comes from steps of playbooks and waits here until it may go.
notices-letters-none-sent = No mail was sent yet. Mail comes from steps of playbooks.
notices-letters-none-button = See the playbooks that send mail
notices-letters-none-held = No mail was held back for good.
notices-purpose-renewal = Renewal
notices-purpose-incident = Incident
notices-purpose-survey = Survey
notices-purpose-tips = Tips
notices-letter-held = Held back
notices-letter-declined = Will not go
notices-letter-made = Written
notices-letter-look = Look at the text and send it
notices-letter-subject = Subject
notices-letter-body = Text
notices-letter-send-as = Send in the name of { $name }
notices-letter-no-owner = This { -customer } has no owner. Once it has one, the letter can go in that name.
notices-letter-drop = Do not send
notices-letter-restore = Send after all
notices-look-at = Looked at again { $when } { $clock }
notices-holds = How it was held back
notices-by-product = by itself
notices-why-closed = Outside business hours
notices-why-limit = This person has had as many as they may
notices-why-no-smtp = No mail server is set
notices-why-no-address = There is no mail address
notices-why-left = This person has left
notices-why-opt-out = This person asked not to get such mail
notices-why-card-closed = Its card was closed
notices-why-former-owner = Its text names the former owner; it goes once somebody has looked at it
notices-why-no-sender = Whoever wrote it is gone, and the { -customer } has no owner
notices-why-withdrawn = Withdrawn
notices-spared = People who get no surveys and tips
notices-spared-help = They are written to about renewals and incidents alone. The link below such mail does the same.
notices-spared-none = Nobody.
notices-spared-own = by themselves
notices-spared-end = Write again
notices-spared-person = Mail address
notices-spared-add = Do not write
notices-spare-title = Stop this mail
notices-spare-text = You will get no more surveys and tips from us. What concerns your contract, and incidents, we will still tell you.
notices-spare-button = Stop them
notices-spare-done = Noted. You will not get any more of them.
notices-spare-line = If you would rather not get such mail:

key-go-notices = Notices
said-notices-kept = Saved
said-notices-made = The digest of this moment was made
said-calendar-ended = The calendar address has ended
said-letter-withdrawn = It will not be sent
said-letter-kept = The letter was looked at and will be sent
said-letter-restored = It will be sent
reason-digest-minute = Choose a time between 5:00 and 8:30
reason-letter-limit = At least 1 mail, within 1 to 366 days
reason-smtp-password-in-plain = A user name and password cannot be sent over a connection without encryption
