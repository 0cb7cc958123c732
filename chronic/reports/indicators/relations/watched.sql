-- Who is of a monitored household, or tagged so themselves.
SELECT DISTINCT tagged.person FROM tagged JOIN spelling ON spelling.word = tagged.tag ORDER BY tagged.person
