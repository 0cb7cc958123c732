-- Residents from the age of the yearly check-up on, in the register at the end of each period. One row a person.
--
--   served, unserved   a check-up in the year, up to the period's end, or none
SELECT period.n AS n, who.person AS person,
       CASE WHEN EXISTS (SELECT 1 FROM exam WHERE exam.person = who.person AND exam.day >= period.year_day
         AND exam.day <= period.last_day) THEN 'served' ELSE 'unserved' END AS word
FROM period JOIN who ON who.from_day <= period.last_day AND who.to_day > period.last_day
WHERE period.year - who.judged_year - CASE WHEN period.md < who.judged_md THEN 1 ELSE 0 END >= period.older_from_age
ORDER BY n, person
