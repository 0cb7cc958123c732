-- How those managed for :programme in the year are managed, from its first day to the end of each period. One row a person,
-- with every word that holds.
--
--   managed    in management on any of these days, and followed up at least once
--   judged     the same, without those who died where that is the local rule (without_dead)
--   at_target  of the judged: both pressures, or fasting glucose, below the guideline's limit at the last follow-up face
--              to face; who was not met, or not measured then, is not at target
--   second     the same by the other guideline
--   enough     met often enough face to face: the year's number, or of a shorter stay one for so many days of it
--   crowded    the year's number, in fewer quarters than are asked for
--   answered   after every visit that was not controlled, and every danger, a contact in time
--   referred   a referral was recorded after the class uncontrolled so many times in a row
--   examined   a check-up within a year, or not managed long enough to need one
--   complete   no required field left blank at a follow-up face to face
--   standard   enough, answered, referred, examined and complete
WITH year AS (
  SELECT period.n, stay.person,
         MAX(CASE WHEN stay.to_day <= period.last_day AND stay.end_reason = 'died' THEN 1 ELSE 0 END) AS died,
         MAX(CASE WHEN stay.exam_from_day > stay.through_day OR stay.exam_from_day > period.last_day THEN 0
                  ELSE 1 END) AS grown,
         SUM(judged.met) AS times, MAX(judged.latest) % 4 AS latest, MAX(judged.blank) AS blank,
         MAX(CASE WHEN judged.unanswered_day <= stay.through_day AND judged.unanswered_day <= period.last_day THEN 1
                  ELSE 0 END) AS unanswered,
         MAX(CASE WHEN judged.unreferred_day <= stay.through_day AND judged.unreferred_day <= period.last_day THEN 1
                  ELSE 0 END) AS unreferred
  FROM period CROSS JOIN stay
  LEFT JOIN judged ON judged.programme = stay.programme AND judged.person = stay.person
    AND judged.day >= stay.from_day AND judged.day >= period.year_day
    AND judged.day <= stay.through_day AND judged.day <= period.last_day
  WHERE stay.programme = :programme AND stay.from_day <= period.last_day AND stay.to_day > period.year_day
  GROUP BY period.n, stay.person
  HAVING SUM(judged.followup) > 0
),
held AS MATERIALIZED (
  SELECT year.n, year.person, MIN(year.times) AS times, MIN(year.latest) AS latest, MIN(year.blank) AS blank,
         MIN(year.unanswered) AS unanswered, MIN(year.unreferred) AS unreferred, MIN(year.grown) AS grown,
         MIN(CASE WHEN year.died = 1 AND period.without_dead = 1 THEN 0 ELSE 1 END) AS judged,
         SUM(CASE WHEN stay.through_day < period.last_day THEN stay.through_day ELSE period.last_day END
           - CASE WHEN stay.from_day > period.year_day THEN stay.from_day ELSE period.year_day END + 1) AS days
  FROM year JOIN period ON period.n = year.n
  JOIN stay ON stay.programme = :programme AND stay.person = year.person
    AND stay.from_day <= period.last_day AND stay.to_day > period.year_day
  GROUP BY year.n, year.person
),
found AS (
  SELECT held.n, held.person, held.latest, held.blank, held.unanswered, held.unreferred, held.judged,
         CASE WHEN held.times >= CASE
                WHEN held.days >= period.year_days THEN period.visits_needed
                WHEN held.days < period.one_from_days THEN 0
                WHEN held.days < period.days_each THEN 1
                WHEN held.days >= period.visits_needed * period.days_each THEN period.visits_needed
                ELSE (held.days - held.days % period.days_each) / period.days_each END THEN 1 ELSE 0 END AS enough,
         CASE WHEN held.times < period.visits_needed THEN 0
              WHEN (SELECT COUNT(DISTINCT judged.season)
                FROM stay JOIN judged ON judged.programme = stay.programme AND judged.person = stay.person
                WHERE stay.programme = :programme AND stay.person = held.person
                  AND judged.day >= stay.from_day AND judged.day >= period.year_day
                  AND judged.day <= stay.through_day AND judged.day <= period.last_day) < period.quarters THEN 1
              ELSE 0 END AS crowded,
         CASE WHEN held.grown = 0 THEN 1
              WHEN EXISTS (SELECT 1 FROM exam WHERE exam.person = held.person AND exam.day >= period.exam_day
                AND exam.day <= period.last_day) THEN 1
              ELSE 0 END AS examined
  FROM held JOIN period ON period.n = held.n
)
SELECT n, person,
       'managed' || CASE WHEN judged = 1 THEN ' judged' ELSE '' END
         || CASE WHEN judged = 1 AND latest % 2 = 1 THEN ' at_target' ELSE '' END
         || CASE WHEN judged = 1 AND latest >= 2 THEN ' second' ELSE '' END
         || CASE WHEN enough = 1 THEN ' enough' ELSE '' END
         || CASE WHEN crowded = 1 THEN ' crowded' ELSE '' END
         || CASE WHEN unanswered = 0 THEN ' answered' ELSE '' END
         || CASE WHEN unreferred = 0 THEN ' referred' ELSE '' END
         || CASE WHEN examined = 1 THEN ' examined' ELSE '' END
         || CASE WHEN blank = 0 THEN ' complete' ELSE '' END
         || CASE WHEN enough = 1 AND unanswered = 0 AND unreferred = 0 AND examined = 1 AND blank = 0
                 THEN ' standard' ELSE '' END AS word
FROM found
ORDER BY n, person
