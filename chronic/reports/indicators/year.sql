-- How those managed for :programme in the year are managed, from its first day to the end of each period. A row for each
-- person and word.
--
--   managed    in management on any of these days, and followed up at least once
--   judged     the same, without those who died where that is the local rule (without_dead)
--   at_target  of the judged: both pressures, or fasting glucose, below the guideline's limit at the last follow-up face
--              to face; who was not met, or not measured then, is not at target
--   second     the same by the other guideline (second_htn, second_dm)
--   enough     met often enough face to face: the year's number, or of a shorter stay one for so many days of it
--   crowded    the year's number, in fewer quarters than the guideline asks for
--   answered   after every visit that was not controlled, and every danger, a contact in time
--   referred   a referral was recorded after the class uncontrolled so many times in a row
--   examined   a check-up within a year, or not managed long enough to need one
--   complete   no required field left blank at a follow-up face to face
--   standard   enough, answered, referred, examined and complete
WITH span AS (
  SELECT period.n, stay.person, period.year_day, period.last_day, period.exam_day,
         CASE WHEN stay.from_day > period.year_day THEN stay.from_day ELSE period.year_day END AS from_day,
         CASE WHEN stay.through_day < period.last_day THEN stay.through_day ELSE period.last_day END AS through_day,
         stay.exam_from_day,
         CASE WHEN stay.to_day <= period.last_day AND stay.end_reason = 'died' THEN 1 ELSE 0 END AS died,
         CASE WHEN :programme = 'htn' THEN period.in_a_row_htn ELSE period.in_a_row_dm END AS in_a_row,
         period.answer_days
  FROM period JOIN stay ON stay.from_day <= period.last_day AND stay.to_day > period.year_day
  WHERE stay.programme = :programme
),
held AS (
  SELECT n, person, SUM(through_day - from_day + 1) AS days, MAX(died) AS died,
         MAX(CASE WHEN exam_from_day <= through_day THEN exam_day END) AS exam_day, MAX(last_day) AS last_day
  FROM span GROUP BY n, person
),
met AS (
  SELECT span.n, span.person, SUM(contact.face) AS times,
         COUNT(DISTINCT CASE WHEN contact.face = 1 THEN contact.quarter END) AS quarters,
         MAX(CASE WHEN contact.face = 0 THEN NULL
                  WHEN :programme = 'htn' AND contact.bp_below = 1 THEN contact.day * 2 + 1
                  WHEN :programme = 'dm' AND contact.fpg_below = 1 THEN contact.day * 2 + 1
                  ELSE contact.day * 2 END) % 2 AS below,
         MAX(CASE WHEN contact.face = 1 THEN contact.day END) AS met_day,
         MIN(CASE WHEN contact.face = 0 THEN 1
                  WHEN :programme = 'htn' THEN contact.complete_htn
                  ELSE contact.complete_dm END) AS complete
  FROM span JOIN contact ON contact.person = span.person
    AND contact.day >= span.from_day AND contact.day <= span.through_day
  WHERE contact.followup = 1
  GROUP BY span.n, span.person
),
serious AS (
  SELECT span.n, span.person, judged.day, judged.day + span.answer_days AS until_day, judged.referred, judged.after_day,
         CASE WHEN judged.class = 'uncontrolled' AND judged.consecutive >= span.in_a_row THEN 1 ELSE 0 END AS again
  FROM span JOIN judged ON judged.programme = :programme AND judged.person = span.person
    AND judged.day >= span.from_day AND judged.day <= span.through_day - span.answer_days
  WHERE judged.danger = 1 OR judged.class IN ('uncontrolled', 'adverse_reaction', 'complication')
),
unanswered AS (
  SELECT DISTINCT n, person FROM serious WHERE after_day IS NULL OR after_day > until_day
),
unreferred AS (
  SELECT DISTINCT serious.n, serious.person FROM serious
  WHERE serious.again = 1 AND serious.referred = 0
    AND NOT EXISTS (SELECT 1 FROM slip WHERE slip.person = serious.person AND slip.made_day <= serious.until_day
      AND (slip.made_day >= serious.day OR slip.answered_day IS NULL OR slip.answered_day >= serious.day))
    AND NOT EXISTS (SELECT 1 FROM outcome WHERE outcome.person = serious.person
      AND outcome.day >= serious.day AND outcome.day <= serious.until_day)
),
found AS (
  SELECT held.n, held.person, held.died, period.without_dead, met.below,
         CASE WHEN EXISTS (SELECT 1 FROM judged WHERE judged.programme = :programme AND judged.person = held.person
                AND judged.day = met.met_day AND ' ' || judged.met || ' ' LIKE '% ' ||
                CASE WHEN :programme = 'htn' THEN period.second_htn ELSE period.second_dm END || ' %') THEN 1
              ELSE 0 END AS second,
         CASE WHEN met.times >= CASE
                WHEN held.days >= period.year_days THEN period.visits_needed
                WHEN held.days < period.one_from_days THEN 0
                WHEN held.days < period.days_each THEN 1
                WHEN held.days >= period.visits_needed * period.days_each THEN period.visits_needed
                ELSE (held.days - held.days % period.days_each) / period.days_each END THEN 1 ELSE 0 END AS enough,
         CASE WHEN met.times >= period.visits_needed AND met.quarters < period.quarters THEN 1 ELSE 0 END AS crowded,
         CASE WHEN unanswered.person IS NULL THEN 1 ELSE 0 END AS answered,
         CASE WHEN unreferred.person IS NULL THEN 1 ELSE 0 END AS referred,
         CASE WHEN held.exam_day IS NULL THEN 1
              WHEN EXISTS (SELECT 1 FROM exam WHERE exam.person = held.person AND exam.day >= held.exam_day
                AND exam.day <= held.last_day) THEN 1
              ELSE 0 END AS examined,
         met.complete
  FROM held
  JOIN period ON period.n = held.n
  JOIN met ON met.n = held.n AND met.person = held.person
  LEFT JOIN unanswered ON unanswered.n = held.n AND unanswered.person = held.person
  LEFT JOIN unreferred ON unreferred.n = held.n AND unreferred.person = held.person
),
told AS (
  SELECT n, person, 'managed' AS word FROM found
  UNION ALL SELECT n, person, 'judged' FROM found WHERE died = 0 OR without_dead = 0
  UNION ALL SELECT n, person, 'at_target' FROM found WHERE below = 1 AND (died = 0 OR without_dead = 0)
  UNION ALL SELECT n, person, 'second' FROM found WHERE second = 1 AND (died = 0 OR without_dead = 0)
  UNION ALL SELECT n, person, 'enough' FROM found WHERE enough = 1
  UNION ALL SELECT n, person, 'crowded' FROM found WHERE crowded = 1
  UNION ALL SELECT n, person, 'answered' FROM found WHERE answered = 1
  UNION ALL SELECT n, person, 'referred' FROM found WHERE referred = 1
  UNION ALL SELECT n, person, 'examined' FROM found WHERE examined = 1
  UNION ALL SELECT n, person, 'complete' FROM found WHERE complete = 1
  UNION ALL SELECT n, person, 'standard' FROM found
    WHERE enough = 1 AND answered = 1 AND referred = 1 AND examined = 1 AND complete = 1
)
SELECT n, person, word FROM told ORDER BY n, person, word
