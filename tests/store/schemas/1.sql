-- The whole registry as it is today. Read this first.
--
-- Facts  : place, person (+ person_change, person_tag, person_source), enrolment, pause,
--          visit (+ visit_reading, visit_void), referral_outcome, edition, batch, disclosure, deed.
-- Derived: name_key (from person.name), verdict, plan, agenda. They are rewritten from the facts
--          by re-planning one person's history and are never patched.
--
-- Days are ISO text (2026-11-21), instants are UTC text ending in Z. Nothing here reads the clock:
-- every date arrives as a bound value (a real date: older SQLite lets
-- date(x) pass 30 February, date(x, '+0 days') does not). CHECKs guard shape only; clinical numbers live in protocols/.
-- A `uid` travels between registries; an integer id is local to this file and never used twice.

-- what this file is ------------------------------------------------------------------------------

CREATE TABLE setting (
  key   TEXT PRIMARY KEY,          -- name, area, level, doctor, lang, origin, demo, nightly, nightly_installed
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE edition (             -- which guideline judges a day: the latest row not after it
  in_force_from TEXT PRIMARY KEY CHECK (in_force_from IS date(in_force_from, '+0 days')),
  protocol      TEXT NOT NULL,     -- id of a file in chronic/protocols
  recorded_at   TEXT NOT NULL,
  recorded_by   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE batch (               -- one import; its rows carry its id
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  uid         TEXT NOT NULL UNIQUE,
  holds       TEXT NOT NULL CHECK (holds IN ('people', 'visits')),
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
  level  TEXT NOT NULL CHECK (level IN ('county', 'area', 'township', 'village', 'hamlet')),
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
  sex            TEXT NOT NULL DEFAULT 'unknown' CHECK (sex IN ('M', 'F', 'unknown')),
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
  smoking_status TEXT CHECK (smoking_status IN ('never', 'former', 'current')),
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
  programme    TEXT NOT NULL CHECK (programme IN ('htn', 'dm', 'lipid')),
  enrolled_on  TEXT NOT NULL CHECK (enrolled_on IS date(enrolled_on, '+0 days')),
  assumed      INTEGER NOT NULL CHECK (assumed IN (0, 1)),   -- 1: an earlier visit moves it back
  diagnosed_on TEXT CHECK (diagnosed_on IS date(diagnosed_on, '+0 days')),
  ended_on     TEXT CHECK (ended_on IS date(ended_on, '+0 days')),
  end_reason   TEXT CHECK (end_reason IN ('died', 'moved', 'refused', 'withdrawn')),
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
  way         TEXT NOT NULL CHECK (way IN ('clinic', 'home', 'phone')),
  sbp         INTEGER CHECK (sbp >= 0),            -- mmHg; the mean where visit_reading has several
  dbp         INTEGER CHECK (dbp >= 0),
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
  adherence   TEXT CHECK (adherence IN ('regular', 'intermittent', 'none')),
  adr         TEXT CHECK (adr IN ('yes', 'no')),
  adr_text    TEXT,
  hypoglycemia TEXT CHECK (hypoglycemia IN ('none', 'occasional', 'frequent')),
  complication TEXT CHECK (complication IN ('none', 'new', 'worse')),
  smoke_per_day        INTEGER CHECK (smoke_per_day >= 0),
  smoke_target         INTEGER CHECK (smoke_target >= 0),
  alcohol_liang_per_day REAL CHECK (alcohol_liang_per_day >= 0),   -- 两 of white spirit
  alcohol_target       REAL CHECK (alcohol_target >= 0),
  exercise_per_week    INTEGER CHECK (exercise_per_week >= 0),
  exercise_minutes     INTEGER CHECK (exercise_minutes >= 0),
  exercise_target_per_week INTEGER CHECK (exercise_target_per_week >= 0),
  exercise_target_minutes  INTEGER CHECK (exercise_target_minutes >= 0),
  salt           TEXT CHECK (salt IN ('light', 'medium', 'heavy')),
  salt_target    TEXT CHECK (salt_target IN ('light', 'medium', 'heavy')),
  staple_food_g  INTEGER CHECK (staple_food_g >= 0),
  staple_target_g INTEGER CHECK (staple_target_g >= 0),
  psych          TEXT CHECK (psych IN ('good', 'fair', 'poor')),
  compliance     TEXT CHECK (compliance IN ('good', 'fair', 'poor')),
  dorsalis_pedis TEXT CHECK (dorsalis_pedis IN ('normal', 'weak_both', 'weak_left', 'weak_right',
                                                'absent_both', 'absent_left', 'absent_right')),
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

CREATE TABLE visit_reading (       -- the readings of one sitting; visit.sbp and dbp are their mean
  visit INTEGER NOT NULL REFERENCES visit (id),
  seq   INTEGER NOT NULL,
  sbp   INTEGER NOT NULL CHECK (sbp >= 0),
  dbp   INTEGER NOT NULL CHECK (dbp >= 0),
  PRIMARY KEY (visit, seq),
  CHECK (sbp > dbp)
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
  outcome     TEXT NOT NULL CHECK (outcome IN ('seen', 'returned', 'not_arrived')),
  answers     TEXT,                -- uid of the contact it answers, which may be of the same day
  institution TEXT,
  diagnosis   TEXT,                -- what the hospital wrote; never written by this program
  advice      TEXT,
  origin      TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT NOT NULL
) STRICT;
CREATE INDEX referral_outcome_person ON referral_outcome (person, outcome_on);

-- derived: what the rules say --------------------------------------------------------------------

CREATE TABLE verdict (             -- judge(history up to that contact, edition of its day)
  person      INTEGER NOT NULL REFERENCES person (id),
  visit       INTEGER NOT NULL REFERENCES visit (id),
  programme   TEXT NOT NULL CHECK (programme IN ('htn', 'dm', 'lipid', '')),   -- '': danger outside any programme
  class       TEXT CHECK (class IN ('controlled', 'uncontrolled', 'adverse_reaction', 'complication', 'not_assessed')),
  danger      TEXT NOT NULL,       -- codes separated by spaces, as are the lists below
  consecutive INTEGER NOT NULL,    -- assessed visits in a row with this class
  refer       TEXT CHECK (refer IN ('routine', 'emergency')),
  due_on      TEXT CHECK (due_on IS date(due_on, '+0 days')),   -- of this programme, as planned after this contact
  rule        TEXT NOT NULL,
  protocol    TEXT NOT NULL,
  cites       TEXT NOT NULL,
  not_asked   TEXT NOT NULL,
  advice      TEXT NOT NULL,
  PRIMARY KEY (person, visit, programme)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan (                -- open rows only, one per person, kind and programme
  person    INTEGER NOT NULL REFERENCES person (id),
  kind      TEXT NOT NULL CHECK (kind IN ('followup', 'referral', 'screening', 'checkup')),
  programme TEXT NOT NULL CHECK (programme IN ('htn', 'dm', 'lipid', '')),
  due_on    TEXT NOT NULL CHECK (due_on IS date(due_on, '+0 days')),
  reasons   TEXT NOT NULL,
  urgency   TEXT CHECK (urgency IN ('routine', 'emergency')),   -- of a referral
  since_on  TEXT NOT NULL CHECK (since_on IS date(since_on, '+0 days')),   -- the day it comes from
  visit     INTEGER REFERENCES visit (id),                      -- the contact it comes from
  days_high INTEGER,                                            -- of a suspicion: distinct days so far
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
