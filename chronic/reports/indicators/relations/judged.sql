-- What the rules said of a contact, and what came of it: one row for each programme it was judged for; '' where only its
-- danger was.
--
--   met           1: a follow-up face to face; `season` 0 to 3: the quarter of one; `blank` 1: it left a required field blank
--   latest        of one: its day, times four, and 1 if at the guideline's target, and 2 if at that of the guideline beside it
--   below         1: at the guideline's target for this programme, of lipids by their class; 0: not; NULL: not measured
--   danger        1: danger of any kind
--   due_day       of the next follow-up, as planned then
--   after_day     of the next contact of any kind on a later day
--   danger_by_day   until when a danger has to be followed up
--   unanswered_day  until when a contact was called for, by danger or the class, where none came by then
--   unreferred_day  until when a referral was called for, by the class uncontrolled so many times in a row, where there is none
--   next_day      of the next one judged; the same day where another contact followed on it
WITH told AS (
  SELECT ruling.programme, contact.person, contact.day, contact.uid, contact.followup, contact.face,
         contact.followup * contact.face AS met, contact.quarter, contact.referred, contact.answer_by_day,
         contact.danger_by_day, ruling.class, CASE WHEN ruling.danger = '' THEN 0 ELSE 1 END AS danger,
         CASE WHEN ruling.class = 'uncontrolled' AND ruling.consecutive >= rule.in_a_row THEN 1 ELSE 0 END AS again,
         CASE WHEN ruling.programme = 'htn' THEN contact.bp_below
              WHEN ruling.programme = 'dm' THEN contact.fpg_below
              WHEN ruling.class = 'controlled' THEN 1
              WHEN ruling.class = 'uncontrolled' THEN 0 END AS below,
         CASE WHEN ' ' || ruling.meets || ' ' LIKE '% ' || rule.second || ' %' THEN 2 ELSE 0 END AS second,
         CASE ruling.programme WHEN 'htn' THEN contact.complete_htn WHEN 'dm' THEN contact.complete_dm END AS complete,
         due.day AS due_day, contact.after_day
  FROM contact
  JOIN {verdicts} AS ruling ON ruling.person = contact.person AND ruling.visit = contact.visit
  LEFT JOIN rule ON rule.programme = ruling.programme AND rule.from_day <= contact.day AND rule.to_day > contact.day
  LEFT JOIN calendar AS due ON due.iso = ruling.due_on
)
SELECT told.programme, told.person, told.day, told.uid, told.followup, told.face, told.met,
       CASE WHEN told.met = 1 THEN told.quarter % 4 END AS season,
       CASE WHEN told.met = 1 AND told.complete = 0 THEN 1 ELSE 0 END AS blank,
       CASE WHEN told.met = 1 THEN told.day * 4 + told.second + COALESCE(told.below, 0) END AS latest,
       told.below, told.danger, told.due_day, told.after_day, told.danger_by_day,
       CASE WHEN told.after_day <= told.answer_by_day THEN NULL
            WHEN told.danger = 1 OR told.class IN ('uncontrolled', 'adverse_reaction', 'complication')
              THEN told.answer_by_day END AS unanswered_day,
       CASE WHEN told.again = 0 OR told.referred = 1 THEN NULL
            WHEN EXISTS (SELECT 1 FROM slip WHERE slip.person = told.person AND slip.made_day <= told.answer_by_day
              AND (slip.made_day >= told.day OR slip.answered_day IS NULL OR slip.answered_day >= told.day)) THEN NULL
            WHEN EXISTS (SELECT 1 FROM outcome WHERE outcome.person = told.person
              AND outcome.day >= told.day AND outcome.day <= told.answer_by_day) THEN NULL
            ELSE told.answer_by_day END AS unreferred_day,
       LEAD(told.day) OVER (PARTITION BY told.programme, told.person ORDER BY told.day, told.uid) AS next_day
FROM told
