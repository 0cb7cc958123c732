"""A sentence for every code: errors, refused and odd values, danger, advice, reasons.

Codes are permanent; wording is here and in the catalogue. Placeholders are the error's values: `column` is
shown by its label (`model.wording.say` puts it there).
"""

from chronic.i18n import N_, _

ERRORS = {
    # registry
    "registry.missing": N_("There is no registry at {path}; make one with: chronic init"),
    "registry.half_restored": N_(
        "A restore was interrupted just before its end, so there is no registry at {path} yet; bring it to its end with: "
        "chronic restore {left}"
    ),
    "registry.exists": N_("There is already a file at {path}; it was left as it is."),
    "registry.folder": N_("The file {path} cannot be made: {problem}"),
    "registry.foreign": N_("{path} is not a chronic registry; nothing was changed."),
    "registry.newer": N_("{path} was written by a newer chronic; please update the program. Nothing was changed."),
    "registry.older": N_("{path} was written by an earlier version; bring it up to date with: chronic upgrade"),
    "registry.damaged": N_(
        "{path} is damaged or not a registry; nothing was changed. Restore your latest backup; without one: "
        "chronic check --rescue FILE"
    ),
    "registry.locked": N_("Another program is writing to {path}; wait a moment and try again."),
    "registry.protected": N_("{path} can only be read: the file or its folder is write-protected. Nothing was saved."),
    "registry.network": N_(
        "{path} lies on a network drive, where several computers could write at once and break it. Keep the registry on "
        "this computer; backups may go there: chronic backup --to FOLDER"
    ),
    "registry.unwritable": N_("{path} cannot be written: {problem}"),
    "copy.unwritable": N_("The copy {path} cannot be written: {problem}"),
    "copy.unsound": N_(
        "{path} does not hold together ({problem}): what was copied or the disk is damaged; see chronic check."
    ),
    "backup.folder": N_("There is no folder {path}; is the stick plugged in?"),
    "check.found": N_("The registry has problems: {n}."),
    "check.file": N_("The file: {problem}"),
    "check.stopped": N_("This part could not be looked at because of the problems above."),
    "check.schema": N_("{name} is not as this program makes it."),
    "check.references": N_("{table} {row} refers to a {parent} that is not there."),
    "check.unreadable": N_("{table} {first}-{last}: {sealed} rows were written here, they cannot be read."),
    "check.added": N_("{table} {first}-{last}: {rows} rows, more than this program wrote."),
    "check.lost": N_("{table} {first}-{last}: {sealed} rows were written here, {rows} are left."),
    "check.changed": N_("{table} {first}-{last}: something here is not as it was written."),
    "check.ended": N_("{table} {row} was ended by something that is not there."),
    "check.replaced": N_("{table} {row} corrects something that is not there or still counts."),
    "check.named": N_("{table} {row} names something that is not there."),
    "check.before_birth": N_("{table} {row} is earlier than the person's birth."),
    "check.after_death": N_("{table} {row} is later than the person's death."),
    "check.sequence": N_("{table}: numbers up to {row} are given, but would be given again."),
    "check.derived": N_("Plan, class or list line is not what was recorded comes to."),
    "check.task": N_("Task {task} is listed otherwise than its events say."),
    "remedy.restore": N_("Restore your latest backup: chronic restore FILE; without one: chronic check --rescue FILE"),
    "remedy.compare": N_("Compare with a backup whose audit is whole: chronic --db FILE audit verify"),
    "remedy.upgrade": N_("Have it rebuilt: chronic upgrade"),
    "remedy.correct": N_("Look at the person and correct what is wrong: chronic person show, visit fix, person edit."),
    "remedy.mend": N_("Have it written anew: chronic check --mend"),
    "rescue.exists": N_("There is already a file at {path}; name a new one."),
    "restore.unusable": N_("{path} is no backup that can be restored: {problem}"),
    "upgrade.protected": N_(
        "{path} was written by an earlier version and is write-protected, so it cannot be brought up to date; copy it to "
        "where you can write."
    ),
    "upgrade.failed": N_("{path} cannot be brought up to date ({table} {problem}); it was left as it was."),
    "registry.sqlite_old": N_("This Python has SQLite {version}; chronic needs 3.37 or newer."),
    "cipher.missing": N_('An encrypted registry needs the library sqlcipher3: pip install "chronic[encryption]"'),
    "cipher.encrypted": N_("{path} is encrypted already; another passphrase: chronic passphrase"),
    "cipher.plain": N_("{path} is not encrypted."),
    "cipher.remains": N_(
        "The old file was overwritten. A solid-state disk or a stick may keep parts of it all the same, and of what earlier "
        "commands wrote; only a disk that is encrypted as a whole keeps none."
    ),
    "cipher.not_overwritten": N_(
        "The old file was removed but could not be overwritten: whoever searches this disk may still find it."
    ),
    "key.attach": N_("{path} is encrypted and the registry is not, so the two cannot be compared."),
    "key.missing": N_(
        "{path} is encrypted and its key was not found; name it with --key-file, or type the passphrase at a terminal."
    ),
    "key.wrong": N_("That was not the key of {path}; nothing was changed."),
    "key.other": N_("The file {file} does not hold the key of {path}; nothing was changed."),
    "key.file": N_("The key file {path} cannot be read: {problem}"),
    "key.unwritable": N_("The key cannot be written to {path}: {problem}"),
    "key.no_keyring": N_("This computer has no keyring that keeps a key; use --keep file."),
    "key.short": N_("A passphrase has at least {least} characters; several words are best."),
    "key.twice": N_("The two passphrases are not the same; nothing was changed."),
    "key.no_terminal": N_("A passphrase is typed at a terminal; where there is none, name a file: --passphrase-file"),
    "demo.not_demo": N_("{path} is not a demo registry, so it is not replaced; name another file with --to."),
    "protocol.unknown": N_("There is no guideline file {protocol} in this program."),
    "protocol.key": N_("The guideline file is wrong at {key}: {problem}"),
    "protocol.id_taken": N_("There is already another guideline called {id}; a changed file needs a new id."),
    "protocol.too_early": N_("{id} counts from {day} on; give --from that day or a later one."),
    "protocol.same": N_("{id} is already in force from {day} on."),
    "cases.unreadable": N_("The case file cannot be read: {problem}"),
    "cases.key": N_("The case file is wrong at {case}: {key} is not known there, or missing."),
    "cases.value": N_("The case {case} cannot be read: {problem}"),
    "cases.failed": N_("{failed} of {all} cases do not hold."),
    # the night
    "nightly.no_incoming": N_("There is no folder {path} for arriving bundles."),
    "nightly.empty": N_("Nobody is registered in {path} yet, so there is nothing to list; begin with: chronic person add"),
    "nightly.clock": N_(
        "This computer's clock says {now}, but the newest entry was made on {newest}; set the clock, or give --today."
    ),
    "nightly.folder": N_("The lists cannot be written into {path}: {problem}"),
    "nightly.failed": N_("Parts of the nightly run failed: {parts}. The rest is in {path}"),
    "schedule.unknown": N_("This computer's timetable was not recognised; name it with --kind: {kinds}."),
    "schedule.unsayable": N_("{text} cannot stand in an entry for {kind}; use another folder or --kind."),
    "schedule.missing": N_("The program {program} was not found on this computer."),
    "schedule.refused": N_("{program} refused, and nothing was installed or taken away: {problem}"),
    "schedule.log_in": N_("It runs while you are logged in; a night missed is made up for at the next login."),
    "schedule.next_log_in": N_("systemd could not be told now; the entry counts from your next login."),
    # the audit
    "audit.order": N_("Entry {id} of the audit is missing: the record is broken there."),
    "audit.head": N_("Entry {id} of the audit was changed: the record is broken there."),
    "audit.told": N_("What entry {id} of the audit says was changed: the record is broken there."),
    "audit.gone": N_("What entry {id} of the audit said is gone, and nobody was erased: the record is broken there."),
    "audit.end": N_("The audit ends before entry {id}, which there was once: the record is cut off."),
    "audit.spare": N_("Something is said to belong to entry {id} of the audit, which there is not."),
    "audit.cut": N_("The audit has no hash {head}: this is not the record it was noted from, or a part was cut off."),
    "erase.open": N_("Only somebody closed can be erased; first: chronic person close {person}"),
    "erase.elsewhere": N_(
        "{name} is closed here only because a transfer is not answered or others look after them; they can be erased once "
        "that registry has closed them: chronic transfer list {person}"
    ),
    "erase.done": N_("The identity was erased already, {at}."),
    # transfers
    "transfer.village": N_(
        "No village here is called {village}; for one that is not in this registry yet write its township too, as in "
        "城关镇/上各村."
    ),
    "transfer.same": N_("{name} lives in {village} already."),
    "transfer.waiting": N_(
        "{name} waits to be accepted since the move of {day}; withdraw that first: chronic transfer withdraw"
    ),
    "transfer.none": N_("No transfer of {name} waits for an answer; chronic transfer list --all shows all of them."),
    "transfer.once": N_("{name} is in one village only, {village}; to move somebody: chronic transfer out"),
    "transfer.away": N_(
        "{name} moves to {village}, which is not of this registry: there it is accepted or declined; to take it back: "
        "chronic transfer withdraw"
    ),
    "transfer.where": N_("Say to which village they came, as in --village 下各村."),
    "transfer.not_ours": N_(
        "{village} is no village of this registry: that village itself, or the township, says that they live there."
    ),
    "transfer.before": N_("{on} lies before the move of {day}."),
    "transfer.elsewhere": N_(
        "{name} was transferred and is looked after in {village}; only a transfer from there brings them back."
    ),
    "transfer.arriving": N_(
        "{name} is looked after in {village} and waits to be accepted here: chronic transfer accept {id}"
    ),
    "transfer.after": N_(
        "{column} {value} lies after the move; they are looked after in {detail}, where it is to be recorded."
    ),
    "transfer.two_ways": N_("Say either --to VILLAGE or --to-outside PLACE."),
    "transfer.for_whom": N_("Say for whom the file is with --for NAME, or that it is not encrypted with --plain."),
    "transfer.not_one": N_("{path} holds more than one person; take it in with: chronic bundle merge"),
    # encrypted files
    "seal.library": N_('Encrypted files need the library pyrage: pip install "chronic[bundles]"'),
    "seal.out": N_("What is encrypted goes into a file; name it with --out."),
    "seal.which": N_("A passphrase (--encrypt, --passphrase-file) or somebody's key (--for), not both."),
    "seal.folder": N_("A folder cannot be encrypted as one; put it on an encrypted disk, or write a single file instead."),
    "seal.stranger": N_("Nobody called {name} is trusted; first: chronic bundle key trust {name} KEY"),
    "seal.large": N_(
        "That is more than {most} MB, too much to be held in memory under a passphrase; encrypt it to a registry, "
        "with --for NAME, or take less at a time."
    ),
    "seal.closed": N_("{path} is encrypted; type its passphrase at a terminal, or name a file with it: --passphrase-file"),
    "seal.wrong": N_("That is not the passphrase of {path}; nothing was changed."),
    "seal.others": N_("{path} is encrypted to somebody else; nothing was changed."),
    "seal.damaged": N_("{path} is damaged or not whole; nothing was changed. Ask for it again."),
    "seal.plain": N_("{path} is not encrypted."),
    "seal.registry": N_("{path} is an encrypted registry: chronic --db FILE, or chronic restore FILE."),
    "seal.bundle": N_("{path} is a bundle: chronic bundle merge FILE."),
    "seal.backup": N_("{path} is encrypted, and so are its backups: its passphrase or recovery key opens them."),
    "seal.exists": N_("There is already a file at {path}; name another one with --out."),
    # bundles
    "bundle.library": N_('Bundles need the libraries pyrage and cryptography: pip install "chronic[bundles]"'),
    "bundle.no_key": N_("This registry has no key yet; first: chronic bundle key new"),
    "bundle.bad_key": N_("This is not a key of a registry: {text}"),
    "bundle.key_exists": N_("There is a key already: {path}; whoever trusts it would no longer know this registry."),
    "bundle.known_key": N_("This key is trusted already, as {name}."),
    "bundle.stranger": N_("Nobody called {name} is trusted; first: chronic bundle key trust {name} KEY (or --plain)"),
    "bundle.untrusted": N_(
        "The bundle is from {name}, key {key}, which is not trusted here; nothing was changed. Compare the key by phone, "
        "then: chronic bundle key trust"
    ),
    "bundle.nobody": N_("Nobody called {name} is trusted: chronic bundle list"),
    "bundle.places": N_(
        "Several townships have a place called {place}; say which: "
        "chronic bundle key trust NAME KEY --place TOWNSHIP/{place}"
    ),
    "bundle.large": N_("That is too much for one bundle."),
    "bundle.demo": N_("{path} is from a demo: made-up people do not belong in a registry; nothing was changed."),
    "bundle.into_demo": N_("This registry is a demo and {path} is about real people; nothing was changed."),
    "bundle.foreign": N_("{path} is not a bundle."),
    "bundle.newer": N_("{path} was made by a newer version of this program; nothing was changed."),
    "bundle.damaged": N_("{path} is damaged or not whole; nothing was changed. Ask for it again."),
    "bundle.forged": N_("{path} does not fit its signature: it was changed on the way; nothing was changed here."),
    "bundle.not_ours": N_("{path} is encrypted to somebody else; nothing was changed."),
    "bundle.pseudonymous": N_("{path} has no names: it is for analysis and cannot be merged."),
    "bundle.gap": N_("The bundle builds on one that is not merged here; nothing was changed. Ask for one with --since all."),
    "bundle.none_there": N_("There is no bundle in {path} (files whose names end in .bundle)."),
    "bundle.after_another": N_("builds on another of these files, so it was not tried"),
    "bundle.nameless": N_("Say what that registry is to be called."),
    "bundle.own_key": N_("That is this registry's own key; trust those of others."),
    "bundle.some_refused": N_("{n} of {all} bundles were refused; the others were merged."),
    "bundle.all_refused": N_("{n} of {all} bundles were refused; nothing was merged."),
    "bundle.wrong": N_("{path} holds rows that cannot be; nothing was changed."),
    # rounds
    "plan.days": N_("{days} days cannot be planned; give 1 to {most}."),
    "plan.past": N_("{day} is over; rounds begin today, {today}, or later."),
    "holidays.unreadable": N_("The holiday file {path} cannot be read: {problem}"),
    "holidays.key": N_("The holiday file {path} is wrong at {key}: {problem}"),
    "extra.missing": N_('{what} needs a library that is not installed: pip install "chronic[{extra}]"'),
    # other systems
    "figures.period": N_("{text} is not a period; write 2026-09, 2026Q3, 2026S2 or 2026."),
    "figures.two_periods": N_("Give --period, or --from and --to, not both."),
    "figures.backwards": N_("{first} is after {last}; nothing lies between them."),
    "figures.future": N_("The period {period} begins on {first}; today is {today}, so there is nothing to count yet."),
    "figures.as_of_future": N_("{day} is in the future; today is {today}."),
    "figures.as_of_before": N_("{day} is before the period {period}, which begins on {first}."),
    "figures.indicator": N_("There is no indicator {text}; known are: {known}."),
    "figures.none": N_("No indicator fits: leave out --set, --programme or --indicator."),
    "figures.set": N_("There is no set {text}; known are: {known}."),
    "figures.one": N_("--list opens the numbers of one indicator: give --indicator once."),
    "figures.group": N_("--group goes with --by: it names one of its rows."),
    "figures.with_list": N_("--cell, --group and --limit go with --list."),
    "figures.text": N_("Sentences are made of figures; leave out --list, or choose another --format."),
    "figures.estimated": N_("The denominator of {indicator} is an estimate: there is nobody to list."),
    "figures.no_denominator": N_("{indicator} is a number on its own: there is nothing it is part of."),
    "cohort.preset": N_("There is no preset {text}; known are: {known}."),
    "cohort.outcome": N_("{preset} has no outcome {text}; known are: {known}."),
    "cohort.quarter": N_("{preset} is a cohort of quarters: the period has to end with a quarter, not on {last}."),
    "cohort.month": N_("{preset} is a cohort of whole months: the period has to be one, and cannot end on {last}."),
    "cohort.with_list": N_("--outcome and --limit go with --list."),
    "frozen.month": N_("{text} is not a month; write 2026-10."),
    "frozen.none": N_("Nothing was frozen yet; the first nightly run of a month keeps the one before it: chronic nightly"),
    "frozen.never": N_("{month} was never frozen. Frozen are: {kept}."),
    "frozen.broken": N_("What is kept of {month} was changed after it was frozen, and cannot be read any more."),
    "frozen.both": N_("Give --frozen or --restated, not both."),
    "frozen.filter": N_(
        "A month is kept as it was sent: by village, township or doctor, and not by tag, sex, age or another day."
    ),
    "frozen.list": N_("--list opens what came late: it goes with --restated, without --by."),
    "workload.limit": N_("--limit goes with --list; visits to expect are told week by week."),
    "figures.not_over": N_("The period {period} ends on {last}; today is {today}, so its figures are not final yet."),
    "figures.unreadable": N_("The mapping {path} cannot be read: {problem}"),
    "figures.key": N_("The mapping {path} is wrong at {key}: {problem}"),
    "figures.missing": N_("The mapping gives no id for {n} names: {names}"),
    "figures.twice": N_("{names} go to the same data element {id} and option; they would be added up."),
    "parquet.there": N_("{path} is there already and was not made by export parquet; name another folder."),
    "parquet.key": N_("The key {path} cannot be read: {problem}"),
    "parquet.key_short": N_("The key {path} is too short to keep a secret: {n} characters at least."),
    "scale.none": N_("There is no folder {path}."),
    "scale.no_export": N_("{path} holds no folder that export parquet made."),
    "scale.schema": N_("{path} was not made by export parquet, or its list of tables is damaged."),
    "scale.older": N_("{path} was made by an earlier version of this program; export it again."),
    "scale.newer": N_("{path} was made by a later version of this program; update this one."),
    "scale.pseudonymous": N_(
        "{path} was exported with --pseudonymous: without birth dates nobody's age is known; export without."
    ),
    "scale.rules": N_("{path} and {other} go by different guidelines; say with --rules-of {name} whose the figures go by."),
    "scale.rules_of": N_("{text} is none of the folders: {known}"),
    "scale.incomplete": N_(
        "Of {table} {n} rows are there and {written} were written: a folder was copied halfway, or changed."
    ),
    "scale.damaged": N_("The tables cannot be read: {problem}"),
    "scale.memory": N_("That does not fit into the memory it may take; give more with --memory, or fewer --threads."),
    "scale.java": N_("Spark needs Java 17 or later, and it cannot be started here."),
    "scale.master": N_("Spark cannot be reached at {master}: {problem}"),
    "scale.days": N_("The data are of {first} to {last}; what happened after {first} is not in all of them."),
    "scale.keys": N_("The exports were not made with one --name-key: people in two of them are counted twice."),
    "parquet.folder": N_("The tables cannot be written into {path}: {problem}"),
    # people
    "person.none": N_("Nobody fits {text}."),
    "person.many": N_("{text} fits more than one person; use the number in front of the name:"),
    "person.shape": N_("{text} is not a registry number, an ID number or an archive number (8 or 17 digits)."),
    "person.known": N_("Already registered: {id} {name}."),
    "person.closed": N_("{name} was closed on {day}; chronic person reopen takes that back."),
    "person.erased": N_(
        "Who person {value} was has been erased; nothing is written there. Who comes back is registered anew."
    ),
    "person.not_closed": N_("{name} is not closed."),
    "person.keys_disagree": N_("The keys in this row belong to different people: {value}."),
    "person.unknown": N_("Nobody is registered under {value}; import people first."),
    "person.archive_shape": N_("{value} is not an archive number: it has 8 or 17 digits."),
    "type.no_terminal": N_("What stands for - is typed at a terminal, and there is none here."),
    "person.masked": N_("{column} is masked and the row has no uid, so it cannot be told who is meant."),
    "confirm.needed": N_("{who} was found by name, so chronic must ask; use the number {id}, or add --yes."),
    "confirm.destructive": N_("{what}: chronic must ask before this; add --yes where nobody can answer."),
    "edit.nothing": N_("Nothing to change was given."),
    # management
    "desk.nothing": N_("Say which registry, or which place with --for."),
    "place.none": N_("There is no village {village} here."),
    "place.unknown": N_("There is no place {place} here; chronic place list shows them."),
    "place.name": N_("{name} is no name of a place: it is blank or holds a stroke /."),
    "place.under": N_(
        "{name} cannot lie there: an area lies in a county, a township in an area or county, a village in a "
        "township, a hamlet in a village."
    ),
    "place.code": N_("{digits} is not the code of such a place: a county has 6 digits, a township 9, a village 12."),
    "place.code_under": N_("{digits} does not belong to {name}, whose code is {its}."),
    "place.code_taken": N_("{digits} is the code of {name} already."),
    "place.there": N_("There is a {name} there already; chronic place merge makes one of two."),
    "place.not_two": N_("{name} and {other} are not two spellings of one place: two of one level are."),
    "place.two_codes": N_("{name} ({digits}) and {other} ({others}) have official codes of their own: they are two places."),
    "place.households": N_(
        "Households {numbers} are in {name} and in {other}, with something recorded of both; give one of "
        "them another number first."
    ),
    "staff.nothing": N_("Say the doctor's name, and --institution or --team."),
    "staff.there": N_("{name} works there already, from {day}."),
    "staff.unknown": N_("{name} is in no institution or team on {day}."),
    "place.no_area": N_("Of which county, township or village is this registry? Say it by code, as in --area 331024."),
    "place.area": N_("{digits} is not the code of a county, township or village."),
    "place.area_level": N_("{digits} is the code of a {its}, and --level says {level}."),
    "place.headers": N_("{path} has no column of codes (代码, 统计用区划代码) beside one of names (名称)."),
    "place.as": N_("{text} is not CODE=PLACE or CODE=new."),
    "place.as_none": N_("No row of the list with the code {digits} has to be decided."),
    "place.several": N_("{place} can be {known}: write it as a path, as in 横溪镇/下各村, or as its code."),
    "enrolment.open": N_("{name} is already managed for {programme}."),
    "enrolment.none": N_("{name} is not managed for {programme}."),
    "enrolment.overlaps": N_("{column} {value} lies before the end of the last stay, {detail}."),
    "enrolment.end_before_begin": N_("{column} {value} lies before the beginning, {detail}."),
    "pause.nothing": N_("{name} is in no programme and waits for nothing, so there is nothing to pause."),
    "pause.already": N_("{name} has been paused since {day}."),
    "pause.none": N_("{name} is not paused."),
    "pause.seen_since": N_("{name} was in contact on {day}; a pause begins after that."),
    "contract.package": N_("{text} is not a package; known are: {known}."),
    "contract.reason": N_("{text} is not a reason to end a contract; known are: {known}."),
    "contract.backwards": N_("The contract would end on {end}, before it begins on {start}."),
    "contract.overlap": N_("{name} has a contract with {team} from {start} to {end}; a second one would overlap it."),
    "contract.never": N_("{name} never had a contract; sign one: chronic contract sign {id} --team TEAM"),
    "contract.renewed": N_("{name} has renewed already: the next contract runs from {start} to {end}."),
    "contract.none": N_("{name} has no contract that counts on {day} or later."),
    "chain.alone": N_("One person's stages are shown whole; leave out the filters."),
    "by.counts": N_("--by counts; leave out --list and --finding, which open what is counted."),
    "chain.counts": N_("--by counts people; leave out --stuck and --limit, which list them."),
    "contract.by": N_("--by groups the rate; write --summary too."),
    "contract.far": N_("{start} is too far ahead to sign for; a contract begins by {latest}."),
    "contract.which": N_(
        "Ask for one of --due, --expired, --none and --summary; --team goes with --due and --expired only."
    ),
    "household.unnumbered": N_(
        "{name} has no village or no household number yet: chronic person edit {id} --village … --household-no …"
    ),
    "household.head_elsewhere": N_("{name} does not live in this household, so cannot be its head."),
    "household.which": N_("Name somebody who lives there, or give --no and --village."),
    "household.none": N_("Nobody lives in a household {number} here."),
    "household.many": N_("There is more than one household {number}; add --village and --hamlet."),
    "household.nothing_settled": N_("--settled needs --need and --done: what was needed, and what met it."),
    "household.no_need": N_("There is no need {number}; chronic household needs shows their numbers."),
    "household.need_settled": N_("Need {number} was settled on {day} already."),
    "household.before_need": N_("Need {number} was found on {day}; it cannot have been met before."),
    "tag.sign": N_("{text}: write +TAG to give a tag and -TAG to take it away, as in +独居 -残疾."),
    "tag.nothing": N_("Give at least one tag, as in +独居. Known are: {known}; any other word may be one."),
    "tag.derived": N_("{tag} is no tag to give: it follows from the birth date. Lists find these people by --tag 65+."),
    "tag.shape": N_("{tag} cannot be a tag: it is empty or holds a semicolon or a line break."),
    "tag.not_there": N_("The tag {tag} is not there, so it cannot be taken away."),
    "tag.none": N_("Nobody has the tag {tag}."),
    "rescue.open": N_("{name} has been in rescue for {illness} since {day}."),
    "rescue.none": N_("{name} is not in rescue for {illness}; open are: {known}."),
    "rescue.before": N_("What is known last of {illness} is of {day}; give a day not before it."),
    "aid.whose": N_("Say whose: a person's number or name before the options."),
    "referral.none": N_("{name} has no open referral."),
    "referral.before": N_("The outcome {value} lies before the referral of {detail}."),
    "referral.which": N_("Several referrals are open; say which with --slip: {slips}"),
    "referral.no_slip": N_("There is no referral slip {slip} here."),
    "referral.others_slip": N_("Slip {slip} belongs to {name}."),
    "referral.answered": N_("Slip {slip} has been answered already."),
    "referral.nothing": N_(
        "Nothing is advised for {name} that has no slip yet; to refer by hand give --criterion CODE or --reason TEXT"
    ),
    "referral.criterion": N_("There is no criterion {criterion} for referring; see: chronic refer criteria"),
    "referral.before_contact": N_("The slip of {day} lies before the visit of {contact} that it is written for."),
    "referral.urgent": N_("{name} is to be referred as an emergency; that cannot be written as routine."),
    "referral.no_waiting": N_("An emergency does not wait for a clinic day."),
    "referral.no_clinic": N_("No clinic day is known{where}; see: chronic institution clinics"),
    "institution.none": N_("There is no institution {institution} here; see: chronic institution list"),
    "institution.many": N_("{institution} could be several: {names}"),
    "institution.circle": N_("{name} would lead itself."),
    "institution.there": N_("There is already an institution {name}, number {number}."),
    "institution.row": N_("Line {line} of the sheet is not an institution: it needs a name and a level."),
    "institution.header": N_("{path} has no columns name and level."),
    "institution.capability": N_("{word} is not known; choose from: {known}"),
    "clinic.until": N_("The end {until} lies before the first day {day}, or nothing is repeated."),
    "screen.enrolled": N_("{name} is managed for {programme}; record a follow-up with: chronic visit add {id}"),
    "screen.nothing": N_(
        "Give what was measured: a blood pressure (--bp 148/92), a fasting glucose (--fpg 6.8), or another value"
    ),
    "campaign.part": N_("{part} is not understood; write a line as in: 203 148/92 7.4 r12.1 waist_cm=92"),
    "fact.shape": N_("{text} is not a fact; write it as in gestational=yes. Facts are: {known}."),
    "fact.none": N_("Give at least one fact, as in gestational=yes."),
    "screen.empty": N_("The row is a screening, but nothing was measured."),
    "screen.managed": N_(
        "The row is a screening, but the person is managed for this disease ({detail}); it is a follow-up."
    ),
    "confirm.nothing": N_("Nothing is suspected of {name} that could be confirmed."),
    "confirm.which": N_("Two diseases are suspected; say which one: --programme htn or --programme dm."),
    "confirm.not_seen": N_("Who did not go cannot have been confirmed; leave out --confirmed."),
    # visits
    "form.never_seen": N_("{name} has no follow-up yet."),
    "form.no_programme": N_("This follow-up of {name} belongs to no programme that has a record form."),
    "form.not_theirs": N_("{name} has no follow-up with the number {visit}; see: chronic visit list {id}"),
    "visit.none": N_("There is no visit {visit}; chronic visit list PERSON shows their numbers."),
    "visit.ended": N_("Visit {visit} was already corrected or withdrawn."),
    "visit.of_checkup": N_("These readings are those of check-up {number}; correct that: chronic checkup fix {number}"),
    "visit.day_taken": N_("There is already a visit on {day} (number {visit}); correct that one."),
    "visit.nothing": N_("Nothing of the visit was given; see: chronic visit add --help"),
    "visit.future": N_("The visit date {value} lies in the future."),
    "visit.before_birth": N_("The visit date {value} lies before the birth date, {detail}."),
    "visit.after_closing": N_("The visit date {value} lies after the person was closed on {detail}."),
    "visit.same_day_conflict": N_(
        "{column}: this day already has {detail}, not {value}; correct it with: chronic visit fix"
    ),
    "visit.uid_elsewhere": N_(
        "This record stands on {detail} or belongs to someone else; correct it with: chronic visit fix"
    ),
    "visit.next_not_after": N_("The next visit {value} must lie after this visit."),
    "bp.crossed": N_("{value}: the systolic pressure must be above the diastolic; were they swapped?"),
    "bp.shape": N_("{text} is not a blood pressure; write it as 148/92."),
    "bp.twice": N_("Give the pressure either as --bp or as --sbp and --dbp."),
    "lipid.part_above_total": N_("{column} {value} is above the total cholesterol {detail}."),
    "bmi.impossible": N_("Weight {value} with this height gives a BMI of {detail}; check both."),
    # check-ups
    "checkup.none": N_("There is no check-up {number}; chronic checkup show PERSON shows their numbers."),
    "checkup.ended": N_("Check-up {number} was already corrected or withdrawn."),
    "checkup.day_taken": N_("There is already a check-up on {day} (number {number}); correct that one."),
    "checkup.nothing": N_("Nothing of the check-up was given; see: chronic checkup add --help"),
    "checkup.future": N_("The check-up date {value} lies in the future."),
    "checkup.before_birth": N_("The check-up date {value} lies before the birth date, {detail}."),
    "checkup.after_closing": N_("The check-up date {value} lies after the person was closed on {detail}."),
    "checkup.same_day_conflict": N_(
        "{column}: the check-up of this day already has {detail}, not {value}; correct it with: chronic checkup fix"
    ),
    "checkup.uid_elsewhere": N_(
        "This check-up stands on {detail} or belongs to someone else; correct it with: chronic checkup fix"
    ),
    "checkup.ages_crossed": N_("{column} {value} lies before the age at the beginning, {detail}."),
    "checkup.part_above_whole": N_("{column} {value} is above the total, {detail}."),
    "checkup.score_differs": N_("{column} is {value}, but the answers make {detail}."),
    "checkup.scale_differs": N_("{column} is {value}, but what was measured makes {detail}."),
    "checkup.nothing_open": N_("{name} has no check-up with {column}, so there is nothing to settle."),
    "checkup.set_shape": N_("{text} is not FIELD=VALUE, as in hearing=hears."),
    "checkup.set_field": N_("{text} is no field of the check-up; near: {detail}"),
    "checkup.twice": N_("{column} was given twice with different values."),
    "checkup.no_one": N_("{name} has no check-up yet; begin with: chronic checkup add {id}"),
    "risk.which": N_(
        "Name a person, or use --list or --cases, only one of the three; values such as --tc go with a person, "
        "--village with --list."
    ),
    "risk.cases": N_("{path} is not a JSON list of cases."),
    "risk.case": N_("{path}: case {number} has no usable {key}."),
    "risk.failed": N_("{failed} of {cases} cases failed."),
    # tests
    "test.unknown": N_("There is no test {test} in the guideline; known are: {known}."),
    "test.not_known": N_("The guideline has no test {value}; its tests: chronic test kinds."),
    "test.only_result": N_("The test {value} has no value; say normal or abnormal."),
    "test.other_unit": N_("A value of this test in {value} cannot be read; it is held in {detail}."),
    "test.same_day": N_("Another result of this test on {value} at the same place is recorded already: number {detail}."),
    "test.nothing": N_("Give what the test showed: --result normal or abnormal, or --value."),
    "test.no_value": N_("The test {test} has no value; say --result normal or --result abnormal."),
    "test.day_taken": N_(
        "There is already another result of this test, place and {day} (number {number}); withdraw that one."
    ),
    "test.none": N_("There is no test result {number}; chronic test list PERSON shows their numbers."),
    "test.ended": N_("Test result {number} was already withdrawn."),
    # tasks and health education
    "task.none": N_("There is no task {number}; chronic task list --all shows their numbers."),
    "task.closed": N_("Task {number} is closed already; chronic task show {number} says how."),
    "task.open": N_("Task {number} is not closed: nobody has said yet what was done."),
    "task.not_ours": N_("Task {number} comes from another registry: what was done is accepted or given back there."),
    "task.accepted": N_("Task {number} was accepted already; chronic task show {number} says when."),
    "task.no_reason": N_("Say what is still missing: --reason TEXT."),
    "task.days": N_("--days belongs to overdue."),
    "task.no_title": N_("Say what is to be done."),
    "task.no_evidence": N_("Say what was done: --evidence TEXT."),
    "task.no_owner": N_("Say who is to do it: --owner NAME."),
    "task.no_note": N_("Say what is to be noted."),
    "task.before": N_("{on} lies before the task was found, {day}."),
    "task.due_before": N_("{day} is over; a task is due today or later."),
    "task.kind": N_("There is no check {kind}; known are: {known}."),
    "task.one_state": N_("Give only one of --open, --closed and --all."),
    "quality.finding": N_("There is no finding {key} in these days."),
    "warning.finding": N_("There is no warning {key} today."),
    "education.word": N_("{value} is not known; known are: {known}."),
    "education.setting": N_("Say in which of the five places (--place village), or whom (--person)."),
    "education.none": N_("There is no health education {number}; chronic educate list shows their numbers."),
    "education.ended": N_("Health education {number} was already withdrawn."),
    "education.days_crossed": N_("{since} lies after {until}."),
    # medicines and orders
    "medicine.name": N_("{name} is not a name; write one medicine without amounts, commas or semicolons."),
    "medicine.days": N_("A supply for {days} days cannot be right; possible is up to {limit}."),
    "medicine.day_taken": N_(
        "{name} was already given on {day}, for {days} days (number {number}); withdraw that first: chronic medicine void"
    ),
    "medicine.stopped_then": N_(
        "{name} was stopped on {day} (number {number}); withdraw that first, or give the day after."
    ),
    "medicine.not_named": N_(
        "The visit names no medicine to supply; add --medicines, or record it with: chronic medicine give"
    ),
    "medicine.not_taken": N_("{name} is not among the medicines recorded: {known}."),
    "medicine.since": N_("{name} was still given or named on {day}; a stop lies on that day or after it."),
    "medicine.none": N_("There is no entry {number}; chronic medicine list PERSON --all shows their numbers."),
    "medicine.ended": N_("Entry {number} was already withdrawn."),
    "order.none": N_("There is no order {number}; chronic order list PERSON shows their numbers."),
    "order.ended": N_("Order {number} was already answered or cancelled on {day}."),
    "order.before": N_("That day lies before the order of {day}."),
    "order.open": N_("Order {number} of {day} is still open for this test; order another with --anyway."),
    "order.still_counts": N_(
        "The result of {day} counts until {until} (one test, recognised county-wide); order all the same with --anyway."
    ),
    "order.which": N_("{test} has several values; say which, as in ldl_c=2.4. It has: {known}."),
    "quota.alone": N_("--quota asks for the year, not for dates; leave out --within and --kind."),
    # calling back
    "call.date_needed": N_("Say on which day, as in --date 2026-11-25."),
    "call.no_date": N_("Who died or moved away is not called again; leave out --date."),
    "call.date_before": N_("{value} lies before the call of {detail}."),
    "call.date_far": N_("{value} is too far ahead: {detail} at the latest, so that nobody is forgotten."),
    "call.note_needed": N_("Say what it was, with --note."),
    "call.outcome_needed": N_("Say what the call came to: --outcome, one of {known}."),
    "opinion.nothing": N_("Give --satisfaction, --complaint or --suggestion."),
    "opinion.none": N_("There is no opinion {number}; chronic opinion list --all shows their numbers."),
    "opinion.handled": N_("Opinion {number} was handled on {day}."),
    "opinion.idle": N_("Opinion {number} asks for nothing, so there is nothing to handle."),
    "opinion.before": N_("{value} lies before the opinion of {detail}."),
    # taking back
    "undo.nothing": N_("Nothing recorded by {by} is left to take back."),
    "merge.self": N_("These are one and the same number; name two."),
    "merge.field": N_("{field} is nothing to decide here; the two differ in: {known}."),
    "merge.choice": N_("{text}: write whose value counts, as in phone=ours or phone=theirs."),
    "merge.undecided": N_("Say whose value counts, as in --field {field}=ours: {missing}."),
    "merge.visits": N_(
        "Both have a visit on {day} and they differ: numbers {one} and {other}. First: chronic visit fix {one}, "
        "chronic visit void {other}"
    ),
    "merge.tests": N_(
        "Both have a result of one test on {day} and they differ: numbers {one} and {other}. "
        "First: chronic test void {other}"
    ),
    "merge.checkups": N_(
        "Both have a check-up on {day}: numbers {one} and {other}. First: chronic checkup fix {one}, "
        "chronic checkup void {other}"
    ),
    "merge.said": N_("{by} said on {day} already that these are two people."),
    "person.merged": N_("{number} {name} was merged with {id} {into}."),
    "batch.none": N_("There is no import {batch}; chronic import --list shows their numbers."),
    "batch.undone": N_("Import {batch} ({file}) was taken back already."),
    "batch.empty": N_("Import {batch} ({file}) changed nothing, so there is nothing to take back."),
    "batch.later": N_(
        "Import {batch} stays: of its people {people} have newer entries ({deeds} in all); take these back first."
    ),
    "undo.newer": N_("{name}: {by} recorded something newer ({did}, {at}); undo does not reach across that."),
    "undo.task": N_("Task {number}: {by} recorded something newer ({did}, {at}); undo does not reach across that."),
    "undo.number_taken": N_("{column}: the old number belongs to {id} {name} by now; correct that first."),
    "undo.depended": N_("{name} has entries of another origin by now, so the registration stays."),
    # values
    "value.day": N_("{column}: {value} is not a day; write it as 2026-11-21."),
    "value.not_done": N_("{column} {value}: taken as not measured."),
    "value.flagged": N_("{column} {value}: read as {detail}; the mark behind it was left out."),
    "value.beyond": N_("{column} {value} says only that it lies beyond; leave it blank or write the number."),
    "bp.pair": N_("{column} {value}: write both pressures as in 148/92."),
    "value.day_order": N_("{column} {value}: is that day/month or month/day? Write it as 2026-03-15."),
    "value.day_short": N_("{column} {value}: the year needs four digits, as in 2026-03-15."),
    "day.serial": N_("{column} {value}: read as {detail}, as Excel counts days."),
    "value.number": N_("{column}: {value} is not a number."),
    "value.integer": N_("{column}: {value} is not a whole number."),
    "value.code": N_("{column}: {value} is not one of {detail}."),
    "value.code_number": N_("{column}: {value} is only a number and codes differ between systems; write one of {detail}."),
    "value.code_side": N_("{column}: {value} says too little in this set of codes; write one of {detail}."),
    "value.not_said": N_("{column} {value}: taken as not said."),
    "value.no_medicine": N_("{column} {value}: no medicine is named; leave it blank, adherence says whether any is taken."),
    "value.nothing": N_("{column} {value}: write 0, or leave it blank if it was not asked."),
    "value.age": N_("{column}: {value} is not an age in years."),
    "value.code_none": N_("{column}: none cannot stand beside others: {value}."),
    "value.medicine": N_("{column}: {detail} cannot be read; write name, times a day, each, unit."),
    "value.phone": N_("{column}: {value} is not a phone number."),
    "value.digits": N_("{column}: {value} may hold digits only."),
    "value.too_long": N_("{column}: the text is too long."),
    "value.control": N_("{column}: the text holds invisible characters, or letters of several alphabets that look alike."),
    "value.missing": N_("{column} is missing."),
    "value.out_of_range": N_("{column} {value} cannot be right; possible is {detail}."),
    "value.unit_slip": N_(
        "{column} {value}: was it measured in {detail}? Type it with its unit, in a sheet convert it, or check the number."
    ),
    "value.unit": N_("{column} is not measured like this: {value}; it is kept in {detail}."),
    "value.future": N_("{column} {value} lies in the future."),
    "value.after_closing": N_("{column} {value} lies after the person was closed on {detail}."),
    "value.before_birth": N_("{column} {value} lies before the birth date."),
    "glucose.beyond": N_("{column}: {value} is a limit, not a reading; write {detail} if the meter shows that."),
    "bp.decimal_typed": N_("{column}: {value} has decimals; pressures are whole mmHg."),
    "id.shape": N_("{value} is not an ID number: it has 18 characters."),
    "id.checksum": N_("The ID number {value} has a typing error: its check digit is wrong."),
    "id.birth_date": N_("The ID number {value} holds an impossible birth date."),
    "id.future": N_("The ID number {value} holds a birth date in the future."),
    "id.damaged": N_(
        "{value} was an ID number before a spreadsheet turned it into a number; its last digits are lost. Type it again."
    ),
    "id.birth_differs": N_("The birth date {value} contradicts the ID number, which says {detail}."),
    "id.sex_differs": N_("The sex {value} contradicts the ID number, which says {detail}."),
    # files
    "file.missing": N_("There is no file {path}."),
    "file.not_a_file": N_("{path} is not a file."),
    "file.unreadable": N_("{path} cannot be read: {problem}"),
    "register.columns": N_("The file of columns: wrong or missing: {problem}"),
    "register.span": N_("{first} is after {last}."),
    "upload.which": N_("Say which were sent: a sheet that has their uids (FILE), or --batch NUMBER of an import."),
    "upload.sheet": N_(
        "{path}: not one row has the uid of a record; use the sheet that chronic upload sheet wrote, or chronic export."
    ),
    "upload.unknown": N_("{record} is no person, visit or check-up of this registry that counts; see chronic upload list."),
    "upload.not_sent": N_("{record} was not sent, or changed since; what was not sent cannot be returned."),
    "upload.not_withdrawn": N_("{record} was not sent, or counts here still: there is nothing to take out."),
    "upload.no_batch": N_("There is no import {batch} of people, visits or check-ups."),
    "upload.some_unknown": N_("{unknown} of {rows} rows have no uid of a record that counts here; the others are noted."),
    "print.whom": N_("Say for whom: one or more people, or --due 14d (then also --village, --doctor, --tag), or --blank."),
    "print.no_sheet": N_("Only hypertension (htn) and type 2 diabetes (dm) have an official record sheet."),
    "print.card_blank": N_("A card says what is known of a person; there is no blank one."),
    "print.nobody": N_("Nobody to print: nobody is due in that time, or nobody is managed."),
    "pdf.no_font": N_("No font for Chinese was found on this computer; give one with --font FILE, or print a page .html."),
    "pdf.font": N_("{path} is no font a PDF can be set in: {problem}"),
    "pdf.glyph": N_("No font here has {character} ({point}) for the sheet of {whose}; name one that has it: --font FILE"),
    "pdf.glyph_blank": N_("No font here has {character} ({point}); name one that has it: --font FILE"),
    "pdf.only": N_("--font is for a PDF; a page .html takes the fonts of the browser."),
    "xlsx.name": N_("A workbook goes to a file whose name ends in .xlsx, and no other format does: --out list.xlsx"),
    "xlsx.in_memory": N_("An encrypted workbook is made in memory and holds at most {most} such rows; choose CSV."),
    "xlsx.rows": N_("A sheet of Excel holds {most} rows and there are more; write a CSV, or a village at a time."),
    "xlsx.cell": N_("Row {row}, {column}: a cell of Excel holds {most} characters and there are more; write a CSV."),
    "xlsx.characters": N_("Row {row}, {column}: a character that a workbook cannot hold; write a CSV."),
    "file.unusable": N_("{path} cannot be used: {problem}"),
    "file.unwritable": N_("{path} cannot be written: {problem}"),
    "file.stdout": N_("The output cannot be written: {problem}"),
    "file.empty": N_("{path} is empty."),
    "file.no_header": N_("{path} has no header line."),
    "file.workbook": N_("{path} is no workbook that can be read; open it in Excel or WPS and save it again."),
    "file.encrypted": N_("{path} has a password; open it, save a copy without the password, import that, then delete it."),
    "file.too_many_cells": N_("{path} has more cells than a register can need; save only the sheet with the register."),
    "file.too_big": N_("{path} unpacks to {size} MB, too much for a workbook; save the sheet as CSV."),
    "file.sheet": N_("{path} has no sheet {sheet}; it has: {sheets}."),
    "file.sheets": N_("Several sheets of {path} can be imported: {sheets}. Name one with --sheet."),
    "file.separator": N_("{path} is not separated by commas; save it as CSV UTF-8."),
    "fhir.broken": N_("{path} cannot be read as JSON (entry or line {line}): {problem}."),
    "fhir.too_big": N_("Entry or line {line} of {path} is too big to be a FHIR resource that this program reads."),
    "fhir.not_fhir": N_("{path} is JSON, but entry or line {line} is no FHIR resource."),
    "fhir.bundle": N_(
        "{path} is a Bundle of type {type}, which tells what was done, not what is known; export a collection."
    ),
    "fhir.version": N_("{path} is FHIR {version} and not R4 (by {what}, entry or line {line}); export it as FHIR R4."),
    "fhir.twice": N_("{path} has {what} twice (entries or lines {before} and {line}); which of them counts is not told."),
    "fhir.out": N_("--format folder needs --out with the name of a folder that is not there yet."),
    "fhir.folder": N_("The files cannot be written into {path}: {problem}"),
    "fhir.no_headers": N_("{path} is a FHIR file and has no headers; --map and --codes are for sheets."),
    "fhir.nothing": N_("{path} has no patients, visits or test results to read. It holds: {kinds}"),
    "fhir.no_unit": N_("{column}: {value} has no unit, so what was measured is not known."),
    "fhir.unit": N_("{column}: {value} {detail} is a unit this program does not know for it."),
    "fhir.value": N_("{column}: there is no number ({value})."),
    "file.line_too_long": N_("Line {line} of {path} is too long for a sheet; save it as CSV UTF-8 again."),
    "file.encoding": N_("Line {line} of {path} is neither UTF-8 nor GB18030; save it as CSV UTF-8."),
    "file.header_twice": N_("{path} has the header {header} more than once; delete one of these columns or rename it."),
    "file.column_twice": N_('{path} has the column {column} more than once: {headers}. Leave one out: --map "{header}="'),
    "file.unsure": N_('{path}: {header} may mean {columns}. Say which, as in --map "{header}={first}"'),
    "map.no_header": N_("{path} has no header {header}; --map speaks of it."),
    "map.shape": N_("{text}: write --map as HEADER=COLUMN, as in 体重=weight_kg:斤."),
    "map.column": N_("There is no column {name}."),
    "map.unit": N_("{column} cannot be given in {unit}."),
    "codes.unknown": N_("There is no set of codes {name}; there are {sets}."),
    "file.page": N_("{path} is a web page or XML, whatever its name; open it in Excel or WPS and save it as .xlsx."),
    "file.foreign": N_("{path} is no sheet but a PDF, a picture, an archive or the like; save the table as .xlsx or .csv."),
    "file.unknown": N_(
        "{path} cannot be read as a sheet: {missing} is missing. Headers not known: {unread}. "
        'If one of them is meant: --map "HEADER=COLUMN"'
    ),
    "file.registry": N_("{path} is the registry itself; write to another file."),
    "file.beside": N_("{path} is kept beside the registry, which needs it; write to another file."),
    "file.same": N_("{path} is the sheet itself; write the refused rows to another file."),
    "row.header": N_("The row repeats the headers."),
    "row.no_key": N_("The row has no key of a person: uid, ID number, archive number or source number."),
    "row.too_long": N_("The row has {value} cells, the header only {detail}."),
    "row.quotes": N_("The quotation marks of the row do not match."),
    "row.too_big": N_("The row is too big; a quotation mark is missing somewhere."),
    "keep.undated": N_(
        "{column}: the sheet says {value}, the register {detail}; the row has no date that shows which is newer."
    ),
    "keep.no_terminal": N_("--keep ask needs a terminal; use ours, theirs or newer."),
    "import.which": N_("Name a file, or use --list or --undo; only one of the three."),
    "import.refused": N_("{refused} of {rows} rows were refused; the others are in."),
    "import.all_refused": N_("Every row was refused ({rows}); nothing of it is in."),
    "import.dry_run": N_("{refused} of {rows} rows would be refused."),
    "import.strict": N_("{refused} of {rows} rows were refused, so nothing was written (--strict)."),
}

WARNINGS = {
    "value.unusual": N_("{column} {value} is unusual; please check."),
    "bp.decimal": N_("{column} {value} was rounded to whole mmHg."),
    "bp.third": N_("The two readings {value} lie far apart: measure a third time and give all three; the last two count."),
    "bp.single": N_("Only one of the two pressures was given."),
    "bp.pulse_pressure": N_("{value}: the two pressures are unusually close or far apart."),
    "bp.by_phone": N_("A pressure told by phone does not decide the class."),
    "bmi.unusual": N_("Weight {value} gives a BMI of {detail}; please check weight and height."),
    "waist.unusual": N_("Waist {value} is large for this height; please check."),
    "visit.next_far": N_("The next visit {value} is more than {detail} days away."),
    "medicine.long": N_("A supply for {value} days is longer than {detail}, the longest long prescription; please check."),
    "visit.late_entry": N_("The visit of {value} is entered more than {detail} days late."),
    "checkup.late_entry": N_("The check-up of {value} is entered more than {detail} days late."),
    "visit.before_enrolment": N_("The visit of {value} lies before enrolment on {detail}: it is kept, but plans nothing."),
    "fhir.born": N_("The file knows only {detail} of the birth date; it was taken as about {value}."),
    "fhir.died": N_("The file says that they died, not when; close them by hand: chronic person close"),
    "person.alike": N_("Looks like {value}: {detail}. If it is one person: chronic person merge"),
    "person.other_name": N_("{value} stands there, and the register has {detail} under this number; is it the same person?"),
    "person.key_unknown": N_("{column} {value} is not registered; the row was taken by its other key."),
    "id.upgraded": N_("The 15-digit ID number {value} was given its 18 characters."),
    "enrolment.minor": N_("{detail} years old: not an adult."),
    "enrolment.young": N_("{value} years old: younger than the group the specification serves."),
    "age.unknown": N_("No birth date: the stricter limit for adults is used."),
    "weight.changed": N_("Weight {value} is more than a tenth away from the last one, {detail}."),
    "place.code_shape": N_("{value} is not a code of 12 digits (or 2, 4, 6 or 9)."),
    "place.no_name": N_("{value} has no name, or one with a stroke."),
    "place.urban_class": N_("{value}: the urban-rural class is none of 111, 112, 121, 122, 123, 210, 220."),
    "place.code_twice": N_("{value} is in the list with another name, too."),
    "place.no_parent": N_("{value} lies in a township that is neither in the list nor here."),
    "place.unclear": N_("{value} can be {detail}: say --as {digits}=PLACE, or --as {digits}=new."),
    "place.new": N_("There is no village {value} yet; known are: {detail}."),
    "ask.breathlessness": N_("Breathlessness: ask whether the person can lie flat; if not, record --danger yes."),
}

DANGER = {
    "danger.bp": N_("blood pressure at or above {sbp} or {dbp}"),
    "danger.glucose_high": N_("glucose at or above {glucose_high}"),
    "danger.glucose_low": N_("glucose at or below {glucose_low}"),
    "danger.signs": N_("danger signs reported"),
    "danger.referred": N_("referred as an emergency"),
    "danger.pregnancy_bp": N_("pregnant or breast-feeding with high pressure"),
    "danger.pregnancy_glucose": N_("pregnant or breast-feeding with high glucose"),
}

ADVICE = {
    "alert.bp_low": N_("Low pressure: measure again, ask for dizziness and fainting."),
    "alert.pulse": N_("Pulse very slow or fast: measure again, ask for dizziness and fainting."),
    "htn.above_diabetes_target": N_(
        "Above the diabetes target {comorbid} of the primary-care guideline (advice, not the class)."
    ),
    "htn.above_kidney_target": N_(
        "Above the kidney-disease target {comorbid} of the primary-care guideline (advice, not the class)."
    ),
    "htn.above_primary_care_target": N_("Above {general}, the primary-care guideline's target (advice, not the class)."),
    "dm.random_not_counted": N_(
        "Glucose at random or after a meal of {random} or more counts only with typical symptoms: measure it fasting."
    ),
    "dm.prediabetes": N_(
        "Between normal and diabetes: at high risk; fasting glucose every year at least, and lifestyle advice."
    ),
    "dm.further_test": N_("Fasting glucose of {further} or more: an OGTT or HbA1c is advised."),
    "dm.fasting_needed": N_("Fasting glucose is needed for the class: measure it within {not_assessed}."),
    "dm.non_fasting_above_goal": N_("Glucose after meals is not below the goal of {non_fasting}."),
    "lipid.tg_severe": N_("Triglycerides of {tg_severe} or more: risk of pancreatitis, advise referral (not verified)."),
    "lipid.risk_unknown": N_(
        "LDL-C cannot be judged: the risk is unknown. Ask for heart disease and stroke, smoking, sex and age; measure HDL-C."
    ),
    "dm.hypoglycemia_frequent": N_("Frequent hypoglycaemia: consider it an adverse reaction, ask the prescriber."),
    "refer.consider": N_("Not controlled and adverse reaction in turn: consider referring."),
    "plan.doctor_date_later": N_("The next date written is later than the computed one, which stays."),
    "age.unknown": WARNINGS["age.unknown"],
}

CRITERIA = {
    "criterion.ask": N_("ask"),
    "criterion.missing": N_("not known: {what}"),
    "criterion.value": N_("{value} on {on}"),
    "criterion.old": N_("{value} on {on} is too long ago: measure again"),
    "criterion.answer": N_("{column}: {value}, {on}"),
    "criterion.age": N_("{value} years old"),
    "criterion.onset": N_("{value} years old on {on}"),
    "criterion.not_childbearing": N_("not of childbearing age"),
    "criterion.lows": N_("{value} low readings or frequent reactions, latest {on}"),
    "criterion.in_a_row": N_("not controlled {value} times in a row"),
    "criterion.since": N_("not controlled since {on}"),
}
"""Why a referral criterion is met, not met, or cannot be said."""

_TO_CONFIRM = N_("Suspected {programme}, high on {n} days: refer to confirm; find out the outcome by {day}.")
SUSPICION = {
    "htn.days": _TO_CONFIRM,
    "htn.very_high": N_("Very high twice on one day: refer to confirm {programme}; find out the outcome by {day}."),
    "htn.secondary": N_("Secondary {programme} is suspected: refer promptly; find out the outcome by {day}."),
    "htn.treated": N_(
        "Takes antihypertensives already: see the papers or refer to confirm {programme}; find out by {day}, then enrol."
    ),
    "htn.slow": N_("The high days lie further apart than the guideline has it."),
    "dm.days": _TO_CONFIRM,
    "dm.symptoms": N_("Typical symptoms and an abnormal test: refer to confirm {programme}; find out the outcome by {day}."),
    "dm.same_time": N_("Two abnormal tests at once: refer to confirm {programme}; find out the outcome by {day}."),
    "dm.random_high": N_("Glucose at random is high, which alone does not count: measure it fasting by {day}."),
    "dm.venous_needed": N_("A finger-stick only screens: a venous test is needed."),
    "confirm.unknown": N_("Seen for suspected {programme}, but not what was found: find out by {day}."),
    "confirm.yes": N_("The hospital confirmed {programme}: enrol by {day}."),
}
"""What speaks for a suspicion, what is missing, and what was answered."""

DEEDS = {
    "visit.add": N_("visit recorded"),
    "visit.fix": N_("visit corrected"),
    "visit.void": N_("visit withdrawn"),
    "screen.add": N_("screening recorded"),
    "person.add": N_("person registered"),
    "person.edit": N_("person changed"),
    "person.close": N_("person closed"),
    "person.reopen": N_("person reopened"),
    "programme.begin": N_("programme begun"),
    "programme.end": N_("programme ended"),
    "pause.begin": N_("pause begun"),
    "pause.end": N_("pause ended"),
    "refer.reply": N_("referral outcome recorded"),
    "refer.out": N_("referral slip written"),
    "refer.back": N_("return slip recorded"),
    "refer.void": N_("referral slip withdrawn"),
    "institution.add": N_("institution recorded"),
    "place.add": N_("place added"),
    "place.edit": N_("place changed"),
    "place.merge": N_("two places made one"),
    "place.import": N_("places imported"),
    "staff.post": N_("doctor's post recorded"),
    "staff.leave": N_("doctor's leaving recorded"),
    "institution.edit": N_("institution changed"),
    "clinic.add": N_("clinic day recorded"),
    "person.fact": N_("fact about a risk recorded"),
    "call.add": N_("call recorded"),
    "opinion.add": N_("opinion recorded"),
    "opinion.handle": N_("opinion handled"),
    "checkup.add": N_("check-up recorded"),
    "checkup.fix": N_("check-up corrected"),
    "checkup.void": N_("check-up withdrawn"),
    "checkup.resolve": N_("abnormal result settled"),
    "test.add": N_("test result recorded"),
    "test.void": N_("test result withdrawn"),
    "task.add": N_("task written down"),
    "task.close": N_("task closed"),
    "task.assign": N_("task handed on"),
    "task.note": N_("note on a task"),
    "task.return": N_("task given back"),
    "task.accept": N_("task accepted"),
    "task.hand_out": N_("tasks handed out"),
    "task.check": N_("registry checked"),
    "education.add": N_("health education recorded"),
    "education.void": N_("health education withdrawn"),
    "medicine.give": N_("medicine supplied"),
    "medicine.stop": N_("medicine stopped"),
    "medicine.void": N_("entry about a medicine withdrawn"),
    "benefit.set": N_("outpatient benefit noted"),
    "order.add": N_("examination ordered"),
    "order.sent": N_("order sent"),
    "order.result": N_("result of an order recorded"),
    "order.cancel": N_("order cancelled"),
    "contract.sign": N_("contract signed"),
    "contract.renew": N_("contract renewed"),
    "contract.end": N_("contract ended"),
    "household.assign": N_("household described"),
    "household.tag": N_("household tagged"),
    "household.visit": N_("call at a house recorded"),
    "household.settle": N_("need settled"),
    "person.tag": N_("tags of a person changed"),
    "person.rescue": N_("major illness rescue recorded"),
    "person.treated": N_("treatment recorded"),
    "upload.sent": N_("noted as sent to the county platform"),
    "upload.returned": N_("noted as returned by the county platform"),
    "person.erase": N_("identity erased"),
    "init": N_("registry made"),
    "backup": N_("backed up"),
    "encrypt": N_("encryption begun"),
    "decrypt": N_("decryption begun"),
    "passphrase": N_("change of the passphrase begun"),
    "restore": N_("a backup put in its place"),
    "rescue": N_("saved from a damaged file"),
    "upgrade": N_("brought up to a newer version"),
    "undo": N_("taken back"),
    "full": N_("unmasked numbers shown"),
    "export": N_("data exported"),
    "purge": N_("identities taken out of a backup"),
    "protocol.use": N_("guideline put in force"),
    "upload.removed": N_("noted as taken out of the county platform"),
    "import.sheet": N_("sheet imported"),
    "person.merge": N_("two people merged"),
    "bundle.merge": N_("bundle merged"),
    "desk.expect": N_("said who is to report"),
    "bundle.key": N_("key made"),
    "bundle.trust": N_("key trusted"),
    "bundle.drop": N_("key no longer trusted"),
    "person.distinct": N_("said to be two people"),
    "transfer.out": N_("transfer begun"),
    "transfer.accept": N_("transfer accepted"),
    "transfer.decline": N_("transfer declined"),
    "transfer.settle": N_("said where somebody lives whom two villages have"),
    "transfer.withdraw": N_("transfer withdrawn"),
}
"""What a user did, as the journal names it."""

MEDICINES = {
    "flag.twice": N_("Twice of one class ({classes}): {names}: ask the prescriber."),
    "flag.together": N_("{classes} together: {names}: ask the prescriber."),
    "flag.egfr_low": N_("{names} with eGFR {value} of {on}, below {limit}: ask the prescriber."),
    "flag.egfr_old": N_(
        "{names}: the last eGFR, {value} of {on}, is too long ago to say anything of the kidneys: test creatinine."
    ),
    "flag.egfr_none": N_("{names}: no eGFR is known (creatinine, sex and birth date are needed): test creatinine."),
}
"""Questions for the prescriber, from what is recorded."""

_ALL = {**MEDICINES, **CRITERIA, **SUSPICION, **ADVICE, **DANGER, **WARNINGS, **ERRORS, **DEEDS}


def sentence(code: str, **values: object) -> str:
    """The sentence of a code with its values, in the user's language."""
    return _(_ALL[code]).format(**{name: _shown(value) for name, value in values.items()})


def _shown(value: object) -> object:
    """126.0 is written 126; nothing is written as nothing."""
    return "" if value is None else f"{value:g}" if isinstance(value, float) else value


def known(code: str) -> bool:
    """Is there a sentence for this code?"""
    return code in _ALL
