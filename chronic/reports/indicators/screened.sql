-- Tests against complications for those managed for :programme at the end of each period: one row a person with the diseases
-- that some needed test is for, and one for each disease against which all of those were done, as eye_done.
--
-- Which tests a person needs follows from their programmes, age and smoking, as the guideline's matrix has it, and so does how
-- long a result counts. Who may be old enough or may smoke needs them: nobody knows better.
WITH here AS (
  SELECT period.n, stay.person, era.book, who.smoker,
         COALESCE(period.year - who.judged_year - CASE WHEN period.md < who.judged_md THEN 1 ELSE 0 END, 999) AS age,
         CASE WHEN htn.person IS NULL THEN 0 ELSE 1 END AS htn,
         CASE WHEN dm.person IS NULL THEN 0 ELSE 1 END AS dm,
         CASE WHEN lipid.person IS NULL THEN 0 ELSE 1 END AS lipid
  FROM period CROSS JOIN stay JOIN era ON era.n = period.n JOIN who ON who.person = stay.person
  LEFT JOIN stay AS htn ON htn.programme = 'htn' AND htn.person = stay.person
    AND htn.from_day <= period.last_day AND htn.to_day > period.last_day
  LEFT JOIN stay AS dm ON dm.programme = 'dm' AND dm.person = stay.person
    AND dm.from_day <= period.last_day AND dm.to_day > period.last_day
  LEFT JOIN stay AS lipid ON lipid.programme = 'lipid' AND lipid.person = stay.person
    AND lipid.from_day <= period.last_day AND lipid.to_day > period.last_day
  WHERE stay.programme = :programme AND stay.from_day <= period.last_day AND stay.to_day > period.last_day
),
mine AS (
  SELECT here.n, here.person, need.number, need.diseases
  FROM here JOIN need ON need.book = here.book AND need.htn = here.htn AND need.dm = here.dm AND need.lipid = here.lipid
    AND need.smoker = here.smoker AND need.from_age <= here.age AND need.to_age > here.age
),
done AS (
  SELECT since.n, tested.person, tested.test
  FROM since JOIN period ON period.n = since.n
  JOIN tested ON tested.test = since.test AND tested.day >= since.day AND tested.day <= period.last_day
    AND (tested.next_day IS NULL OR tested.next_day > period.last_day)
),
told AS (
  SELECT n, person, diseases AS word FROM mine
  UNION ALL
  SELECT mine.n, mine.person, needed.disease || '_done' AS word
  FROM done CROSS JOIN mine CROSS JOIN needed
  WHERE mine.n = done.n AND mine.person = done.person AND needed.number = mine.number AND needed.test = done.test
  GROUP BY mine.n, mine.person, needed.disease, needed.tests
  HAVING COUNT(*) = needed.tests
)
SELECT n, person, word FROM told ORDER BY n, person, word
