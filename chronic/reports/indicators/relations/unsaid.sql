-- What had not been said yet: of every field that was changed later than :known_at, what it was before.
WITH later AS (
  SELECT person, field, about, old,
         ROW_NUMBER() OVER (PARTITION BY person, field, about ORDER BY recorded_at, id) AS place
  FROM person_change
  WHERE person BETWEEN :person_from AND :person_to AND recorded_at > :known_at
)
SELECT person, field, about, old FROM later WHERE place = 1 ORDER BY person, field, about
