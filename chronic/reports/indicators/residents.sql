-- Everybody in the register at the end of each period. One row a person.
SELECT period.n AS n, who.person AS person, 'resident' AS word
FROM period JOIN who ON who.from_day <= period.last_day AND who.to_day > period.last_day
ORDER BY n, person
