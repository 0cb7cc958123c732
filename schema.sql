-- The whole registry as it is today. Read this first.
--
-- Facts  : place (+ place_change), person (+ person_change, person_fact, person_tag, person_source, person_distinct),
--          person_merge (+ merge_row), transfer (+ transfer_answer, elsewhere), enrolment, pause,
--          visit (+ visit_reading, visit_entered, visit_void), test_result (+ test_void),
--          referral (+ referral_void), referral_outcome, institution, clinic_day, staff,
--          checkup (+ checkup_value, checkup_void, finding_settled), medicine_entry (+ medicine_void), benefit_told,
--          exam_order (+ exam_order_event), task (+ task_event, task_about), education (+ education_void), call,
--          opinion (+ opinion_handled), contract (+ contract_end),
--          household (+ household_fact, household_tag, household_visit, need_settled), rescue, treated, upload,
--          edition, batch, meaning, deed, audit (+ audit_told), erasure,
--          person_alias, tombstone, aside, bundle_peer, bundle_sent, bundle_taken, bundle_given.
-- Kept   : frozen_month (+ frozen_figure, frozen_book): what was sent, never rewritten.
-- Derived: name_key (from person.name), verdict, plan, agenda, medicine_course, task_open, seal. They are rewritten from the facts
--          by re-planning one person's history and are never patched.
--
-- Days are ISO text (2026-11-21), instants are UTC text ending in Z. Nothing here reads the clock:
-- every date arrives as a bound value (a real date: older SQLite lets
-- date(x) pass 30 February, date(x, '+0 days') does not). CHECKs guard shape only; clinical numbers live in protocols/.
-- Three words or more are checked with OR: for such an IN list SQLite builds a table with every row it writes,
-- and with a dozen of them that was two thirds of the time of writing a visit.
-- A `uid` travels between registries; an integer id is local to this file and never used twice.

-- what this file is ------------------------------------------------------------------------------

CREATE TABLE setting (
  key   TEXT PRIMARY KEY,          -- name, area, level, doctor, lang, origin, demo, nightly, nightly_installed, nightly_keep,
                                   -- nightly_backup_to,
                                   -- pseudonym_key (of rows in export parquet)
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE edition (             -- which guideline judges a day: the latest row not after it
  in_force_from TEXT PRIMARY KEY CHECK (in_force_from IS date(in_force_from, '+0 days')),
  protocol      TEXT NOT NULL,     -- id of a file in chronic/protocols, or of the text beside it
  text          TEXT,              -- a county's own file, whole; NULL for one that comes with the program
  recorded_at   TEXT NOT NULL,
  recorded_by   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE batch (               -- one import; its rows carry its id, but for told facts, which its deed names
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  holds       TEXT NOT NULL CHECK (holds IN ('people', 'visits', 'checkups', 'tests', 'facts', 'fhir')),
  source      TEXT NOT NULL,       -- --source NAME: whose person_ref numbers these are
  file        TEXT NOT NULL,
  summary     TEXT NOT NULL DEFAULT '{}',   -- JSON: added, changed, unchanged, refused, warnings
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;

CREATE TABLE meaning (             -- how the sheets of a source are read: said once with --map and --codes, used again
  source      TEXT NOT NULL,
  header      TEXT NOT NULL,       -- as headers are compared; empty: which set of codes
  meant       TEXT NOT NULL,       -- column, column:unit, empty where the header is left out; the name of a set
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  PRIMARY KEY (source, header)
) STRICT, WITHOUT ROWID;

CREATE TABLE deed (                -- one command that recorded something: what `undo` takes back
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  kind        TEXT NOT NULL,       -- visit.add, person.close, import …
  person      INTEGER,             -- whose, NULL for a sheet; no reference, because undo may take the person away
  added       TEXT NOT NULL,       -- JSON: table -> [first, last] id it added; nobody else writes in between
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  undone_at   TEXT,                -- there is no redo: once undone, a deed stays undone
  undone_by   TEXT,
  removed     TEXT,                -- JSON: uids of the rows undo took away, which another registry may still have
  CHECK ((undone_at IS NULL) = (undone_by IS NULL))
) STRICT;
CREATE INDEX deed_batch ON deed (json_extract(added, '$.batch[0]')) WHERE json_extract(added, '$.batch[0]') IS NOT NULL;

CREATE TABLE seal (                -- derived: how many rows with neighbouring ids there are, and a checksum over them;
  place  TEXT NOT NULL,            -- what `check` finds changed was not changed by this program. See chronic/store/seals.py
  chunk  INTEGER NOT NULL,
  rows   INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (place, chunk)
) STRICT, WITHOUT ROWID;

-- Append-only. The hash of each row is over itself and the row before it; what was said of a person is beside it, with only
-- its salted hash in the chain, so that it can be erased and the chain still be whole.
CREATE TABLE audit (               -- what was done here or taken out of here; see chronic/store/audit.py
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  action      TEXT NOT NULL,       -- visit.add, import.sheet, undo, full (looked at unmasked numbers), export, restore …
  about       TEXT,                -- the command, the kind of deed that was undone; nothing personal
  person      TEXT,                -- uid; it stays when the person is erased
  deed        INTEGER,             -- of the journal
  digest      TEXT NOT NULL,       -- of salt and told; empty where nothing was said
  head        TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX audit_person ON audit (person) WHERE person IS NOT NULL;
CREATE INDEX audit_deed ON audit (deed) WHERE deed IS NOT NULL;

CREATE TABLE audit_told (
  audit INTEGER PRIMARY KEY REFERENCES audit (id),
  salt  TEXT NOT NULL,
  told  TEXT NOT NULL              -- JSON: table -> the rows written, with what a field was before and after
) STRICT;

CREATE TABLE erasure (             -- somebody's identity was erased: who they were is nowhere, that they were is here
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  person_uid  TEXT NOT NULL UNIQUE,
  basis       TEXT NOT NULL CHECK (basis <> ''),   -- why it was lawful: who asked, on what paper
  birth_year  INTEGER CHECK (birth_year BETWEEN 1800 AND 2200),   -- all that stays of the birth date, and the same everywhere
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX erasure_person ON erasure (person);

-- places -----------------------------------------------------------------------------------------

CREATE TABLE place (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  uid    TEXT NOT NULL UNIQUE,
  level  TEXT NOT NULL CHECK (level = 'county' OR level = 'area' OR level = 'township' OR level = 'village'
                              OR level = 'hamlet'),
  name   TEXT NOT NULL CHECK (name <> ''),
  code   TEXT,                     -- of a county, township or village the 12 official digits (GB/T 2260, GB/T 10114); province
                                   -- and city are their first 2 and 4. Of an area or a hamlet whatever the county calls it
  urban_class TEXT,                -- 城乡分类代码 of the official list, three digits
  parent INTEGER REFERENCES place (id),    -- of a hamlet its village, of a village its township; an area may lie between
                                           -- township and county
  same_as INTEGER REFERENCES place (id)    -- not NULL: another name of that place, by which it was known once or is elsewhere
) STRICT;
CREATE UNIQUE INDEX place_name ON place (level, name, coalesce(parent, 0)) WHERE same_as IS NULL;
CREATE UNIQUE INDEX place_code ON place (code) WHERE code IS NOT NULL;
CREATE INDEX place_parent ON place (parent) WHERE parent IS NOT NULL;
CREATE INDEX place_called ON place (name, level, coalesce(parent, 0));
CREATE INDEX place_same_as ON place (same_as) WHERE same_as IS NOT NULL;

CREATE TABLE place_change (        -- what became of a place: one row per column changed, and one (old NULL) for its first name
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  place       INTEGER NOT NULL REFERENCES place (id),
  field       TEXT NOT NULL CHECK (field = 'name' OR field = 'code' OR field = 'urban_class' OR field = 'parent'
                                   OR field = 'same_as'
                                   OR field = 'household'),   -- one that went along: its id, and the hamlet it had
  old         TEXT,
  new         TEXT,
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX place_change_place ON place_change (place, field);

-- people -----------------------------------------------------------------------------------------

CREATE TABLE person (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  uid            TEXT NOT NULL UNIQUE,
  name           TEXT NOT NULL CHECK (name <> ''),
  sex            TEXT NOT NULL DEFAULT 'unknown' CHECK (sex = 'M' OR sex = 'F' OR sex = 'unknown'),
  birth_date     TEXT CHECK (birth_date IS date(birth_date, '+0 days')),
  birth_approximate TEXT CHECK (birth_approximate = 'yes'),   -- reckoned from an age: shown and listed by, never judged by
  id_number      TEXT UNIQUE CHECK (length(id_number) = 18),
  archive_no     TEXT UNIQUE CHECK (length(archive_no) IN (8, 17)),
  phone          TEXT,
  village        INTEGER REFERENCES place (id),
  hamlet         INTEGER REFERENCES place (id),
  household_no   TEXT,
  address        TEXT,
  responsible_doctor TEXT,
  registered_on  TEXT CHECK (registered_on IS date(registered_on, '+0 days')),
  family_history TEXT,
  ascvd          TEXT CHECK (ascvd IN ('yes', 'no')),
  ckd            TEXT CHECK (ckd IN ('yes', 'no')),
  smoking_status TEXT CHECK (smoking_status = 'never' OR smoking_status = 'former' OR smoking_status = 'current'),
  closed_on      TEXT CHECK (closed_on IS date(closed_on, '+0 days')),
  closed_reason  TEXT CHECK (closed_reason IN ('died', 'moved')),
  origin         TEXT NOT NULL,    -- registry where the row was made
  batch          INTEGER REFERENCES batch (id),
  recorded_at    TEXT NOT NULL,
  recorded_by    TEXT NOT NULL,
  CHECK ((closed_on IS NULL) = (closed_reason IS NULL)),
  CHECK (birth_approximate IS NULL OR birth_date IS NOT NULL)
) STRICT;
CREATE INDEX person_name ON person (name, village);
CREATE INDEX person_birth_date ON person (birth_date) WHERE birth_date IS NOT NULL;   -- this and the next: who may be one
CREATE INDEX person_phone ON person (phone) WHERE phone IS NOT NULL;
CREATE INDEX person_id_tail ON person (substr(id_number, -4)) WHERE id_number IS NOT NULL;
CREATE INDEX person_archive_tail ON person (substr(archive_no, -8)) WHERE archive_no IS NOT NULL;
CREATE INDEX person_village ON person (village, hamlet, household_no);
CREATE INDEX person_no_phone ON person (id) WHERE phone IS NULL;             -- what is missing is looked for every night
CREATE INDEX person_no_birth_date ON person (id) WHERE birth_date IS NULL;

CREATE TABLE person_change (       -- one row per field changed; this is what travels and merges
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  field       TEXT NOT NULL,       -- a canonical column: phone, closed_on, htn_ended_on …
  about       TEXT,                -- uid of the enrolment or pause it changed, source of a person_ref; else NULL
  old         TEXT,
  new         TEXT,
  counter     INTEGER NOT NULL DEFAULT 0,   -- one more than any this writer had seen of the field: laptops have wrong clocks
  batch       INTEGER REFERENCES batch (id),
  origin      TEXT NOT NULL DEFAULT '',     -- registry that wrote it; '': not known, and of what a registration said first
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX person_change_person ON person_change (person);
CREATE INDEX person_change_number ON person_change (field, new) WHERE field = 'id_number' OR field = 'archive_no';

CREATE TABLE person_fact (         -- what somebody said about a risk; the latest one of a fact counts
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  fact        TEXT NOT NULL CHECK (fact <> ''),   -- see chronic/model/facts.py
  value       TEXT NOT NULL CHECK (value IN ('yes', 'no')),
  told_on     TEXT NOT NULL CHECK (told_on IS date(told_on, '+0 days')),
  source      TEXT,                -- who said it
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX person_fact_person ON person_fact (person, fact, told_on);

CREATE TABLE person_tag (
  person INTEGER NOT NULL REFERENCES person (id),
  tag    TEXT NOT NULL CHECK (tag <> ''),
  PRIMARY KEY (person, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_tag_people ON person_tag (tag, person);

CREATE TABLE person_source (       -- the numbers other systems call this person by
  source TEXT NOT NULL,
  ref    TEXT NOT NULL CHECK (ref <> ''),
  person INTEGER NOT NULL REFERENCES person (id),
  PRIMARY KEY (source, ref)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_source_person ON person_source (person);

CREATE TABLE name_key (            -- derived: pinyin initials, every reading of a polyphone
  key    TEXT NOT NULL,
  person INTEGER NOT NULL REFERENCES person (id),
  PRIMARY KEY (key, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX name_key_person ON name_key (person);

-- one person registered twice --------------------------------------------------------------------
-- What was recorded of the one who goes is handed to the one who stays, all of it, and the row of the one who goes is
-- kept beside the merger: by its old uid and numbers the person is still found. Undo gives everything back.

CREATE TABLE person_merge (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),   -- who stayed
  merged      INTEGER NOT NULL UNIQUE,   -- who went: a number that is never used again
  merged_uid  TEXT NOT NULL UNIQUE,
  name        TEXT NOT NULL,             -- this and the next two: as they were registered
  id_number   TEXT,
  archive_no  TEXT,
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX person_merge_person ON person_merge (person);
CREATE INDEX person_merge_id_number ON person_merge (id_number) WHERE id_number IS NOT NULL;
CREATE INDEX person_merge_archive_no ON person_merge (archive_no) WHERE archive_no IS NOT NULL;

CREATE TABLE merge_row (           -- a row that changed hands, or was taken out
  merge INTEGER NOT NULL REFERENCES person_merge (id),
  place TEXT NOT NULL,             -- table.column it stands in; the table alone where it was taken out
  row   INTEGER NOT NULL,          -- its id; counted where it has none
  was   TEXT,                      -- JSON: the row taken out, or the text that was changed
  PRIMARY KEY (merge, place, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX merge_row_place ON merge_row (place, row);

CREATE TABLE person_distinct (     -- somebody looked: these are two people
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  other       INTEGER NOT NULL REFERENCES person (id),
  said_on     TEXT NOT NULL CHECK (said_on IS date(said_on, '+0 days')),
  note        TEXT,
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX person_distinct_person ON person_distinct (person, other);
CREATE INDEX person_distinct_other ON person_distinct (other);

-- moving 迁出, 迁入 ---------------------------------------------------------------------------------
-- Until a transfer is answered the person is the sender's. Never edited; what counts of several answers, and whose somebody
-- is, is decided in chronic/store/transfers.py from these rows alone. Where nobody can answer (`outside`) the person is closed.

CREATE TABLE transfer (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  from_place  INTEGER REFERENCES place (id),   -- the village they leave; NULL: not known
  to_place    INTEGER REFERENCES place (id),   -- the village that is to accept them
  outside     TEXT CHECK (outside <> ''),      -- where to, if that is no village of these registries
  moved_on    TEXT NOT NULL CHECK (moved_on IS date(moved_on, '+0 days')),   -- the first day they belong there
  reason      TEXT,
  counter     INTEGER NOT NULL,                -- one more than any this writer had seen of the person: laptops have wrong clocks
  ended_by    TEXT,                            -- uid of the answer that counts, or of the acceptance that overtook it
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  CHECK ((to_place IS NULL) = (outside IS NOT NULL))
) STRICT;
CREATE INDEX transfer_person ON transfer (person, counter);
CREATE INDEX transfer_open ON transfer (moved_on, person) WHERE ended_by IS NULL AND outside IS NULL;

CREATE TABLE transfer_answer (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  transfer    INTEGER NOT NULL REFERENCES transfer (id),
  person      INTEGER NOT NULL REFERENCES person (id),
  answer      TEXT NOT NULL CHECK (answer = 'accepted' OR answer = 'declined' OR answer = 'withdrawn'),
  answered_on TEXT NOT NULL CHECK (answered_on IS date(answered_on, '+0 days')),
  place       INTEGER REFERENCES place (id),   -- accepted: the village that has them now
  reason      TEXT,
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  CHECK ((answer = 'accepted') = (place IS NOT NULL)),
  CHECK (answer <> 'declined' OR reason IS NOT NULL)
) STRICT;
CREATE INDEX transfer_answer_transfer ON transfer_answer (transfer);
CREATE INDEX transfer_answer_person ON transfer_answer (person);
CREATE INDEX transfer_answer_declined ON transfer_answer (answered_on) WHERE answer = 'declined';

-- Whom a village's registry knows, but another one looks after. Their closed_on and closed_reason follow from a transfer,
-- hold in this file only and never travel.
CREATE TABLE elsewhere (
  person INTEGER PRIMARY KEY REFERENCES person (id)
) STRICT, WITHOUT ROWID;

-- management -------------------------------------------------------------------------------------

CREATE TABLE enrolment (           -- one stay in a programme; closing the person ends it too
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  uid          TEXT NOT NULL UNIQUE,
  person       INTEGER NOT NULL REFERENCES person (id),
  programme    TEXT NOT NULL CHECK (programme = 'htn' OR programme = 'dm' OR programme = 'lipid'),
  enrolled_on  TEXT NOT NULL CHECK (enrolled_on IS date(enrolled_on, '+0 days')),
  assumed      INTEGER NOT NULL CHECK (assumed IN (0, 1)),   -- 1: an earlier visit moves it back
  diagnosed_on TEXT CHECK (diagnosed_on IS date(diagnosed_on, '+0 days')),
  ended_on     TEXT CHECK (ended_on IS date(ended_on, '+0 days')),
  end_reason   TEXT CHECK (end_reason = 'died' OR end_reason = 'moved' OR end_reason = 'refused'
                           OR end_reason = 'withdrawn'),
  origin       TEXT NOT NULL,
  batch        INTEGER REFERENCES batch (id),
  recorded_at  TEXT NOT NULL,
  recorded_by  TEXT NOT NULL,
  CHECK ((ended_on IS NULL) = (end_reason IS NULL)),
  CHECK (ended_on IS NULL OR ended_on >= enrolled_on)
) STRICT;
CREATE UNIQUE INDEX enrolment_open ON enrolment (person, programme) WHERE ended_on IS NULL;
CREATE INDEX enrolment_person ON enrolment (person, programme, enrolled_on);
CREATE INDEX enrolment_ended ON enrolment (ended_on) WHERE ended_on IS NOT NULL;

CREATE TABLE pause (               -- 暂时失访: ends by itself with the next contact
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  from_on     TEXT NOT NULL CHECK (from_on IS date(from_on, '+0 days')),
  reason      TEXT,
  ended_on    TEXT CHECK (ended_on IS date(ended_on, '+0 days')),
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  CHECK (ended_on IS NULL OR ended_on >= from_on)
) STRICT;
CREATE INDEX pause_person ON pause (person, from_on);

-- contacts: follow-ups and screenings ------------------------------------------------------------
-- Never edited. The only column that ever changes is ended_by, set once: the uid of the fix or void. Undo of that fix
-- or void clears it again. A visit taken back by undo is withdrawn like any other, for the reason chronic.undo.

CREATE TABLE visit (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  kind        TEXT NOT NULL CHECK (kind IN ('followup', 'screening')),
  visit_date  TEXT NOT NULL CHECK (visit_date IS date(visit_date, '+0 days')),
  way         TEXT NOT NULL CHECK (way = 'clinic' OR way = 'home' OR way = 'phone'),
  sbp         INTEGER CHECK (sbp >= 0),            -- mmHg; the mean where visit_reading has several
  dbp         INTEGER CHECK (dbp >= 0),
  arm         TEXT CHECK (arm IN ('left', 'right')),
  device      TEXT,
  heart_rate  INTEGER CHECK (heart_rate >= 0),     -- /min
  weight_kg         REAL CHECK (weight_kg >= 0),
  weight_target_kg  REAL CHECK (weight_target_kg >= 0),
  height_cm         REAL CHECK (height_cm >= 0),
  waist_cm          REAL CHECK (waist_cm >= 0),
  fpg               REAL CHECK (fpg >= 0),         -- mmol/L, fasting
  fpg_meter         TEXT CHECK (fpg_meter IN ('HI', 'LO')),   -- beyond the meter's range: no number
  ppg_2h            REAL CHECK (ppg_2h >= 0),
  ppg_2h_meter      TEXT CHECK (ppg_2h_meter IN ('HI', 'LO')),
  random_glucose    REAL CHECK (random_glucose >= 0),
  random_glucose_meter TEXT CHECK (random_glucose_meter IN ('HI', 'LO')),
  ogtt_2h           REAL CHECK (ogtt_2h >= 0),     -- of a glucose tolerance test, by a laboratory
  glucose_sample    TEXT CHECK (glucose_sample IN ('venous', 'capillary')),   -- NULL: not said
  hba1c       REAL CHECK (hba1c >= 0),             -- % NGSP
  hba1c_on    TEXT CHECK (hba1c_on IS date(hba1c_on, '+0 days')),
  tc          REAL CHECK (tc >= 0),                -- mmol/L
  tg          REAL CHECK (tg >= 0),
  ldl_c       REAL CHECK (ldl_c >= 0),
  hdl_c       REAL CHECK (hdl_c >= 0),
  creatinine  REAL CHECK (creatinine >= 0),        -- μmol/L
  uacr        REAL CHECK (uacr >= 0),              -- mg/g
  symptoms       TEXT,                             -- codes of both forms, separated by ;
  symptoms_other TEXT,
  other_signs    TEXT,
  aux_tests      TEXT,
  danger      TEXT CHECK (danger IN ('yes', 'no')),          -- NULL: not asked
  pregnant    TEXT CHECK (pregnant IN ('yes', 'no')),
  bp_drugs    TEXT CHECK (bp_drugs = 'yes' OR bp_drugs = 'no'),        -- takes antihypertensives already
  secondary   TEXT CHECK (secondary = 'yes' OR secondary = 'no'),      -- suspected secondary hypertension
  adherence   TEXT CHECK (adherence = 'regular' OR adherence = 'intermittent' OR adherence = 'none'),
  adr         TEXT CHECK (adr IN ('yes', 'no')),
  adr_text    TEXT,
  hypoglycemia TEXT CHECK (hypoglycemia = 'none' OR hypoglycemia = 'occasional' OR hypoglycemia = 'frequent'),
  complication TEXT CHECK (complication = 'none' OR complication = 'new' OR complication = 'worse'),
  smoke_per_day        INTEGER CHECK (smoke_per_day >= 0),
  smoke_target         INTEGER CHECK (smoke_target >= 0),
  alcohol_liang_per_day REAL CHECK (alcohol_liang_per_day >= 0),   -- 两 of white spirit
  alcohol_target       REAL CHECK (alcohol_target >= 0),
  exercise_per_week    INTEGER CHECK (exercise_per_week >= 0),
  exercise_minutes     INTEGER CHECK (exercise_minutes >= 0),
  exercise_target_per_week INTEGER CHECK (exercise_target_per_week >= 0),
  exercise_target_minutes  INTEGER CHECK (exercise_target_minutes >= 0),
  salt           TEXT CHECK (salt = 'light' OR salt = 'medium' OR salt = 'heavy'),
  salt_target    TEXT CHECK (salt_target = 'light' OR salt_target = 'medium' OR salt_target = 'heavy'),
  staple_food_g  INTEGER CHECK (staple_food_g >= 0),
  staple_target_g INTEGER CHECK (staple_target_g >= 0),
  psych          TEXT CHECK (psych = 'good' OR psych = 'fair' OR psych = 'poor'),
  compliance     TEXT CHECK (compliance = 'good' OR compliance = 'fair' OR compliance = 'poor'),
  dorsalis_pedis TEXT CHECK (dorsalis_pedis = 'normal' OR dorsalis_pedis = 'weak_both'
                             OR dorsalis_pedis = 'weak_left' OR dorsalis_pedis = 'weak_right'
                             OR dorsalis_pedis = 'absent_both' OR dorsalis_pedis = 'absent_left'
                             OR dorsalis_pedis = 'absent_right'),
  medicines      TEXT,                             -- name, per day, each, unit; …
  insulin        TEXT,
  referral_org   TEXT,
  referral_dept  TEXT,
  referral_reason TEXT,
  next_visit_date TEXT CHECK (next_visit_date IS date(next_visit_date, '+0 days')),
  visit_doctor   TEXT,
  notes          TEXT,
  warnings    TEXT NOT NULL DEFAULT '',            -- codes shown when it was recorded, separated by spaces
  replaces    TEXT,                                -- uid of the visit this one corrects
  ended_by    TEXT,                                -- uid of the visit or void that ended this one
  origin      TEXT NOT NULL,
  batch       INTEGER REFERENCES batch (id),
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  CHECK (sbp > dbp),
  CHECK (fpg IS NULL OR fpg_meter IS NULL),
  CHECK (ppg_2h IS NULL OR ppg_2h_meter IS NULL),
  CHECK (random_glucose IS NULL OR random_glucose_meter IS NULL)
) STRICT;
-- one person's live history in date order, and at most one live follow-up a day
CREATE UNIQUE INDEX visit_live_day
  ON visit (person, visit_date, CASE kind WHEN 'followup' THEN '' ELSE uid END) WHERE ended_by IS NULL;

CREATE INDEX visit_ended ON visit (person) WHERE ended_by IS NOT NULL;
CREATE INDEX visit_screening ON visit (visit_date) WHERE kind = 'screening' AND ended_by IS NULL;   -- a day's screenings

CREATE TABLE visit_reading (       -- the readings of one sitting; visit.sbp and dbp are their mean
  visit INTEGER NOT NULL REFERENCES visit (id),
  seq   INTEGER NOT NULL,
  sbp   INTEGER NOT NULL CHECK (sbp >= 0),
  dbp   INTEGER NOT NULL CHECK (dbp >= 0),
  PRIMARY KEY (visit, seq),
  CHECK (sbp > dbp)
) STRICT, WITHOUT ROWID;

CREATE TABLE visit_entered (       -- what was typed where it was in another unit than the registry's
  visit  INTEGER NOT NULL REFERENCES visit (id),
  field  TEXT NOT NULL,            -- a canonical column; bp for a whole reading
  text   TEXT NOT NULL CHECK (text <> ''),
  PRIMARY KEY (visit, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE visit_void (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  visit       INTEGER NOT NULL REFERENCES visit (id),
  reason      TEXT NOT NULL,
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX visit_void_visit ON visit_void (visit);

CREATE TABLE referral_outcome (    -- what became of a slip, or of whatever else was open on that day
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  outcome_on  TEXT NOT NULL CHECK (outcome_on IS date(outcome_on, '+0 days')),
  outcome     TEXT NOT NULL CHECK (outcome = 'seen' OR outcome = 'returned' OR outcome = 'not_arrived'),
  referral    TEXT,                -- uid of the slip it answers; NULL: what was only advised
  answers     TEXT,                -- uid of the contact it answers, which may be of the same day
  confirmed   TEXT CHECK (confirmed IN ('yes', 'no')),       -- of a suspicion: what the hospital found
  programme   TEXT CHECK (programme IN ('htn', 'dm')),       -- whose suspicion; NULL where nothing was confirmed or denied
  institution TEXT,
  diagnosis   TEXT,                -- what the hospital wrote, and what follows; never written by this program
  advice      TEXT,                -- its plan
  hospital_no TEXT,                -- of a return slip: 住院病案号
  findings    TEXT,                -- 主要检查结果
  treatment   TEXT,                -- 治疗经过, medicines
  doctor      TEXT,                -- who signed it
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  CHECK ((confirmed IS NULL) = (programme IS NULL))
) STRICT;
CREATE INDEX referral_outcome_person ON referral_outcome (person, outcome_on);
CREATE INDEX referral_outcome_referral ON referral_outcome (referral) WHERE referral IS NOT NULL;

-- check-ups 健康体检 --------------------------------------------------------------------------------
-- Never edited, like visits: a fix or a void sets ended_by. The form has over two hundred fields, most of them blank on
-- most forms and others in each county, so a value is a row; their names and codes are in chronic/model/checkup_fields.py.
-- What a check-up finds in someone not managed for it, or what is dangerous, is recorded as a screening contact as well:
-- its uid is a hash of the check-up's.

CREATE TABLE checkup (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  uid          TEXT NOT NULL UNIQUE,
  person       INTEGER NOT NULL REFERENCES person (id),
  checkup_date TEXT NOT NULL CHECK (checkup_date IS date(checkup_date, '+0 days')),
  kind         TEXT NOT NULL CHECK (kind IN ('exam', 'tcm')),   -- tcm: nothing but the TCM part, so no yearly check-up
  warnings     TEXT NOT NULL DEFAULT '',   -- codes shown when it was recorded, separated by spaces
  replaces     TEXT,                       -- uid of the check-up this one corrects
  ended_by     TEXT,                       -- uid of the check-up or void that ended this one
  origin       TEXT NOT NULL,
  batch        INTEGER REFERENCES batch (id),
  recorded_at  TEXT NOT NULL,
  recorded_by  TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX checkup_live_day ON checkup (person, checkup_date) WHERE ended_by IS NULL;
CREATE INDEX checkup_ended ON checkup (person) WHERE ended_by IS NOT NULL;

CREATE TABLE checkup_value (
  checkup INTEGER NOT NULL REFERENCES checkup (id),
  field   TEXT NOT NULL CHECK (field <> ''),   -- canonical column
  value   ANY NOT NULL,                        -- number, code word, codes separated by ; or text; HI and LO of a meter
  PRIMARY KEY (checkup, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkup_void (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  checkup     INTEGER NOT NULL REFERENCES checkup (id),
  reason      TEXT NOT NULL,
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX checkup_void_checkup ON checkup_void (checkup);

CREATE TABLE finding_settled (     -- what was done about an abnormal result; it leaves the list from that day
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  field       TEXT NOT NULL CHECK (field <> ''),
  settled_on  TEXT NOT NULL CHECK (settled_on IS date(settled_on, '+0 days')),
  note        TEXT NOT NULL CHECK (note <> ''),
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX finding_settled_person ON finding_settled (person, field);

-- tests: an ECG, a fundus, a laboratory value, done here or elsewhere -------------------------------
-- Never edited, like a contact: `ended_by` is set once, by a void. What stands on a visit is not repeated here.

CREATE TABLE test_result (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  test        TEXT NOT NULL CHECK (test <> ''),    -- a test of the guideline's matrix, or one of its values
  done_on     TEXT NOT NULL CHECK (done_on IS date(done_on, '+0 days')),
  value       REAL CHECK (value >= 0),             -- in `unit`
  unit        TEXT,
  result      TEXT CHECK (result IN ('normal', 'abnormal')),
  institution TEXT,                -- where; NULL: here
  detail      TEXT,                -- what the report says; never written by this program
  ended_by    TEXT,                -- uid of the void that ended it
  origin      TEXT NOT NULL,
  batch       INTEGER REFERENCES batch (id),
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  CHECK (value IS NOT NULL OR result IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX test_result_live
  ON test_result (person, done_on, test, coalesce(institution, '')) WHERE ended_by IS NULL;
CREATE INDEX test_result_ended ON test_result (person) WHERE ended_by IS NOT NULL;

CREATE TABLE test_void (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  test_result INTEGER NOT NULL REFERENCES test_result (id),
  reason      TEXT NOT NULL,
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX test_void_test_result ON test_void (test_result);

-- two-way referral 双向转诊 --------------------------------------------------------------------------
-- A slip that was written is open until an outcome of its own. Never edited: `ended_by` is set once, by a void.

CREATE TABLE referral (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  slip        TEXT NOT NULL CHECK (slip <> ''),    -- 2026-0012, from slip_series of its origin
  made_on     TEXT NOT NULL CHECK (made_on IS date(made_on, '+0 days')),
  urgency     TEXT NOT NULL CHECK (urgency IN ('routine', 'emergency')),
  programme   TEXT CHECK (programme = 'htn' OR programme = 'dm' OR programme = 'lipid'),   -- NULL: of none, or of several
  contact     TEXT,                -- uid of the contact that advised it; NULL: by hand
  criterion   TEXT,                -- code of the referrals book
  reason      TEXT NOT NULL CHECK (reason <> ''),  -- as it stands on the slip
  institution TEXT,                -- to whom, as written on the slip
  dept        TEXT,
  wait_until  TEXT CHECK (wait_until IS date(wait_until, '+0 days')),   -- the clinic day it waits for
  doctor      TEXT,
  ended_by    TEXT,                -- uid of the void that ended it
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  UNIQUE (slip, origin),
  CHECK (wait_until IS NULL OR (urgency = 'routine' AND wait_until >= made_on))
) STRICT;
CREATE INDEX referral_person ON referral (person) WHERE ended_by IS NULL;
CREATE INDEX referral_ended ON referral (person) WHERE ended_by IS NOT NULL;
CREATE INDEX referral_made ON referral (made_on) WHERE ended_by IS NULL;

CREATE TABLE referral_void (       -- a slip that should not be there: what it stood for is open again
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  referral    INTEGER NOT NULL REFERENCES referral (id),
  reason      TEXT NOT NULL,
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX referral_void_referral ON referral_void (referral);

CREATE TABLE slip_series (         -- the last number given in a year; undo does not give it back
  year TEXT PRIMARY KEY,
  last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE institution (         -- never edited: the latest row of a number counts, see current_institution
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  uid          TEXT NOT NULL UNIQUE,
  amends       INTEGER REFERENCES institution (id),   -- the first row, whose id is the number; NULL: this is it
  name         TEXT NOT NULL CHECK (name <> ''),
  level        TEXT NOT NULL CHECK (level = 'village' OR level = 'township' OR level = 'county' OR level = 'city'),
  phone        TEXT,
  address      TEXT,
  capabilities TEXT NOT NULL,      -- codes of chronic/model/institution.py separated by ;
  departments  TEXT NOT NULL,      -- separated by ;
  place        INTEGER REFERENCES place (id),   -- in which township or village it stands
  superior     INTEGER,            -- number of the institution that leads it, as the lead hospital of a 医共体 does
  closed       INTEGER NOT NULL CHECK (closed IN (0, 1)),
  origin       TEXT NOT NULL,
  recorded_at  TEXT NOT NULL,
  recorded_by  TEXT NOT NULL
) STRICT;

CREATE TABLE clinic_day (          -- a specialist sits in; a later row with held = 0 calls a day off
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  institution INTEGER NOT NULL,    -- its number
  dept        TEXT NOT NULL CHECK (dept <> ''),
  held_on     TEXT NOT NULL CHECK (held_on IS date(held_on, '+0 days')),
  every       TEXT CHECK (every = 'week' OR every = 'fortnight' OR every = 'month'),   -- NULL: that day only
  until_on    TEXT CHECK (until_on IS date(until_on, '+0 days')),
  doctor      TEXT,
  held        INTEGER NOT NULL CHECK (held IN (0, 1)),
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  CHECK (until_on IS NULL OR (every IS NOT NULL AND until_on >= held_on))
) STRICT;

CREATE TABLE staff (               -- who works where: of a doctor the latest row not after a day counts, by from_on, then id
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  doctor      TEXT NOT NULL CHECK (doctor <> ''),   -- as people's responsible doctor and visits name them
  institution INTEGER,             -- its number
  team        TEXT CHECK (team <> ''),              -- 家庭医生团队, as contracts name it; both NULL: works here no more
  from_on     TEXT NOT NULL CHECK (from_on IS date(from_on, '+0 days')),
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX staff_doctor ON staff (doctor, from_on);

-- calling back 追访 --------------------------------------------------------------------------------
-- What was said, never what follows from it: a promise is broken, a call due again and a pause proposed by the day alone,
-- and that stands in the agenda. A slip is taken back by undo; otherwise the latest attempt counts.

CREATE TABLE call (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  uid          TEXT NOT NULL UNIQUE,
  person       INTEGER NOT NULL REFERENCES person (id),
  called_on    TEXT NOT NULL CHECK (called_on IS date(called_on, '+0 days')),
  way          TEXT NOT NULL CHECK (way = 'phone' OR way = 'door' OR way = 'family'),
  outcome      TEXT NOT NULL CHECK (outcome = 'came_already' OR outcome = 'agreed' OR outcome = 'call_later'
                                    OR outcome = 'not_reached' OR outcome = 'wrong_number' OR outcome = 'moved'
                                    OR outcome = 'died' OR outcome = 'refused' OR outcome = 'has_medicine'
                                    OR outcome = 'seen_elsewhere' OR outcome = 'other'),
  promised_on  TEXT CHECK (promised_on IS date(promised_on, '+0 days')),     -- agreed to come on this day
  next_call_on TEXT CHECK (next_call_on IS date(next_call_on, '+0 days')),   -- the day somebody chose to call again
  note         TEXT,
  origin       TEXT NOT NULL,
  recorded_at  TEXT NOT NULL,
  recorded_by  TEXT NOT NULL,
  CHECK ((promised_on IS NOT NULL) = (outcome = 'agreed')),
  CHECK (outcome <> 'call_later' OR next_call_on IS NOT NULL),
  CHECK (outcome <> 'other' OR note IS NOT NULL)
) STRICT;
CREATE INDEX call_person ON call (person, called_on);

CREATE TABLE opinion (             -- 医患回访: what people say of the service
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  uid          TEXT NOT NULL UNIQUE,
  person       INTEGER NOT NULL REFERENCES person (id),
  said_on      TEXT NOT NULL CHECK (said_on IS date(said_on, '+0 days')),
  way          TEXT NOT NULL CHECK (way = 'phone' OR way = 'door' OR way = 'family'),
  satisfaction TEXT CHECK (satisfaction = 'satisfied' OR satisfaction = 'neutral' OR satisfaction = 'dissatisfied'),
  complaint    TEXT,
  suggestion   TEXT,
  origin       TEXT NOT NULL,
  recorded_at  TEXT NOT NULL,
  recorded_by  TEXT NOT NULL,
  CHECK (coalesce(satisfaction, complaint, suggestion) IS NOT NULL)
) STRICT;
CREATE INDEX opinion_person ON opinion (person, said_on);
CREATE INDEX opinion_to_handle ON opinion (said_on)
  WHERE complaint IS NOT NULL OR suggestion IS NOT NULL OR satisfaction = 'dissatisfied';

CREATE TABLE opinion_handled (     -- what was done about it; from that day it is off the list
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  opinion     TEXT NOT NULL,       -- its uid
  handled_on  TEXT NOT NULL CHECK (handled_on IS date(handled_on, '+0 days')),
  handled_by  TEXT NOT NULL CHECK (handled_by <> ''),
  note        TEXT NOT NULL CHECK (note <> ''),
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX opinion_handled_opinion ON opinion_handled (opinion);
CREATE INDEX opinion_handled_person ON opinion_handled (person);

-- planning: working days, visits planned ---------------------------------------------------------


-- contracts, households and groups ---------------------------------------------------------------
-- Never edited. A contract that ends early has its end beside it; what was said last of a household counts. `person` is
-- the one through whom something was said of a household: who lives there is what the register says of each today.

CREATE TABLE contract (            -- 家庭医生签约; a renewal is a contract of its own that begins where the other ends
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  team        TEXT NOT NULL CHECK (team <> ''),
  package     TEXT NOT NULL CHECK (package <> ''),   -- a code of the guideline's book of contracts
  start_on    TEXT NOT NULL CHECK (start_on IS date(start_on, '+0 days')),
  end_on      TEXT NOT NULL CHECK (end_on IS date(end_on, '+0 days')),   -- the last day it counts
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  CHECK (end_on >= start_on)
) STRICT;
CREATE INDEX contract_person ON contract (person, start_on);
CREATE INDEX contract_end_on ON contract (end_on);

CREATE TABLE contract_end (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  contract    INTEGER NOT NULL UNIQUE REFERENCES contract (id),
  ended_on    TEXT NOT NULL CHECK (ended_on IS date(ended_on, '+0 days')),   -- the first day it no longer counts
  reason      TEXT NOT NULL CHECK (reason <> ''),
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX contract_end_person ON contract_end (person);

CREATE TABLE household (           -- gives the people of one village, hamlet and household number a name to speak of
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  uid          TEXT NOT NULL UNIQUE,
  village      INTEGER NOT NULL REFERENCES place (id),
  hamlet       INTEGER REFERENCES place (id),
  household_no TEXT NOT NULL CHECK (household_no <> '')
) STRICT;
CREATE UNIQUE INDEX household_home ON household (village, household_no, coalesce(hamlet, 0));

CREATE TABLE household_fact (      -- 户主, 帮包人, 住址; NULL: nobody, none
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  household   INTEGER NOT NULL REFERENCES household (id),
  person      INTEGER NOT NULL REFERENCES person (id),
  fact        TEXT NOT NULL CHECK (fact = 'head' OR fact = 'staff' OR fact = 'address'),
  value       TEXT CHECK (value <> ''),              -- of head: the person's uid
  from_on     TEXT NOT NULL CHECK (from_on IS date(from_on, '+0 days')),
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX household_fact_latest ON household_fact (household, fact, from_on);
CREATE INDEX household_fact_person ON household_fact (person);

CREATE TABLE household_tag (       -- what is so of everybody who lives there
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  household   INTEGER NOT NULL REFERENCES household (id),
  person      INTEGER NOT NULL REFERENCES person (id),
  tag         TEXT NOT NULL CHECK (tag <> ''),
  value       TEXT NOT NULL CHECK (value IN ('yes', 'no')),
  from_on     TEXT NOT NULL CHECK (from_on IS date(from_on, '+0 days')),
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX household_tag_latest ON household_tag (tag, household, from_on);
CREATE INDEX household_tag_household ON household_tag (household);
CREATE INDEX household_tag_person ON household_tag (person);

CREATE TABLE household_visit (     -- 帮包走访: what they need, and what was done about it on the spot
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  household   INTEGER NOT NULL REFERENCES household (id),
  person      INTEGER NOT NULL REFERENCES person (id),
  visited_on  TEXT NOT NULL CHECK (visited_on IS date(visited_on, '+0 days')),
  staff       TEXT,
  need        TEXT CHECK (need <> ''),
  done        TEXT CHECK (done <> ''),
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX household_visit_latest ON household_visit (household, visited_on);
CREATE INDEX household_visit_person ON household_visit (person);

CREATE TABLE need_settled (        -- how a need was met; it leaves the list of open ones
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  household_visit INTEGER NOT NULL UNIQUE REFERENCES household_visit (id),
  person      INTEGER NOT NULL REFERENCES person (id),
  settled_on  TEXT NOT NULL CHECK (settled_on IS date(settled_on, '+0 days')),
  note        TEXT NOT NULL CHECK (note <> ''),
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX need_settled_person ON need_settled (person);

CREATE TABLE rescue (              -- 大病专项救治: begun or over; the latest of an illness counts
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  illness     TEXT NOT NULL CHECK (illness <> ''),
  state       TEXT NOT NULL CHECK (state IN ('begun', 'ended')),
  happened_on TEXT NOT NULL CHECK (happened_on IS date(happened_on, '+0 days')),
  institution TEXT,
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX rescue_person ON rescue (person, illness, happened_on);

CREATE TABLE treated (             -- where somebody was treated: in the county or outside
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  treated_on  TEXT NOT NULL CHECK (treated_on IS date(treated_on, '+0 days')),
  in_county   TEXT NOT NULL CHECK (in_county IN ('yes', 'no')),
  institution TEXT NOT NULL CHECK (institution <> ''),
  reason      TEXT,
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX treated_person ON treated (person, treated_on);
CREATE INDEX treated_on ON treated (treated_on);


-- tasks and health education ---------------------------------------------------------------------
-- A task is a problem somebody saw or a check found. What became of it are its events, written once and never edited; the
-- latest closing or reopening says whether it is open. Of a check, `key` makes it the same problem: found again it is
-- the same row. What a check wrote the next check puts right, so it stands in no journal unless somebody asked for it.

CREATE TABLE task (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  key         TEXT NOT NULL UNIQUE,   -- check:person:what; of a typed one its uid
  kind        TEXT NOT NULL CHECK (kind <> ''),   -- a check of the guideline's book, or typed
  person      INTEGER REFERENCES person (id),
  place       INTEGER REFERENCES place (id),
  title       TEXT,                -- of a typed one; a check's words are in its book
  since_on    TEXT CHECK (since_on IS date(since_on, '+0 days')),   -- the day the problem comes from
  about       TEXT,                -- programme, column or question it is about, and a doctor
  owner       TEXT,                -- at first; an event may hand it on
  found_on    TEXT NOT NULL CHECK (found_on IS date(found_on, '+0 days')),
  due_on      TEXT NOT NULL CHECK (due_on IS date(due_on, '+0 days')),   -- at first; an event may move it
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  CHECK ((kind = 'typed') = (title IS NOT NULL))
) STRICT;
CREATE INDEX task_place ON task (place) WHERE place IS NOT NULL;
CREATE INDEX task_person ON task (person) WHERE person IS NOT NULL;

CREATE TABLE task_event (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  task        INTEGER NOT NULL REFERENCES task (id),
  turn        INTEGER NOT NULL DEFAULT 0,   -- one more than any this writer had seen of the task: what came last, without clocks
  event       TEXT NOT NULL CHECK (event = 'handed_to' OR event = 'note' OR event = 'closed' OR event = 'reopened'
                                   OR event = 'accepted'),
  happened_on TEXT NOT NULL CHECK (happened_on IS date(happened_on, '+0 days')),
  by_rule     INTEGER NOT NULL CHECK (by_rule IN (0, 1)),
  owner       TEXT,                -- handed to
  due_on      TEXT CHECK (due_on IS date(due_on, '+0 days')),   -- from now on
  text        TEXT,                -- evidence or note
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  CHECK ((event = 'handed_to') = (owner IS NOT NULL))
) STRICT;
CREATE INDEX task_event_task ON task_event (task);

CREATE TABLE task_about (          -- whom a task that was handed out is about, where it is about several
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  task        INTEGER NOT NULL REFERENCES task (id),
  person      INTEGER NOT NULL REFERENCES person (id),
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX task_about_task ON task_about (task);
CREATE INDEX task_about_person ON task_about (person);

CREATE TABLE education (           -- health education 健康教育: a lecture, a consultation, a person told
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  held_on     TEXT NOT NULL CHECK (held_on IS date(held_on, '+0 days')),
  topic       TEXT NOT NULL CHECK (topic <> ''),      -- this and the next two: words of the guideline's book
  form        TEXT NOT NULL CHECK (form <> ''),
  setting     TEXT,                -- which of the five places 五进; may be NULL where one person was told
  venue       TEXT,                -- where exactly
  people      INTEGER CHECK (people >= 0),            -- NULL: not counted
  person      INTEGER REFERENCES person (id),
  doctor      TEXT,
  note        TEXT,
  ended_by    TEXT,                -- uid of the void that ended it
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  CHECK (setting IS NOT NULL OR person IS NOT NULL)
) STRICT;
CREATE INDEX education_day ON education (held_on) WHERE ended_by IS NULL;
CREATE INDEX education_person ON education (person) WHERE person IS NOT NULL;

CREATE TABLE education_void (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  education   INTEGER NOT NULL REFERENCES education (id),
  reason      TEXT NOT NULL,
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX education_void_education ON education_void (education);


-- medicines and examination orders ---------------------------------------------------------------
-- Never edited: `ended_by` is set once. What is taken but was not supplied here stands on the visits.

CREATE TABLE medicine_entry (      -- a supply of one medicine, or that it was stopped
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  kind        TEXT NOT NULL CHECK (kind IN ('supply', 'stop')),
  name        TEXT NOT NULL CHECK (name <> ''),    -- as it was written
  happened_on TEXT NOT NULL CHECK (happened_on IS date(happened_on, '+0 days')),
  days        INTEGER CHECK (days > 0),            -- that a supply lasts
  amount      TEXT,
  reason      TEXT,                -- of a stop
  ended_by    TEXT,                -- uid of the void that ended it
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  CHECK ((kind = 'supply') = (days IS NOT NULL))
) STRICT;
CREATE INDEX medicine_entry_person ON medicine_entry (person, happened_on);

CREATE TABLE medicine_void (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  medicine_entry INTEGER NOT NULL REFERENCES medicine_entry (id),
  reason      TEXT NOT NULL,
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX medicine_void_medicine_entry ON medicine_void (medicine_entry);

CREATE TABLE benefit_told (        -- 两病 outpatient benefit: registered or not; the latest day counts
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  registered  TEXT NOT NULL CHECK (registered = 'yes' OR registered = 'no' OR registered = 'unknown'),
  told_on     TEXT NOT NULL CHECK (told_on IS date(told_on, '+0 days')),
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX benefit_told_person ON benefit_told (person, told_on);

CREATE TABLE exam_order (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  test        TEXT NOT NULL CHECK (test <> ''),    -- a test of the guideline's matrix
  ordered_on  TEXT NOT NULL CHECK (ordered_on IS date(ordered_on, '+0 days')),
  institution TEXT,                -- who is to do or to read it
  detail      TEXT,
  ended_by    TEXT,                -- uid of the result or cancellation that ended it
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX exam_order_person ON exam_order (person, ordered_on);
CREATE INDEX exam_order_open ON exam_order (ordered_on, person) WHERE ended_by IS NULL;

CREATE TABLE exam_order_event (    -- what became of it: sent, its results, or cancelled
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  exam_order  INTEGER NOT NULL REFERENCES exam_order (id),
  person      INTEGER NOT NULL REFERENCES person (id),
  event       TEXT NOT NULL CHECK (event = 'sent' OR event = 'resulted' OR event = 'cancelled'),
  happened_on TEXT NOT NULL CHECK (happened_on IS date(happened_on, '+0 days')),
  result      TEXT,                -- uid of the test_result; one row for each
  reason      TEXT,                -- of a cancellation
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  CHECK ((event = 'resulted') = (result IS NOT NULL))
) STRICT;
CREATE INDEX exam_order_event_order ON exam_order_event (exam_order);
CREATE INDEX exam_order_event_result ON exam_order_event (result) WHERE result IS NOT NULL;
CREATE INDEX exam_order_event_person ON exam_order_event (person);

-- towards the county's platform -----------------------------------------------------------------
-- What became of a record there. A corrected visit or check-up is a record of its own, so it is unsent again.

CREATE TABLE upload (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  holds       TEXT NOT NULL CHECK (holds IN ('people', 'visits', 'checkups')),
  record      TEXT NOT NULL,       -- uid of the person, visit or check-up
  state       TEXT NOT NULL CHECK (state = 'sent' OR state = 'returned' OR state = 'removed'),
  happened_on TEXT NOT NULL CHECK (happened_on IS date(happened_on, '+0 days')),
  reason      TEXT,                -- why the platform returned it
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  CHECK ((state = 'returned') = (reason IS NOT NULL))
) STRICT;
CREATE INDEX upload_record ON upload (record, id);
CREATE INDEX upload_person ON upload (person);

-- frozen figures: what a month's report said when it was made ---------------------------------------
-- Written once by the first nightly run after the month, never rewritten. `hash` covers everything kept of the month, so a
-- row that somebody changed is noticed. A month is written as 2026-10.

CREATE TABLE frozen_month (
  month     TEXT PRIMARY KEY CHECK (month || '-01' IS date(month || '-01', '+0 days')),
  frozen_on TEXT NOT NULL CHECK (frozen_on IS date(frozen_on, '+0 days')),   -- the business day
  frozen_at TEXT NOT NULL,         -- the instant: what was recorded after it came late
  frozen_by TEXT NOT NULL,
  edition   TEXT NOT NULL,         -- the guideline in force on the month's last day
  book      TEXT NOT NULL REFERENCES frozen_book (hash),
  hash      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE frozen_figure (
  month     TEXT NOT NULL REFERENCES frozen_month (month),
  programme TEXT NOT NULL,         -- '': of the whole register
  figure    TEXT NOT NULL,
  counted   INTEGER NOT NULL CHECK (counted > 0),
  parts     TEXT NOT NULL,         -- JSON: [village, responsible doctor, counted], … in order; null where not known
  people    BLOB,                  -- whom it counts, a person once for each event: ids in order, each as its distance from
                                   -- the one before (LEB128), deflated; NULL: an estimate
  PRIMARY KEY (month, programme, figure)
) STRICT, WITHOUT ROWID;

CREATE TABLE frozen_book (         -- the definitions in force: written once for as long as nobody changes them
  hash TEXT PRIMARY KEY,
  text TEXT NOT NULL               -- JSON: figures, indicators with their targets, and the hash of each SQL text
) STRICT, WITHOUT ROWID;

-- bundles: records that travel between registries as files ------------------------------------------
-- What travels and what does not is said in chronic/store/travelling.py. Rows are joined by uid; these tables hold what a
-- registry has to remember so that the same bundles in any order, twice or late, give the same facts everywhere.

CREATE TABLE person_alias (        -- the uid another registry knows this person by
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  uid       TEXT NOT NULL UNIQUE,
  person    INTEGER NOT NULL REFERENCES person (id),
  by_number INTEGER NOT NULL DEFAULT 0 CHECK (by_number IN (0, 1))   -- 1: they had one ID number; 0: somebody decided, there
) STRICT;
CREATE INDEX person_alias_person ON person_alias (person);

CREATE TABLE tombstone (           -- a row that undo took away: it does not come back with an older bundle
  id  INTEGER PRIMARY KEY AUTOINCREMENT,
  uid TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE aside (               -- a row that says what another row says already, in another registry's words
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  uid    TEXT NOT NULL UNIQUE,
  place  TEXT NOT NULL,            -- its table
  person INTEGER NOT NULL REFERENCES person (id),
  row    TEXT NOT NULL             -- JSON, as it travels
) STRICT;
CREATE INDEX aside_person ON aside (person);

CREATE TABLE bundle_peer (         -- registries whose key somebody compared and trusts
  name       TEXT PRIMARY KEY,
  sign_key   TEXT NOT NULL,        -- Ed25519, base64: theirs is what it signed
  age_key    TEXT NOT NULL,        -- age1…: to them bundles are encrypted
  level      TEXT NOT NULL,        -- village, township, county; '' where they did not say
  place      TEXT,                 -- uid of theirs, or its name while nobody knows it: they are sent its people; NULL: everything
  trusted_at TEXT NOT NULL,
  trusted_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX bundle_peer_sign_key ON bundle_peer (sign_key);

CREATE TABLE bundle_sent (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  uid     TEXT NOT NULL UNIQUE,
  peer    TEXT NOT NULL,
  marks   TEXT NOT NULL,           -- JSON: table -> the last id it held
  places  TEXT,                    -- JSON: ids of the places it was made for; NULL: it held everything
  made_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  acked   INTEGER NOT NULL CHECK (acked IN (0, 1))
) STRICT;
CREATE INDEX bundle_sent_peer ON bundle_sent (peer, id) WHERE acked = 1;

CREATE TABLE bundle_taken (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  uid     TEXT NOT NULL UNIQUE,
  peer    TEXT NOT NULL,
  origin  TEXT NOT NULL,           -- the registry it came from, as its rows have it
  made_at TEXT NOT NULL,           -- by their clock
  counts  TEXT NOT NULL,           -- JSON: table -> rows it held
  level   TEXT,                    -- whose registry that is: village, township, county
  newest  TEXT,                    -- the latest instant anything in it was recorded, by whatever clock
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX bundle_taken_peer ON bundle_taken (peer, id);

CREATE TABLE bundle_given (        -- whom a registry of some places has: see chronic/store/business.py. No references:
  peer   TEXT NOT NULL,            -- undo and mergers may take the person away
  person INTEGER NOT NULL,
  since  INTEGER NOT NULL,         -- the bundle_sent that first held all of theirs; 0: they brought them
  until  INTEGER,                  -- the first that did not: they had left
  told   INTEGER,                  -- the last that said so
  home   INTEGER,                  -- of 0: they registered them, who lived in this village then; 0: none was said
  PRIMARY KEY (peer, person, since)
) STRICT, WITHOUT ROWID;
CREATE INDEX bundle_given_left ON bundle_given (peer, person) WHERE until IS NOT NULL;

-- the desk of a county or township: who is to report to this registry --------------------------------
-- Every trusted registry is, and every village without one is listed as such; here stands what somebody said otherwise. Of
-- several rows about one registry or place the last counts.

CREATE TABLE expected (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  peer        TEXT,                -- a trusted registry by its name; NULL: the place itself, which has none
  place       INTEGER REFERENCES place (id),   -- what that registry speaks for, with everything below; NULL: as its rows show
  reports     INTEGER NOT NULL CHECK (reports IN (0, 1)),   -- 0: nobody waits for it
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  CHECK (peer IS NOT NULL OR place IS NOT NULL)
) STRICT;
CREATE INDEX expected_place ON expected (place);

-- derived: what the rules say --------------------------------------------------------------------

CREATE TABLE verdict (             -- judge(history up to that contact, edition of its day)
  person      INTEGER NOT NULL REFERENCES person (id),
  visit       INTEGER NOT NULL REFERENCES visit (id),
  programme   TEXT NOT NULL        -- '': danger outside any programme
              CHECK (programme = 'htn' OR programme = 'dm' OR programme = 'lipid' OR programme = ''),
  class       TEXT CHECK (class = 'controlled' OR class = 'uncontrolled' OR class = 'adverse_reaction'
                          OR class = 'complication' OR class = 'not_assessed'),
  danger      TEXT NOT NULL,       -- codes separated by spaces, as are the lists below
  consecutive INTEGER NOT NULL,    -- assessed visits in a row with this class
  refer       TEXT CHECK (refer IN ('routine', 'emergency')),
  due_on      TEXT CHECK (due_on IS date(due_on, '+0 days')),   -- of this programme, as planned after this contact
  rule        TEXT NOT NULL,
  protocol    TEXT NOT NULL,
  cites       TEXT NOT NULL,
  not_asked   TEXT NOT NULL,
  advice      TEXT NOT NULL,
  meets       TEXT NOT NULL,       -- other guidelines' targets, as htn-pc25.bp: a second opinion, never the class
  misses      TEXT NOT NULL,
  PRIMARY KEY (person, visit, programme)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan (                -- open rows only, one per person, kind, programme and slip
  person    INTEGER NOT NULL REFERENCES person (id),
  kind      TEXT NOT NULL CHECK (kind = 'followup' OR kind = 'referral' OR kind = 'screening' OR kind = 'checkup'),
  programme TEXT NOT NULL CHECK (programme = 'htn' OR programme = 'dm' OR programme = 'lipid' OR programme = ''),
  due_on    TEXT NOT NULL CHECK (due_on IS date(due_on, '+0 days')),
  reasons   TEXT NOT NULL,
  urgency   TEXT CHECK (urgency IN ('routine', 'emergency')),   -- of a referral
  since_on  TEXT NOT NULL CHECK (since_on IS date(since_on, '+0 days')),   -- the day it comes from
  visit     INTEGER REFERENCES visit (id),                      -- the contact it comes from
  slip      TEXT NOT NULL,                                      -- of a referral: its slip's number, '' while it is only advised
  days_high INTEGER,                                            -- of a suspicion: distinct days so far
  found     TEXT NOT NULL,                                      -- of a suspicion: codes of what speaks for it
  paused    INTEGER NOT NULL CHECK (paused IN (0, 1)),          -- this and rank: copies of the agenda's
  rank      INTEGER NOT NULL,
  PRIMARY KEY (person, kind, programme, slip)
) STRICT, WITHOUT ROWID;
CREATE INDEX plan_programme ON plan (kind, programme, paused, rank, due_on DESC, person);
CREATE INDEX plan_referral ON plan (urgency, since_on, person, slip) WHERE kind = 'referral';   -- emergencies first, then by age

CREATE TABLE agenda (              -- one row per person who has a plan; overdue and due walk its indexes
  person        INTEGER PRIMARY KEY REFERENCES person (id),
  village       INTEGER,
  hamlet        INTEGER,
  household_no  TEXT,
  paused        INTEGER NOT NULL CHECK (paused IN (0, 1)),
  paused_on     TEXT,
  rank          INTEGER NOT NULL,  -- see chronic/model/plan.py: open danger first
  due_followup  TEXT,              -- the earliest of each kind
  due_referral  TEXT,
  due_screening TEXT,
  due_checkup   TEXT,
  due_call      TEXT,              -- the earliest of those one calls for: all but check-ups
  last_visit_on   TEXT,            -- face to face
  last_contact_on TEXT,            -- any
  last_bp         TEXT,
  last_fpg        TEXT,
  danger          TEXT NOT NULL,   -- codes of the open danger
  class_htn TEXT, class_dm TEXT, class_lipid TEXT,           -- latest face-to-face visit of the enrolment
  assessed_htn TEXT, assessed_dm TEXT, assessed_lipid TEXT,  -- latest one that had a class
  calls        INTEGER NOT NULL DEFAULT 0,   -- attempts to call since the last contact
  next_call_on TEXT,               -- not to be called before
  promised_on  TEXT,               -- to come by; a promise of the past is broken
  pause_on     TEXT,               -- from here on a pause is proposed
  told         TEXT,               -- what the last attempt came to
  last_call_on TEXT,
  ends         TEXT                -- told died, moved or refused, and not recorded yet
) STRICT;
CREATE INDEX agenda_calls    ON agenda (paused, rank, due_call DESC, person, next_call_on, ends) WHERE due_call IS NOT NULL;
CREATE INDEX agenda_promised ON agenda (paused, promised_on) WHERE promised_on IS NOT NULL;
CREATE INDEX agenda_pause    ON agenda (pause_on) WHERE pause_on IS NOT NULL;
CREATE INDEX agenda_ends     ON agenda (ends, person) WHERE ends IS NOT NULL;
CREATE INDEX agenda_risk    ON agenda (paused, rank, due_followup DESC, person) WHERE due_followup IS NOT NULL;
CREATE INDEX agenda_village ON agenda (paused, village, rank, due_followup DESC, person) WHERE due_followup IS NOT NULL;
CREATE INDEX agenda_date    ON agenda (paused, due_followup, person) WHERE due_followup IS NOT NULL;
CREATE INDEX agenda_route   ON agenda (paused, village, hamlet, household_no, due_followup, person) WHERE due_followup IS NOT NULL;
CREATE INDEX agenda_referral  ON agenda (paused, rank, due_referral DESC, person) WHERE due_referral IS NOT NULL;
CREATE INDEX agenda_screening ON agenda (paused, rank, due_screening DESC, person) WHERE due_screening IS NOT NULL;

CREATE TABLE task_open (           -- the tasks that are open, whose they are now and until when: from their events
  task     INTEGER NOT NULL REFERENCES task (id),
  kind     TEXT NOT NULL,
  person   INTEGER,
  owner    TEXT,
  due_on   TEXT NOT NULL,
  reopened INTEGER NOT NULL CHECK (reopened IN (0, 1)),
  PRIMARY KEY (task)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_open_owner ON task_open (owner, due_on);
CREATE INDEX task_open_kind ON task_open (kind);
CREATE INDEX task_open_person ON task_open (person) WHERE person IS NOT NULL;
CREATE TABLE medicine_course (     -- what is being supplied, by what its names mean
  person     INTEGER NOT NULL REFERENCES person (id),
  key        TEXT NOT NULL,
  name       TEXT NOT NULL,        -- as the latest supply was written
  since_on   TEXT NOT NULL,
  last_on    TEXT NOT NULL,        -- the latest supply
  run_out_on TEXT NOT NULL CHECK (run_out_on IS date(run_out_on, '+0 days')),   -- the first day with nothing left
  PRIMARY KEY (person, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX medicine_course_end ON medicine_course (run_out_on, person);

-- views: facts that need no date -----------------------------------------------------------------

CREATE VIEW live_visit AS
  SELECT * FROM visit WHERE ended_by IS NULL AND kind = 'followup';

CREATE VIEW live_contact AS
  SELECT * FROM visit WHERE ended_by IS NULL;

CREATE VIEW live_checkup AS
  SELECT * FROM checkup WHERE ended_by IS NULL;

CREATE VIEW current_institution AS
  SELECT coalesce(amends, id) AS number, name, level, phone, address, capabilities, departments, closed, place, superior
  FROM institution WHERE id IN (SELECT max(id) FROM institution GROUP BY coalesce(amends, id));

CREATE VIEW open_enrolment AS      -- closing a person ends every programme, reopening restores them
  SELECT enrolment.* FROM enrolment JOIN person ON person.id = enrolment.person
  WHERE enrolment.ended_on IS NULL AND person.closed_on IS NULL;

CREATE VIEW contract_card AS       -- last_on: the last day a contract counts; before start_on where it never did
  SELECT contract.*, contract_end.ended_on, contract_end.reason,
         coalesce(min(end_on, date(ended_on, '-1 day')), end_on) AS last_on
  FROM contract LEFT JOIN contract_end ON contract_end.contract = contract.id;

CREATE VIEW household_now AS       -- what was said last of each household; same day: later
  SELECT household, fact, value, from_on FROM household_fact AS said
  WHERE value IS NOT NULL AND NOT EXISTS (SELECT 1 FROM household_fact AS later
    WHERE later.household = said.household AND later.fact = said.fact AND (later.from_on, later.id) > (said.from_on, said.id));

CREATE VIEW household_tagged AS
  SELECT household, tag, from_on FROM household_tag AS said
  WHERE value = 'yes' AND NOT EXISTS (SELECT 1 FROM household_tag AS later
    WHERE later.tag = said.tag AND later.household = said.household AND (later.from_on, later.id) > (said.from_on, said.id));

CREATE VIEW tagged AS              -- a person's own tags and those of the household where they live
  SELECT tag, person FROM person_tag
  UNION ALL
  SELECT t.tag, p.id FROM household_tagged AS t JOIN household AS h ON h.id = t.household
  JOIN person AS p ON p.village = h.village AND p.hamlet IS h.hamlet AND p.household_no = h.household_no;

CREATE VIEW person_card AS
  SELECT person.*, village.name AS village_name, township.name AS township_name, hamlet.name AS hamlet_name,
         (SELECT group_concat(programme, ' ') FROM (SELECT programme FROM open_enrolment
           WHERE open_enrolment.person = person.id
           ORDER BY CASE programme WHEN 'htn' THEN 0 WHEN 'dm' THEN 1 ELSE 2 END)) AS programmes
  FROM person
  LEFT JOIN place AS village ON village.id = person.village
  LEFT JOIN place AS township ON township.id = village.parent
  LEFT JOIN place AS hamlet ON hamlet.id = person.hamlet;
