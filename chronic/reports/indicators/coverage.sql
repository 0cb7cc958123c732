-- Residents of the age from which everybody's pressure is measured, in the register at the end of each period and not managed
-- for hypertension then. One row a person.
--
--   measured, unmeasured   both pressures taken face to face or at a check-up in the time up to the period's end that the
--                          guideline gives, or not
SELECT period.n AS n, who.person AS person,
       CASE WHEN EXISTS (SELECT 1 FROM contact WHERE contact.person = who.person AND contact.day >= period.screen_day
              AND contact.day <= period.last_day AND contact.face = 1 AND contact.bp_below IS NOT NULL) THEN 'measured'
            WHEN EXISTS (SELECT 1 FROM exam WHERE exam.person = who.person AND exam.day >= period.screen_day
              AND exam.day <= period.last_day AND exam.bp = 1) THEN 'measured'
            ELSE 'unmeasured' END AS word
FROM period JOIN who ON who.from_day <= period.last_day AND who.to_day > period.last_day
WHERE period.year - who.judged_year - CASE WHEN period.md < who.judged_md THEN 1 ELSE 0 END >= period.screen_from_age
  AND NOT EXISTS (SELECT 1 FROM stay WHERE stay.programme = 'htn' AND stay.person = who.person
    AND stay.from_day <= period.last_day AND stay.to_day > period.last_day)
ORDER BY n, person
