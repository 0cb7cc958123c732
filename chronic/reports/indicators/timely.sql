-- Follow-ups that were due in each period for people managed for :programme. A row for each, at the day it was due, with
-- the uid of the contact that planned it, or of the enrolment.
--
--   kept     somebody was in contact with them by that day
--   missed   nobody was
--
-- What was planned counts even where an earlier contact planned anew; what fell due after management had ended does not.
WITH planned AS (
  SELECT stay.person, stay.uid, stay.first_due_day AS due_day, stay.through_day, MIN(contact.day) AS met_day
  FROM stay LEFT JOIN contact ON contact.person = stay.person AND contact.day >= stay.from_day AND contact.followup = 1
  WHERE stay.programme = :programme
  GROUP BY stay.person, stay.uid, stay.first_due_day, stay.through_day
  UNION ALL
  SELECT judged.person, judged.uid, judged.due_day, stay.through_day, judged.after_day AS met_day
  FROM judged JOIN stay ON stay.programme = judged.programme AND stay.person = judged.person
    AND judged.day >= stay.from_day AND judged.day <= stay.through_day
  WHERE judged.programme = :programme
)
SELECT period.n AS n, planned.person AS person, CASE WHEN planned.met_day <= planned.due_day THEN 'kept' ELSE 'missed' END AS word,
       planned.due_day AS on_day, planned.uid AS uid
FROM period JOIN planned ON planned.due_day >= period.first_day AND planned.due_day <= period.last_day
WHERE planned.due_day <= planned.through_day
ORDER BY n, person, on_day, uid, word
