"""The field's standard terms: official Chinese ones on screen through the catalogue, plain English ones as source."""

from chronic.i18n import N_, _

PROGRAMMES = {"htn": N_("hypertension"), "dm": N_("type 2 diabetes"), "lipid": N_("dyslipidaemia")}

CLASSES = {
    "controlled": N_("controlled"),
    "uncontrolled": N_("not controlled"),
    "adverse_reaction": N_("adverse reaction"),
    "complication": N_("complication"),
    "not_assessed": N_("not assessed"),
}

EXTRAS = {
    "analytics": N_("Parquet"),
    "calendar": N_("A calendar file"),
    "excel": N_("An Excel workbook (a CSV does not)"),
    "spark": N_("Spark"),
    "pdf": N_("A PDF (a page .html does not)"),
}
"""What each extra of the package is for, as the beginning of a sentence."""

LOGGED = {
    "key.wrong": N_("a wrong passphrase or key"),
    "key.missing": N_("no key was found"),
    "key.other": N_("a key file with other keys"),
    "key.file": N_("a key file that cannot be read"),
    "cipher.missing": N_("the library for encrypted registries is missing"),
    "seal.wrong": N_("a wrong passphrase of an encrypted file"),
    "seal.others": N_("a file encrypted to somebody else"),
    "nightly.failed": N_("parts of the nightly run"),
    "nightly.clock": N_("the nightly run: the clock cannot be right"),
    "nightly.empty": N_("the nightly run: nobody is registered"),
    "nightly.folder": N_("the nightly run: its folder cannot be written"),
}
"""What the log beside the registry says, by code."""

URGENCY = {"routine": N_("referral advised"), "emergency": N_("EMERGENCY referral")}
SEXES = {"M": N_("male"), "F": N_("female"), "unknown": N_("sex unknown")}
STEPS = {
    "recheck": N_("measure again"),
    "confirm": N_("refer to confirm"),
    "ask": N_("ask what was found"),
    "enrol": N_("enrol"),
    "emergency": N_("EMERGENCY referral"),
}
HOUSEHOLD_DUES = {
    "danger": N_("OPEN DANGER"),
    "followup": N_("follow-up"),
    "referral": N_("referral outcome"),
    "screening": N_("measure again"),
    "checkup": N_("yearly check-up"),
}
HOUSEHOLD_FACTS = {"head": N_("head of the household"), "staff": N_("looked after by whom"), "address": N_("house address")}
RESCUE_STATES = {"begun": N_("begun"), "ended": N_("over")}
NOTED = {
    "contract": N_("contract"),
    "contract_end": N_("contract ended"),
    "household_fact": N_("household"),
    "household_tag": N_("household tag"),
    "household_visit": N_("call at the house"),
    "need_settled": N_("need settled"),
    "rescue": N_("major illness rescue"),
    "treated": N_("treated"),
    "transfer": N_("transfer"),
    "transfer_answer": N_("answer to a transfer"),
    "upload": N_("county platform"),
}
RECORDS = {"people": N_("person"), "visits": N_("follow-up"), "checkups": N_("check-up")}
UPLOADS = {
    "unsent": N_("not sent"), "changed": N_("changed since"), "sent": N_("sent"), "returned": N_("returned"),
    "withdrawn": N_("withdrawn here since"), "removed": N_("taken out there"),
}  # fmt: skip
OF_A_TREND = {"before": N_("before"), "recent": N_("recent")}
ASKED_ABOUT = {
    "after_death": N_("visit after the day of death"),
    "alike": N_("same values for several people on one day"),
    "copied": N_("same values as before"),
    "backfilled": N_("several visits written down on one day"),
    "cadence": N_("many visits in one month"),
    "regular": N_("always on the same day of the month"),
    "crowded": N_("very many visits in a day"),
    "digits": N_("preferred last digits"),
    "near_limit": N_("many readings just under the limit"),
    "phone_bp": N_("blood pressure of a phone contact"),
    "late": N_("written down late"),
    "missing": N_("required fields missing"),
}
WORK = {"visit": N_("follow-up"), "checkup": N_("check-up")}
COUNTS = {
    "counted": N_("counted"),
    "after_closing": N_("after the person was closed"),
    "not_managed": N_("in no programme that grants follow-ups on that day"),
    "no_reading": N_("what the class hangs on was not measured"),
    "incomplete": N_("required fields are blank"),
    "again": N_("one was counted this year already"),
    "not_entitled": N_("neither managed nor an older person on that day"),
}
LATE_RECORDS = {
    "visit": N_("follow-up"),
    "fix": N_("corrected visit"),
    "void": N_("withdrawn visit"),
    "screening": N_("screening"),
    "change": N_("register changed"),
    "enrolment": N_("enrolled"),
    "checkup": N_("check-up"),
    "checkup_void": N_("check-up withdrawn"),
    "test": N_("test result"),
    "test_void": N_("test result withdrawn"),
    "referral": N_("referral slip"),
    "referral_void": N_("referral slip withdrawn"),
    "outcome": N_("referral outcome"),
    "call": N_("call"),
    "contract": N_("contract"),
    "contract_end": N_("contract ended"),
    "person": N_("registered"),
    "merge": N_("merged"),
    "undo": N_("taken back"),
    "bundle": N_("bundle merged"),
}
ANSWERS = {"yes": N_("yes"), "no": N_("no"), "unknown": N_("unknown")}
KNOWN_FROM = {"register": N_("register"), "visit": N_("visit"), "told": N_("told"), "programme": N_("programme")}
WANTED = {"bp": N_("blood pressure"), "fpg": N_("fasting glucose"), "checkup": N_("check-up")}
OUTCOMES = {"seen": N_("seen there"), "returned": N_("referred back"), "not_arrived": N_("did not go")}
CALL_OUTCOMES = {
    "came_already": N_("says: came already"),
    "agreed": N_("agreed to come"),
    "call_later": N_("call later"),
    "not_reached": N_("not reached"),
    "wrong_number": N_("wrong number"),
    "moved": N_("told: moved away"),
    "died": N_("told: died"),
    "refused": N_("refuses"),
    "has_medicine": N_("still has medicine"),
    "seen_elsewhere": N_("seen elsewhere, not recorded"),
    "other": N_("other"),
}
CALL_WAYS = {"phone": N_("by phone"), "door": N_("at the door"), "family": N_("through the family")}
PROMISES = {"open": N_("promised"), "broken": N_("BROKEN")}
SATISFACTION = {"satisfied": N_("satisfied"), "neutral": N_("neutral"), "dissatisfied": N_("dissatisfied")}
WAYS = {"clinic": N_("clinic"), "home": N_("home"), "phone": N_("phone")}
VISIT_KINDS = {"followup": N_("follow-up"), "screening": N_("screening")}
STATES = {"live": "", "corrected": N_("corrected"), "withdrawn": N_("withdrawn")}
LIKENESS = {
    "same_name": N_("same name"),
    "sounds_same": N_("names sound the same"),
    "same_birth_date": N_("same birth date"),
    "near_birth_date": N_("birth dates nearly the same"),
    "same_phone": N_("same phone"),
    "same_household": N_("same household"),
    "same_village": N_("same village"),
    "same_archive": N_("archive numbers end the same"),
    "near_id": N_("ID numbers nearly the same"),
    "other_birth_date": N_("but other birth date"),
    "other_sex": N_("but other sex"),
    "other_id": N_("but other ID number"),
}
BATCH_STATES = {"stands": "", "undone": N_("taken back"), "empty": N_("nothing new")}
HOLDS = {
    "people": N_("People"),
    "visits": N_("Visits"),
    "checkups": N_("Check-ups"),
    "tests": N_("Test results"),
    "facts": N_("Facts"),
    "fhir": N_("FHIR resources"),
}
END_REASONS = {
    "died": N_("died"),
    "moved": N_("moved away"),
    "refused": N_("refused"),
    "withdrawn": N_("diagnosis withdrawn"),
}
LEFT_OUT = {
    "no_day": N_("no working day"),
    "full": N_("every day is full"),
    "household": N_("not enough room for the whole household"),
}
QUOTA = {"none_this_quarter": N_("none this quarter"), "out_of_reach": N_("extra visits needed")}
SECTIONS = {
    "first": N_("First"),
    "due": N_("Due today"),
    "overdue": N_("Overdue"),
    "recheck": N_("Recheck"),
    "danger": N_("DANGER"),
    "referral": N_("Referral"),
    "settle": N_("To record"),
}
REFERRAL_KINDS = {
    "emergency": N_("AMBULANCE"),
    "first": N_("first visit"),
    "followup": N_("during follow-up"),
    "down": N_("back to the village"),
}
CRITERION_STATES = {"met": N_("met"), "ask": N_("to ask"), "unknown": N_("not known"), "not_met": N_("not met")}
WEEKDAYS = {
    "1": N_("Mon"), "2": N_("Tue"), "3": N_("Wed"), "4": N_("Thu"), "5": N_("Fri"), "6": N_("Sat"), "7": N_("Sun"),
}  # fmt: skip
"""By ISO number."""
SLIP_STATES = {
    "advised": N_("not written yet"),
    "open": N_("outcome not known"),
    "waiting": N_("waits for the clinic day"),
    "not_arrived": N_("did not go"),
    "seen": N_("seen there"),
    "returned": N_("referred back"),
}
TEST_STATES = {"flagged": N_("ACT"), "never": N_("never done"), "due": N_("due again"), "done": N_("counts")}
ORDER_STATUSES = {
    "requested": N_("requested"),
    "sent": N_("sent"),
    "resulted": N_("result back"),
    "cancelled": N_("cancelled"),
}
ENTRIES = {"supply": N_("given"), "stop": N_("stopped")}
LINES = {"tell": N_("say"), "ask": N_("ask")}
MEASURES = {
    "bp": N_("BP"),
    "fpg": N_("fasting glucose"),
    "non_fasting": N_("glucose after meals"),
    "hba1c": N_("HbA1c"),
    "ldl_c": N_("LDL-C"),
    "non_hdl_c": N_("non-HDL-C"),
}
ORIGINS = {"program": N_("this program"), "registry": N_("taken in here")}
QUESTIONS = {
    "danger": N_("danger signs"),
    "adr": N_("adverse reaction"),
    "complication": N_("complication"),
    "hypoglycemia": N_("hypoglycaemia"),
}

TASK_STATES = {"open": N_("open"), "reopened": N_("reopened"), "closed": N_("finished"), "accepted": N_("signed off")}
TASK_EVENTS = {
    "found": N_("found"),
    "handed_to": N_("handed to"),
    "note": N_("note"),
    "closed": N_("finished"),
    "reopened": N_("reopened"),
    "accepted": N_("signed off"),
}
"""What becomes of a task."""
HANDED_OUT = {
    "overdue": N_("overdue for a follow-up"), "quality": N_("records to be checked"),
    "duplicates": N_("perhaps registered twice"),
}  # fmt: skip
"""What a list that is handed out to villages is made from."""
DESK_STATES = {
    "never": N_("never reported"), "late": N_("late"), "without": N_("no registry"), "reported": N_("reported"),
}  # fmt: skip
"""How somebody who is to report stands."""
ENDED_BY = {"fact": N_("the next check"), "evidence": N_("evidence")}
"""What closes a task of a check."""


def term(table: dict[str, str], code: str) -> str:
    """The word for a code in the user's language; a code without a word stands for itself."""
    word = table.get(code)
    return code if word is None else _(word) if word else ""  # gettext gives its header for an empty message


FOLLOW_UP_OF_FINDINGS = {
    "emergency": N_("EMERGENCY referral"),
    "screen": N_("measure again, suspected"),
    "follow_up": N_("follow-up visit"),
    "refer": N_("refer"),
    "recheck": N_("measure again"),
}
"""What an abnormal result of a check-up calls for."""
FINDING_STATES = {
    "planned": N_("in the plan"),
    "open": N_("open"),
    "measured": N_("measured again"),
    "settled": N_("settled"),
}
POPULATIONS = {**PROGRAMMES, "elderly": N_("65 and over")}
PARTS = {
    "htn": N_("Check-up for hypertension"),
    "dm": N_("Check-up for type 2 diabetes"),
    "elderly": N_("Check-up at 65 and over"),
    "elderly_tests": N_("Tests at 65 and over"),
    "elderly_2025": N_("Tests at 65 and over since 2025"),
    "tcm": N_("TCM at 65 and over"),
}
"""The lists a check-up must fulfil."""
THIS_YEAR = {"done": N_("done"), "not_yet": N_("not yet")}

REASONS = {
    "never_seen": N_("never seen"),
    "followup_due": N_("follow-up"),
    "recheck_due": N_("recheck"),
    "confirm_due": N_("confirmed or not"),
    "enrol_due": N_("to be enrolled"),
    "not_assessed": N_("not measured"),
    "danger_contact": N_("after danger"),
    "referral_outcome": N_("referral outcome"),
    "doctor_date": N_("doctor's date"),
    "checkup_due": N_("yearly check-up"),
}
CHECK_PARTS = {
    "file": N_("the file"),
    "schema": N_("its tables"),
    "references": N_("what refers to what"),
    "facts": N_("what was written"),
    "audit": N_("the audit"),
    "contradictions": N_("contradictions"),
    "derived": N_("plans and classes"),
}

TRANSFERS = {
    "open": N_("not accepted yet"),
    "accepted": N_("accepted"),
    "declined": N_("declined"),
    "withdrawn": N_("withdrawn"),
    "overtaken": N_("went elsewhere"),
    "left": N_("moved out of reach"),
}
BUNDLED = {
    "person": N_("people"), "enrolment": N_("enrolments"), "pause": N_("pauses"), "person_change": N_("changed fields"),
    "person_fact": N_("told facts"), "visit": N_("visits"), "visit_void": N_("withdrawn visits"),
    "checkup": N_("check-ups"), "checkup_void": N_("withdrawn check-ups"), "finding_settled": N_("settled results"),
    "test_result": N_("test results"), "test_void": N_("withdrawn test results"), "referral": N_("referral slips"),
    "referral_void": N_("withdrawn slips"), "referral_outcome": N_("referral outcomes"), "call": N_("calls"),
    "opinion": N_("opinions"), "opinion_handled": N_("handled opinions"), "contract": N_("contracts"),
    "contract_end": N_("ended contracts"), "household_fact": N_("facts of households"),
    "household_tag": N_("tags of households"), "household_visit": N_("calls at houses"),
    "need_settled": N_("settled needs"), "rescue": N_("rescues of major illness"), "treated": N_("treatments"),
    "task": N_("tasks"), "task_event": N_("events of tasks"),
    "task_about": N_("people on tasks"), "education": N_("health education"),
    "education_void": N_("withdrawn health education"), "medicine_entry": N_("entries about medicines"),
    "medicine_void": N_("withdrawn entries about medicines"), "benefit_told": N_("benefit told"),
    "exam_order": N_("orders"), "exam_order_event": N_("events of orders"), "person_distinct": N_("said to be two people"),
    "transfer": N_("transfers"), "transfer_answer": N_("answers to transfers"),
    "upload": N_("uploads"), "erasure": N_("erased identities"), "tombstone": N_("taken back"),
    "person_alias": N_("people known by two identifiers"),
}  # fmt: skip
"""What a bundle holds, by table."""
