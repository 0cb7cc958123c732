-- Where everyone managed for :programme stands at the end of :last. One row a person.
--
--   lost         no reading since :care_from
--   new          the first stay began on :recent_from or later: too early for an outcome
--   controlled   the latest reading since :recent_from is below the limits; uncontrolled: it is not
--   no_reading   visits since :recent_from, none of them with a reading
--   no_visit     no visit since :recent_from
--
-- A visit is a follow-up face to face; a reading is both pressures for htn, fasting glucose or HbA1c for dm. A HbA1c that
-- was measured before the visit counts by its own day. Of two values of one visit both have to be below. Rows of other
-- programmes than these two never have a reading.
WITH managed AS (
  SELECT stay.person, MIN(stay.enrolled_on) AS begun_on
  FROM enrolment AS stay JOIN person ON person.id = stay.person
  WHERE stay.programme = :programme AND stay.enrolled_on <= :last
  GROUP BY stay.person
  HAVING MAX(CASE WHEN (stay.ended_on IS NULL OR stay.ended_on > :last)
                   AND (person.closed_on IS NULL OR person.closed_on > :last) THEN 1 ELSE 0 END) = 1
),
met AS (
  SELECT visit.person, visit.visit_date, visit.sbp, visit.dbp, visit.fpg, visit.fpg_meter,
         CASE WHEN visit.hba1c_on IS NULL THEN visit.hba1c
              WHEN visit.hba1c_on < :care_from THEN NULL
              WHEN visit.visit_date >= :recent_from AND visit.hba1c_on < :recent_from THEN NULL
              ELSE visit.hba1c END AS hba1c
  FROM visit
  WHERE visit.ended_by IS NULL AND visit.kind = 'followup' AND visit.way <> 'phone'
    AND visit.visit_date >= :care_from AND visit.visit_date <= :last
),
judged AS (
  SELECT met.person, met.visit_date,
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
  SELECT person, MAX(visit_date) AS met_on, MAX(CASE WHEN below IS NOT NULL THEN visit_date END) AS read_on
  FROM judged GROUP BY person
)
SELECT managed.person AS person,
       CASE WHEN seen.read_on IS NULL THEN 'lost'
            WHEN managed.begun_on >= :recent_from THEN 'new'
            WHEN seen.met_on < :recent_from THEN 'no_visit'
            WHEN seen.read_on < :recent_from THEN 'no_reading'
            WHEN latest.below = 1 THEN 'controlled'
            ELSE 'uncontrolled' END AS word
FROM managed
LEFT JOIN seen ON seen.person = managed.person
LEFT JOIN judged AS latest ON latest.person = seen.person AND latest.visit_date = seen.read_on
ORDER BY person
