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
              WHEN contact.sbp < CASE WHEN who.high_risk = 1 OR EXISTS (SELECT 1 FROM stay AS other
                     WHERE other.programme = 'dm' AND other.person = stay.person
                       AND other.from_day <= period.last_day AND other.to_day > period.last_day)
                   THEN :high_risk_sbp_below ELSE :sbp_below END AND contact.dbp < :dbp_below THEN 1
              ELSE 0 END AS below
  FROM period CROSS JOIN stay JOIN who ON who.person = stay.person
  LEFT JOIN contact ON contact.person = stay.person AND contact.day >= period.care_day AND contact.day <= period.last_day
    AND contact.day <= stay.through_day AND contact.followup = 1 AND contact.face = 1
  WHERE stay.programme = :programme AND stay.from_day <= period.last_day AND stay.begun_day < period.recent_day
    AND (stay.to_day > period.last_day
      OR (stay.to_day >= period.recent_day AND stay.end_reason = 'moved'
        AND (stay.next_day IS NULL OR stay.next_day > period.last_day)))
),
seen AS (
  SELECT n, person, MAX(day) AS met_day, MAX(CASE WHEN below IS NULL THEN NULL ELSE day * 2 + below END) AS reading
  FROM met GROUP BY n, person
)
SELECT n, person,
       CASE WHEN reading IS NULL OR reading < met_day * 2 THEN 'unknown'
            WHEN reading % 2 = 1 THEN 'controlled'
            ELSE 'uncontrolled' END AS word
FROM seen
ORDER BY n, person
