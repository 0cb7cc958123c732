-- Dangers and referral slips whose time to be followed up, by the guideline, ended in each period. A row for each, at that day, with the uid of
-- the contact or slip. Who died or moved meanwhile is left out.
--
--   danger_closed, danger_open   a contact, or news of the referral, came in time, or did not
--   slip_closed, slip_open       they were seen there or sent back by then, or not
WITH raised AS (
  SELECT DISTINCT judged.person, judged.uid, judged.day, judged.danger_by_day AS until_day, judged.after_day
  FROM judged WHERE judged.danger = 1
),
told AS (
  SELECT raised.person, raised.uid, raised.until_day,
         CASE WHEN raised.after_day <= raised.until_day THEN 'danger_closed'
              WHEN EXISTS (SELECT 1 FROM outcome WHERE outcome.person = raised.person
                AND outcome.day >= raised.day AND outcome.day <= raised.until_day) THEN 'danger_closed'
              ELSE 'danger_open' END AS word
  FROM raised
  UNION ALL
  SELECT slip.person, slip.uid, slip.until_day,
         CASE WHEN slip.arrived_day <= slip.until_day THEN 'slip_closed' ELSE 'slip_open' END AS word
  FROM slip
)
SELECT period.n AS n, told.person AS person, told.word AS word, told.until_day AS on_day, told.uid AS uid
FROM period
JOIN told ON told.until_day >= period.first_day AND told.until_day <= period.last_day
JOIN who ON who.person = told.person AND who.to_day > told.until_day
ORDER BY n, person, on_day, uid, word
