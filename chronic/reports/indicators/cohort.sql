-- What became of those first enrolled for :programme in the cohort of a period, as :preset has it. One row a person: a reading
-- and a state, as controlled.here.
--
--   controlled, uncontrolled   the latest reading of the outcome window is below the limits, or not
--   no_reading                 visits in it, none of them with a reading; no_visit: none
--   here, died, moved, ended   managed at the period's end, or why not
--
-- A visit is a follow-up face to face; a reading is both pressures for htn, fasting glucose or a HbA1c of the window for dm.
-- Nobody who was enrolled leaves the cohort.
WITH met AS (
  SELECT cohort.n, stay.person, cohort.last_day, contact.day,
         CASE WHEN :programme = 'htn' AND (contact.sbp IS NULL OR contact.dbp IS NULL) THEN NULL
              WHEN :programme = 'htn' AND contact.sbp < :sbp_below AND contact.dbp < :dbp_below THEN 1
              WHEN :programme = 'htn' THEN 0
              WHEN :programme <> 'dm' THEN NULL
              WHEN contact.fpg_meter = 'HI' OR contact.fpg >= :fpg_below THEN 0
              WHEN contact.hba1c IS NULL OR contact.hba1c_day < cohort.read_day THEN
                CASE WHEN contact.fpg IS NULL AND contact.fpg_meter IS NULL THEN NULL ELSE 1 END
              WHEN contact.hba1c >= :hba1c_below THEN 0
              ELSE 1 END AS below
  FROM cohort CROSS JOIN stay
  LEFT JOIN contact ON contact.person = stay.person AND contact.day >= cohort.read_day AND contact.day <= cohort.last_day
    AND contact.followup = 1 AND contact.face = 1
  WHERE cohort.preset = :preset AND stay.programme = :programme
    AND stay.begun_day >= cohort.begun_from_day AND stay.begun_day < cohort.begun_to_day
),
seen AS (
  SELECT n, person, MIN(last_day) AS last_day, MAX(day) AS met_day,
         MAX(CASE WHEN below IS NULL THEN NULL ELSE day * 2 + below END) AS reading
  FROM met GROUP BY n, person
)
SELECT seen.n AS n, seen.person AS person,
       CASE WHEN met_day IS NULL THEN 'no_visit'
            WHEN reading IS NULL THEN 'no_reading'
            WHEN reading % 2 = 1 THEN 'controlled'
            ELSE 'uncontrolled' END || '.'
       || CASE WHEN EXISTS (SELECT 1 FROM stay WHERE stay.programme = :programme AND stay.person = seen.person
                 AND stay.from_day <= seen.last_day AND stay.to_day > seen.last_day) THEN 'here'
               WHEN EXISTS (SELECT 1 FROM stay WHERE stay.programme = :programme AND stay.person = seen.person
                 AND stay.to_day <= seen.last_day AND stay.end_reason = 'died') THEN 'died'
               WHEN EXISTS (SELECT 1 FROM stay WHERE stay.programme = :programme AND stay.person = seen.person
                 AND stay.to_day <= seen.last_day AND stay.end_reason = 'moved') THEN 'moved'
               ELSE 'ended' END AS word
FROM seen
ORDER BY n, person
