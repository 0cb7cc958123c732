-- What happened from :first to :last to people managed for :programme. A row for each person and word.
--
--   began   the first stay of all began
--   died, moved, refused, withdrawn   the last stay ended for that reason, and no other one is open at the end of :last
--
-- Closing a person ends every stay that was open.
WITH stay AS (
  SELECT enrolment.person, enrolment.uid, enrolment.enrolled_on,
         COALESCE(enrolment.ended_on, person.closed_on) AS ended_on,
         COALESCE(enrolment.end_reason, person.closed_reason) AS end_reason
  FROM enrolment JOIN person ON person.id = enrolment.person
  WHERE enrolment.programme = :programme AND enrolment.enrolled_on <= :last
),
numbered AS (
  SELECT person, ended_on, end_reason,
         ROW_NUMBER() OVER (PARTITION BY person
           ORDER BY CASE WHEN ended_on IS NULL THEN 0 ELSE 1 END, ended_on DESC, enrolled_on DESC, uid) AS place
  FROM stay
),
told AS (
  SELECT person, 'began' AS word FROM stay GROUP BY person HAVING MIN(enrolled_on) >= :first
  UNION ALL
  SELECT person, end_reason AS word FROM numbered WHERE place = 1 AND ended_on >= :first AND ended_on <= :last
)
SELECT person, word FROM told ORDER BY person, word
