-- Who of those managed for :programme was late as each period began, and what was done about it. A row for each word.
--
--   overdue    the day planned at the last contact had passed, or nobody had seen them since they were enrolled and the
--              day for that had passed
--   called     of the overdue: somebody tried to reach them in the period
--   returned   of the called: came within :return_days days of the first attempt, that day itself included
WITH late AS (
  SELECT period.n, stay.person, period.first_day, period.last_day
  FROM period
  JOIN stay ON stay.from_day < period.first_day AND stay.to_day >= period.first_day
  LEFT JOIN judged ON judged.programme = stay.programme AND judged.person = stay.person
    AND judged.day >= stay.from_day AND judged.day < period.first_day
    AND (judged.next_day IS NULL OR judged.next_day >= period.first_day)
  WHERE stay.programme = :programme
    AND CASE WHEN judged.person IS NULL THEN stay.first_due_day ELSE judged.due_day END < period.first_day
),
tried AS (
  SELECT late.n, late.person, MIN(attempt.day) AS called_day
  FROM late JOIN attempt ON attempt.person = late.person
    AND attempt.day >= late.first_day AND attempt.day <= late.last_day
  WHERE attempt.outcome <> 'died'
  GROUP BY late.n, late.person
),
told AS (
  SELECT n, person, 'overdue' AS word FROM late
  UNION ALL
  SELECT n, person, 'called' AS word FROM tried
  UNION ALL
  SELECT DISTINCT tried.n, tried.person, 'returned' AS word
  FROM tried JOIN contact ON contact.person = tried.person
    AND contact.day >= tried.called_day AND contact.day <= tried.called_day + :return_days
  WHERE contact.face = 1
)
SELECT n, person, word FROM told ORDER BY n, person, word
