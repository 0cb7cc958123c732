-- Residents of the age from which everybody's pressure is measured, and not managed for hypertension. A row for each
-- person and word.
--
--   resident   in the register at the period's end, of that age, not in the programme then
--   measured   of them: both pressures taken face to face or at a check-up, so long before the period's end
WITH free AS (
  SELECT period.n, who.person, period.screen_day, period.last_day
  FROM period JOIN who ON who.from_day <= period.last_day AND who.to_day > period.last_day
  LEFT JOIN stay ON stay.programme = 'htn' AND stay.person = who.person
    AND stay.from_day <= period.last_day AND stay.to_day > period.last_day
  WHERE stay.person IS NULL
    AND period.year - who.judged_year - CASE WHEN period.md < who.judged_md THEN 1 ELSE 0 END >= period.screen_from_age
),
told AS (
  SELECT n, person, 'resident' AS word FROM free
  UNION ALL
  SELECT n, person, 'measured' AS word FROM free
  WHERE EXISTS (SELECT 1 FROM contact WHERE contact.person = free.person AND contact.day >= free.screen_day
      AND contact.day <= free.last_day AND contact.face = 1 AND contact.bp_below IS NOT NULL)
    OR EXISTS (SELECT 1 FROM exam WHERE exam.person = free.person AND exam.day >= free.screen_day
      AND exam.day <= free.last_day AND exam.bp = 1)
)
SELECT n, person, word FROM told ORDER BY n, person, word
