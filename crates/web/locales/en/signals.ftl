# Signals and business time
signal-settings = Change the condition
signal-gone = This signal is no longer in the settings. What it noticed so far is kept.
signal-firings = What it noticed
signal-only = Only { $name } is shown.
signal-all = Show every { -customer }
signal-none = Nothing was noticed yet. When a { -customer } meets the condition, it is kept here with the values of that day.
signal-fired = { $n ->
    [one] It noticed something once in the last { $days } days.
   *[other] It noticed something { $n } times in the last { $days } days.
}
signal-standing = { $n ->
    [one] One of them goes on.
   *[other] { $n } of them go on.
}
signal-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
signal-stumbles = late by { $n } { $n ->
    [one] day
   *[other] days
}
signal-goes-on = goes on ({ $n } { $n ->
    [one] day
   *[other] days
})
signal-over = over on { $day } (after { $n } { $n ->
    [one] day
   *[other] days
})
signal-why = Why these values were noticed
signal-value = Value
signal-before = Before
signal-good = good
signal-bad = bad
signal-seen = Days in a row
signal-seen-of = { $n } (noticed after { $of })
signal-last = Last time before
signal-last-on = { $day } (quiet for { $n } days after that)
signal-first = this was the first
signal-version = Settings then
signal-version-n = version { $n }
signal-recorded = Written down
signal-no-card = No card came of it: it was over the same day, or old.
signal-opened = It opened a card:
signal-joined = It was added to an open card:
signal-card-new = a new card
signal-card-taken = a card in progress
signal-card-waiting = a card that waits for the { -customer }
signal-card-closed = a closed card
settings-when-no-show = Something expected was never done
settings-when-apart = Views disagree
settings-when-red = Any one view is bad (red account)
settings-expected = Expected value
settings-expected-help = Done once it is reached; blank is 1.
settings-since = Counted from
settings-allowed = Time allowed
settings-allowed-help = When so many business days have passed without it, that is a stumble.
settings-signal-who = Who should have done it
settings-signal-who-help = What a key person did is known only where the contact's code or mail address is that of a user in the usage data. Elsewhere nothing is said.
settings-views = Views
settings-views-help = From 2 to 6 lines that may disagree, up to 4 for a red account. Without a good value, whatever is not bad is good.
settings-view-bad = Bad at
settings-view-good = Good at
settings-view-ja = Name (Japanese)
settings-view-en = Name (English)
settings-closing = Closing day
settings-closing-unit = of the month
settings-closing-help = Blank is the end of the month; 20 is the 20th of every month (1 to 28).
settings-wrong-closing = Leave it blank (end of the month) or give a day from 1 to 28.
settings-preset-new-year = Add the New Year closure
settings-preset-golden-week = Add the days between in Golden Week
settings-preset-obon = Add Obon
settings-now-closing = Books close next on { $day }; the business day for it is { $by }.
settings-now-last = The last business day of this month is { $day }.
settings-now-quarter = This is quarter { $n } of fiscal { $year } ({ $first } to { $last }).
