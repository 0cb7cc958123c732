-- Everyone managed for hypertension, diabetes and lipids at the end of each period. One row a person.
--
--   together, apart   the latest pressure, fasting glucose and lipids of the year, up to the period's end, were all at the
--                     guideline's targets, or not; what was not measured is not at target
WITH three AS (
  SELECT period.n, pressure.person, period.year_day, period.last_day
  FROM period CROSS JOIN stay AS pressure
  JOIN stay AS glucose ON glucose.programme = 'dm' AND glucose.person = pressure.person
    AND glucose.from_day <= period.last_day AND glucose.to_day > period.last_day
  JOIN stay AS fats ON fats.programme = 'lipid' AND fats.person = pressure.person
    AND fats.from_day <= period.last_day AND fats.to_day > period.last_day
  WHERE pressure.programme = 'htn' AND pressure.from_day <= period.last_day AND pressure.to_day > period.last_day
),
latest AS (
  SELECT three.n, three.person,
         MAX(CASE WHEN judged.programme = 'htn' AND judged.below IS NOT NULL THEN judged.day * 2 + judged.below END) AS htn,
         MAX(CASE WHEN judged.programme = 'dm' AND judged.below IS NOT NULL THEN judged.day * 2 + judged.below END) AS dm,
         MAX(CASE WHEN judged.programme = 'lipid' AND judged.below IS NOT NULL THEN judged.day * 2 + judged.below END) AS lipid
  FROM three LEFT JOIN judged ON judged.programme IN ('htn', 'dm', 'lipid') AND judged.person = three.person
    AND judged.day >= three.year_day AND judged.day <= three.last_day AND judged.face = 1
  GROUP BY three.n, three.person
)
SELECT n, person, CASE WHEN htn % 2 = 1 AND dm % 2 = 1 AND lipid % 2 = 1 THEN 'together' ELSE 'apart' END AS word
FROM latest
ORDER BY n, person
