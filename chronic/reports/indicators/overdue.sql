-- Who of those managed for :programme was late as each period began, and what was done about it. One row a person, with
-- every word that holds.
--
--   overdue    the day planned at the last contact had passed, or nobody had seen them since they were enrolled and the
--              day for that had passed
--   called     somebody tried to reach them in the period
--   returned   they came within :return_days days of the first attempt, that day itself included
WITH late AS (
  SELECT period.n, stay.person, period.first_day, period.last_day
  FROM period CROSS JOIN stay
  LEFT JOIN judged ON judged.programme = stay.programme AND judged.person = stay.person
    AND judged.day >= stay.from_day AND judged.day < period.first_day
    AND (judged.next_day IS NULL OR judged.next_day >= period.first_day)
  WHERE stay.programme = :programme AND stay.from_day < period.first_day AND stay.to_day >= period.first_day
    AND CASE WHEN judged.person IS NULL THEN stay.first_due_day ELSE judged.due_day END < period.first_day
),
tried AS (
  SELECT late.n, late.person, MIN(attempt.day) AS called_day
  FROM late LEFT JOIN attempt ON attempt.person = late.person AND attempt.outcome <> 'died'
    AND attempt.day >= late.first_day AND attempt.day <= late.last_day
  GROUP BY late.n, late.person
)
SELECT n, person,
       CASE WHEN called_day IS NULL THEN 'overdue'
            WHEN EXISTS (SELECT 1 FROM contact WHERE contact.person = tried.person AND contact.face = 1
              AND contact.day >= called_day AND contact.day <= called_day + :return_days) THEN 'overdue called returned'
            ELSE 'overdue called' END AS word
FROM tried
ORDER BY n, person
