-- Everyone registered for :programme for at least as long as recent_day before the end of each period, by their pressure at the
-- last visit of the twelve months that end with it. One row a person.
--
--   controlled, uncontrolled   below the limits, the lower systolic one for those at high risk, or not
--   unknown                    no visit, or none with a reading
--
-- Who moved since recent_day stays in, with the last status before; who died is out.
WITH met AS (
  SELECT period.n, stay.person, contact.day,
         CASE WHEN contact.sbp IS NULL OR contact.dbp IS NULL THEN NULL
              WHEN contact.dbp >= :dbp_below OR contact.sbp >= :sbp_below THEN 0
              WHEN contact.sbp >= :high_risk_sbp_below THEN 1
              ELSE 2 END AS grade
  FROM period CROSS JOIN stay
  LEFT JOIN contact ON contact.person = stay.person AND contact.day >= period.care_day AND contact.day <= period.last_day
    AND contact.day <= stay.through_day AND contact.followup = 1 AND contact.face = 1
  WHERE stay.programme = :programme AND stay.from_day <= period.last_day AND stay.begun_day < period.recent_day
    AND (stay.to_day > period.last_day
      OR (stay.to_day >= period.recent_day AND stay.end_reason = 'moved'
        AND (stay.next_day IS NULL OR stay.next_day > period.last_day)))
),
seen AS (
  SELECT n, person, MAX(day) AS met_day, MAX(CASE WHEN grade IS NULL THEN NULL ELSE day * 4 + grade END) AS reading
  FROM met GROUP BY n, person
)
SELECT seen.n AS n, seen.person AS person,
       CASE WHEN seen.reading IS NULL OR seen.reading < seen.met_day * 4 THEN 'unknown'
            WHEN seen.reading % 4 = 2 THEN 'controlled'
            WHEN seen.reading % 4 = 0 OR who.high_risk = 1 THEN 'uncontrolled'
            WHEN EXISTS (SELECT 1 FROM stay WHERE stay.programme = 'dm' AND stay.person = seen.person
              AND stay.from_day <= period.last_day AND stay.to_day > period.last_day) THEN 'uncontrolled'
            ELSE 'controlled' END AS word
FROM seen JOIN period ON period.n = seen.n JOIN who ON who.person = seen.person
ORDER BY n, person
