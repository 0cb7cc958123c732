-- Results of the tests against complications that counted then: recorded as such, or measured at a contact face to face.
--
--   next_day   of the next result of that test; the same day where there is another
WITH known AS (
  SELECT test_result.person AS person, meant.test AS test, calendar.day AS day
  FROM test_result
  JOIN who ON who.person = test_result.person
  JOIN meant ON meant.word = test_result.test
  JOIN calendar ON calendar.iso = test_result.done_on
  LEFT JOIN test_void ON test_void.uid = test_result.ended_by
  WHERE test_result.person BETWEEN :person_from AND :person_to AND test_result.recorded_at <= :known_at
    AND (test_result.ended_by IS NULL OR COALESCE(test_void.recorded_at, '') > :known_at)
  UNION ALL
  {measured}
)
SELECT known.person, known.test, known.day,
       LEAD(known.day) OVER (PARTITION BY known.person, known.test ORDER BY known.day) AS next_day
FROM known
