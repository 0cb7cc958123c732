-- What happened in each period to people managed for :programme. A row for each person and word.
--
--   began   the first stay of all began
--   died, moved, refused, withdrawn   a stay ended for that reason, and no other had begun by the end of the period
WITH told AS (
  SELECT period.n, stay.person, 'began' AS word
  FROM period JOIN stay ON stay.from_day >= period.first_day AND stay.from_day <= period.last_day
  WHERE stay.programme = :programme AND stay.from_day = stay.begun_day
  UNION
  SELECT period.n, stay.person, stay.end_reason AS word
  FROM period JOIN stay ON stay.to_day >= period.first_day AND stay.to_day <= period.last_day
  WHERE stay.programme = :programme AND (stay.next_day IS NULL OR stay.next_day > period.last_day)
)
SELECT n, person, word FROM told ORDER BY n, person, word
