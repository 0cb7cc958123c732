-- Residents from the age of the yearly check-up on. A row for each person and word.
--
--   resident   in the register at the period's end, and of that age
--   served     of them: a check-up in the year, up to the period's end
WITH old AS (
  SELECT period.n, who.person, period.year_day, period.last_day
  FROM period JOIN who ON who.from_day <= period.last_day AND who.to_day > period.last_day
  WHERE period.year - who.judged_year - CASE WHEN period.md < who.judged_md THEN 1 ELSE 0 END >= period.older_from_age
),
told AS (
  SELECT n, person, 'resident' AS word FROM old
  UNION ALL
  SELECT n, person, 'served' AS word FROM old
  WHERE EXISTS (SELECT 1 FROM exam WHERE exam.person = old.person AND exam.day >= old.year_day AND exam.day <= old.last_day)
)
SELECT n, person, word FROM told ORDER BY n, person, word
