-- Who may be counted: everybody of the register whom the question is about, as they live now.
--
--   born_year, born_md       the birth date in two numbers, 1956 and 930; NULL where it is not known
--   judged_year, judged_md   the same, and NULL where it was only reckoned from an age: no rule rests on that
--   from_day, to_day         in the register from the first to the day before the second
--   left_by                  died or moved
--   high_risk                1: cardiovascular or kidney disease, as the register says today;
--                            so is `smoker`, 0 where it is known that they do not
WITH closing AS (
  SELECT person.id AS person,
         CASE WHEN was.person IS NULL THEN person.closed_on ELSE was.old END AS closed_on,
         CASE WHEN why.person IS NULL THEN person.closed_reason ELSE why.old END AS closed_reason
  FROM person
  LEFT JOIN unsaid AS was ON was.person = person.id AND was.field = 'closed_on'
  LEFT JOIN unsaid AS why ON why.person = person.id AND why.field = 'closed_reason'
  WHERE person.id BETWEEN :person_from AND :person_to AND person.recorded_at <= :known_at
)
SELECT person.id AS person, person.village, person.responsible_doctor AS doctor, person.sex,
       CASE WHEN watched.person IS NULL THEN 0 ELSE 1 END AS monitored,
       CAST(SUBSTR(person.birth_date, 1, 4) AS INTEGER) AS born_year,
       CAST(SUBSTR(person.birth_date, 6, 2) AS INTEGER) * 100 + CAST(SUBSTR(person.birth_date, 9, 2) AS INTEGER) AS born_md,
       CASE WHEN person.birth_approximate IS NULL THEN CAST(SUBSTR(person.birth_date, 1, 4) AS INTEGER) END AS judged_year,
       CASE WHEN person.birth_approximate IS NULL THEN CAST(SUBSTR(person.birth_date, 6, 2) AS INTEGER) * 100
         + CAST(SUBSTR(person.birth_date, 9, 2) AS INTEGER) END AS judged_md,
       CASE WHEN person.registered_on IS NULL THEN 0 ELSE COALESCE(began.day, CASE WHEN person.registered_on < :calendar_on THEN 0 ELSE 9999998 END) END AS from_day,
       CASE WHEN closing.closed_on IS NULL THEN 9999999 ELSE COALESCE(over.day, CASE WHEN closing.closed_on < :calendar_on THEN 0 ELSE 9999998 END) END AS to_day,
       closing.closed_reason AS left_by,
       CASE WHEN person.ascvd = 'yes' OR person.ckd = 'yes' THEN 1 ELSE 0 END AS high_risk,
       CASE WHEN person.smoking_status IN ('never', 'former') THEN 0 ELSE 1 END AS smoker
FROM closing
JOIN person ON person.id = closing.person
LEFT JOIN watched ON watched.person = person.id
LEFT JOIN calendar AS began ON began.iso = person.registered_on
LEFT JOIN calendar AS over ON over.iso = closing.closed_on
ORDER BY person.id
