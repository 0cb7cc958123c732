-- Who of those managed for :programme was late as :first began: the day planned at the last contact had passed, or nobody
-- had seen them since they were enrolled on :unseen_by or earlier. One row a person.
WITH stay AS (
  SELECT enrolment.person, MAX(enrolment.enrolled_on) AS enrolled_on
  FROM enrolment JOIN person ON person.id = enrolment.person
  WHERE enrolment.programme = :programme AND enrolment.enrolled_on < :first
    AND (enrolment.ended_on IS NULL OR enrolment.ended_on >= :first)
    AND (person.closed_on IS NULL OR person.closed_on >= :first)
  GROUP BY enrolment.person
),
planned AS (
  SELECT stay.person, verdict.due_on,
         ROW_NUMBER() OVER (PARTITION BY stay.person ORDER BY visit.visit_date DESC, visit.uid DESC) AS place
  FROM stay
  JOIN verdict ON verdict.person = stay.person AND verdict.programme = :programme
  JOIN visit ON visit.id = verdict.visit
  WHERE visit.ended_by IS NULL AND visit.visit_date >= stay.enrolled_on AND visit.visit_date < :first
)
SELECT stay.person AS person, 'overdue' AS word
FROM stay LEFT JOIN planned ON planned.person = stay.person AND planned.place = 1
WHERE planned.due_on < :first OR (planned.person IS NULL AND stay.enrolled_on <= :unseen_by)
ORDER BY person
