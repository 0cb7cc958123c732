-- The whole registry as it is today. Read this first.
--
-- Facts  : place, person (+ person_change, person_fact, person_tag, person_source), enrolment, pause,
--          visit (+ visit_reading, visit_entered, visit_void), test_result (+ test_void), referral_outcome,
--          checkup (+ checkup_value, checkup_void, finding_settled), edition, batch, disclosure, deed.
-- Derived: name_key (from person.name), verdict, plan, agenda. They are rewritten from the facts
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
  key   TEXT PRIMARY KEY,          -- name, area, level, doctor, lang, origin, demo, nightly, nightly_installed
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE edition (             -- which guideline judges a day: the latest row not after it
  in_force_from TEXT PRIMARY KEY CHECK (in_force_from IS date(in_force_from, '+0 days')),
  protocol      TEXT NOT NULL,     -- id of a file in chronic/protocols, or of the text beside it
  text          TEXT,              -- a county's own file, whole; NULL for one that comes with the program
  recorded_at   TEXT NOT NULL,
  recorded_by   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE batch (               -- one import; its rows carry its id
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  holds       TEXT NOT NULL CHECK (holds IN ('people', 'visits', 'checkups')),
  source      TEXT NOT NULL,       -- --source NAME: whose person_ref numbers these are
  file        TEXT NOT NULL,
  summary     TEXT NOT NULL DEFAULT '{}',   -- JSON: added, changed, unchanged, refused, warnings
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;

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

CREATE TABLE disclosure (          -- who looked at unmasked identity numbers and phones
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  command     TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;

-- places -----------------------------------------------------------------------------------------

CREATE TABLE place (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  uid    TEXT NOT NULL UNIQUE,
  level  TEXT NOT NULL CHECK (level = 'county' OR level = 'area' OR level = 'township' OR level = 'village'
                              OR level = 'hamlet'),
  name   TEXT NOT NULL CHECK (name <> ''),
  code   TEXT,                     -- GB/T 2260 and 10114 digits where known
  parent INTEGER REFERENCES place (id)
) STRICT;
CREATE UNIQUE INDEX place_name ON place (level, name, coalesce(parent, 0));

-- people -----------------------------------------------------------------------------------------

CREATE TABLE person (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  uid            TEXT NOT NULL UNIQUE,
  name           TEXT NOT NULL CHECK (name <> ''),
  sex            TEXT NOT NULL DEFAULT 'unknown' CHECK (sex = 'M' OR sex = 'F' OR sex = 'unknown'),
  birth_date     TEXT CHECK (birth_date IS date(birth_date, '+0 days')),
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
  CHECK ((closed_on IS NULL) = (closed_reason IS NULL))
) STRICT;
CREATE INDEX person_name ON person (name);
CREATE INDEX person_id_tail ON person (substr(id_number, -4)) WHERE id_number IS NOT NULL;
CREATE INDEX person_archive_tail ON person (substr(archive_no, -8)) WHERE archive_no IS NOT NULL;
CREATE INDEX person_village ON person (village, hamlet, household_no);

CREATE TABLE person_change (       -- one row per field changed; this is what travels and merges
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  field       TEXT NOT NULL,       -- a canonical column: phone, closed_on, htn_ended_on …
  about       TEXT,                -- uid of the enrolment or pause it changed, source of a person_ref; else NULL
  old         TEXT,
  new         TEXT,
  batch       INTEGER REFERENCES batch (id),
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX person_change_person ON person_change (person);

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

CREATE TABLE referral_outcome (    -- what became of the referrals open on that day
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  person      INTEGER NOT NULL REFERENCES person (id),
  outcome_on  TEXT NOT NULL CHECK (outcome_on IS date(outcome_on, '+0 days')),
  outcome     TEXT NOT NULL CHECK (outcome = 'seen' OR outcome = 'returned' OR outcome = 'not_arrived'),
  answers     TEXT,                -- uid of the contact it answers, which may be of the same day
  confirmed   TEXT CHECK (confirmed IN ('yes', 'no')),       -- of a suspicion: what the hospital found
  programme   TEXT CHECK (programme IN ('htn', 'dm')),       -- whose suspicion; NULL where nothing was confirmed or denied
  institution TEXT,
  diagnosis   TEXT,                -- what the hospital wrote; never written by this program
  advice      TEXT,
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  CHECK ((confirmed IS NULL) = (programme IS NULL))
) STRICT;
CREATE INDEX referral_outcome_person ON referral_outcome (person, outcome_on);

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

CREATE TABLE test_void (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  test_result INTEGER NOT NULL REFERENCES test_result (id),
  reason      TEXT NOT NULL,
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;

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

CREATE TABLE plan (                -- open rows only, one per person, kind and programme
  person    INTEGER NOT NULL REFERENCES person (id),
  kind      TEXT NOT NULL CHECK (kind = 'followup' OR kind = 'referral' OR kind = 'screening' OR kind = 'checkup'),
  programme TEXT NOT NULL CHECK (programme = 'htn' OR programme = 'dm' OR programme = 'lipid' OR programme = ''),
  due_on    TEXT NOT NULL CHECK (due_on IS date(due_on, '+0 days')),
  reasons   TEXT NOT NULL,
  urgency   TEXT CHECK (urgency IN ('routine', 'emergency')),   -- of a referral
  since_on  TEXT NOT NULL CHECK (since_on IS date(since_on, '+0 days')),   -- the day it comes from
  visit     INTEGER REFERENCES visit (id),                      -- the contact it comes from
  days_high INTEGER,                                            -- of a suspicion: distinct days so far
  found     TEXT NOT NULL,                                      -- of a suspicion: codes of what speaks for it
  paused    INTEGER NOT NULL CHECK (paused IN (0, 1)),          -- this and rank: copies of the agenda's
  rank      INTEGER NOT NULL,
  PRIMARY KEY (person, kind, programme)
) STRICT, WITHOUT ROWID;
CREATE INDEX plan_programme ON plan (kind, programme, paused, rank, due_on DESC, person);

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
  last_visit_on   TEXT,            -- face to face
  last_contact_on TEXT,            -- any
  last_bp         TEXT,
  last_fpg        TEXT,
  danger          TEXT NOT NULL,   -- codes of the open danger
  class_htn TEXT, class_dm TEXT, class_lipid TEXT,           -- latest face-to-face visit of the enrolment
  assessed_htn TEXT, assessed_dm TEXT, assessed_lipid TEXT   -- latest one that had a class
) STRICT;
CREATE INDEX agenda_risk    ON agenda (paused, rank, due_followup DESC, person) WHERE due_followup IS NOT NULL;
CREATE INDEX agenda_village ON agenda (paused, village, rank, due_followup DESC, person) WHERE due_followup IS NOT NULL;
CREATE INDEX agenda_date    ON agenda (paused, due_followup, person) WHERE due_followup IS NOT NULL;
CREATE INDEX agenda_route   ON agenda (paused, village, hamlet, household_no, due_followup, person) WHERE due_followup IS NOT NULL;
CREATE INDEX agenda_referral  ON agenda (paused, rank, due_referral DESC, person) WHERE due_referral IS NOT NULL;
CREATE INDEX agenda_screening ON agenda (paused, rank, due_screening DESC, person) WHERE due_screening IS NOT NULL;

-- views: facts that need no date -----------------------------------------------------------------

CREATE VIEW live_visit AS
  SELECT * FROM visit WHERE ended_by IS NULL AND kind = 'followup';

CREATE VIEW live_contact AS
  SELECT * FROM visit WHERE ended_by IS NULL;

CREATE VIEW live_checkup AS
  SELECT * FROM checkup WHERE ended_by IS NULL;

CREATE VIEW open_enrolment AS      -- closing a person ends every programme, reopening restores them
  SELECT enrolment.* FROM enrolment JOIN person ON person.id = enrolment.person
  WHERE enrolment.ended_on IS NULL AND person.closed_on IS NULL;

CREATE VIEW person_card AS
  SELECT person.*, village.name AS village_name, township.name AS township_name, hamlet.name AS hamlet_name,
         (SELECT group_concat(programme, ' ') FROM (SELECT programme FROM open_enrolment
           WHERE open_enrolment.person = person.id
           ORDER BY CASE programme WHEN 'htn' THEN 0 WHEN 'dm' THEN 1 ELSE 2 END)) AS programmes
  FROM person
  LEFT JOIN place AS village ON village.id = person.village
  LEFT JOIN place AS township ON township.id = village.parent
  LEFT JOIN place AS hamlet ON hamlet.id = person.hamlet;
