-- Who of those managed for :programme at the end of each period has a family doctor by contract then. One row a person.
SELECT period.n AS n, stay.person AS person, 'signed' AS word
FROM period JOIN stay ON stay.from_day <= period.last_day AND stay.to_day > period.last_day
WHERE stay.programme = :programme AND EXISTS (SELECT 1 FROM agreed WHERE agreed.person = stay.person
  AND agreed.from_day <= period.last_day AND agreed.last_day >= period.last_day)
ORDER BY n, person
