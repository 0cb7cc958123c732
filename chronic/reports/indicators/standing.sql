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
  SELECT period.n, contact.person, contact.day, period.recent_day, contact.sbp, contact.dbp, contact.fpg, contact.fpg_meter,
         CASE WHEN contact.hba1c_day < period.care_day THEN NULL
              WHEN contact.day >= period.recent_day AND contact.hba1c_day < period.recent_day THEN NULL
              ELSE contact.hba1c END AS hba1c
  FROM period JOIN contact ON contact.day >= period.care_day AND contact.day <= period.last_day
  WHERE contact.followup = 1 AND contact.face = 1
),
judged AS (
  SELECT met.n, met.person, met.day,
         CASE WHEN :programme = 'htn' AND (met.sbp IS NULL OR met.dbp IS NULL) THEN NULL
              WHEN :programme = 'htn' AND met.sbp < :sbp_below AND met.dbp < :dbp_below THEN 1
              WHEN :programme = 'htn' THEN 0
              WHEN :programme <> 'dm' THEN NULL
              WHEN met.fpg IS NULL AND met.fpg_meter IS NULL AND met.hba1c IS NULL THEN NULL
              WHEN met.fpg_meter = 'HI' OR met.fpg >= :fpg_below OR met.hba1c >= :hba1c_below THEN 0
              ELSE 1 END AS below
  FROM met
),
seen AS (
  SELECT n, person, MAX(day) AS met_day, MAX(CASE WHEN below IS NULL THEN NULL ELSE day * 2 + below END) AS reading
  FROM judged GROUP BY n, person
)
SELECT period.n AS n, stay.person AS person,
       CASE WHEN seen.reading IS NULL THEN 'lost'
            WHEN stay.begun_day >= period.recent_day THEN 'new'
            WHEN seen.met_day < period.recent_day THEN 'no_visit'
            WHEN seen.reading < period.recent_day * 2 THEN 'no_reading'
            WHEN seen.reading % 2 = 1 THEN 'controlled'
            ELSE 'uncontrolled' END AS word
FROM period
JOIN stay ON stay.from_day <= period.last_day AND stay.to_day > period.last_day
LEFT JOIN seen ON seen.n = period.n AND seen.person = stay.person
WHERE stay.programme = :programme
ORDER BY n, person
