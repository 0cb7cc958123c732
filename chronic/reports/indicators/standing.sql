-- Where everyone managed for :programme stands at the end of each period. One row a person.
--
--   lost         no reading since care_day
--   new          the first stay began on recent_day or later: too early for an outcome
--   controlled   the latest reading since recent_day is below the limits; uncontrolled: it is not
--   no_reading   visits since recent_day, none of them with a reading
--   no_visit     no visit since recent_day
--
-- A visit is a follow-up face to face; a reading is both pressures for htn, fasting glucose or HbA1c for dm. A HbA1c that
-- was measured before the visit counts by its own day. Of two values of one visit both have to be below. Rows of other
-- programmes than these two never have a reading.
WITH met AS (
  SELECT period.n, stay.person, stay.begun_day, period.recent_day, contact.day,
         CASE WHEN :programme = 'htn' AND (contact.sbp IS NULL OR contact.dbp IS NULL) THEN NULL
              WHEN :programme = 'htn' AND contact.sbp < :sbp_below AND contact.dbp < :dbp_below THEN 1
              WHEN :programme = 'htn' THEN 0
              WHEN :programme <> 'dm' THEN NULL
              WHEN contact.fpg_meter = 'HI' OR contact.fpg >= :fpg_below THEN 0
              WHEN contact.hba1c IS NULL OR contact.hba1c_day < period.care_day
                   OR (contact.day >= period.recent_day AND contact.hba1c_day < period.recent_day) THEN
                CASE WHEN contact.fpg IS NULL AND contact.fpg_meter IS NULL THEN NULL ELSE 1 END
              WHEN contact.hba1c >= :hba1c_below THEN 0
              ELSE 1 END AS below
  FROM period CROSS JOIN stay
  LEFT JOIN contact ON contact.person = stay.person AND contact.day >= period.care_day AND contact.day <= period.last_day
    AND contact.followup = 1 AND contact.face = 1
  WHERE stay.programme = :programme AND stay.from_day <= period.last_day AND stay.to_day > period.last_day
),
seen AS (
  SELECT n, person, MIN(begun_day) AS begun_day, MIN(recent_day) AS recent_day, MAX(day) AS met_day,
         MAX(CASE WHEN below IS NULL THEN NULL ELSE day * 2 + below END) AS reading
  FROM met GROUP BY n, person
)
SELECT n, person,
       CASE WHEN reading IS NULL THEN 'lost'
            WHEN begun_day >= recent_day THEN 'new'
            WHEN met_day < recent_day THEN 'no_visit'
            WHEN reading < recent_day * 2 THEN 'no_reading'
            WHEN reading % 2 = 1 THEN 'controlled'
            ELSE 'uncontrolled' END AS word
FROM seen
ORDER BY n, person
