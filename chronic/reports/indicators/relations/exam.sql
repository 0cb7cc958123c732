-- Yearly check-ups that counted then; one for the TCM part alone is none. `bp` is 1 where a pressure was taken.
SELECT form.uid, form.person, calendar.day,
       CASE WHEN EXISTS (SELECT 1 FROM checkup_value AS upper JOIN checkup_value AS lower ON lower.checkup = upper.checkup
         WHERE upper.checkup = form.id AND upper.field IN ('sbp', 'sbp_left', 'sbp_right')
           AND lower.field = CASE upper.field WHEN 'sbp' THEN 'dbp' WHEN 'sbp_left' THEN 'dbp_left' ELSE 'dbp_right' END)
         THEN 1 ELSE 0 END AS bp
FROM checkup AS form
JOIN who ON who.person = form.person
JOIN calendar ON calendar.iso = form.checkup_date
LEFT JOIN checkup AS fixed ON fixed.uid = form.ended_by
LEFT JOIN checkup_void AS withdrawn ON withdrawn.uid = form.ended_by
WHERE form.person BETWEEN :person_from AND :person_to AND form.recorded_at <= :known_at AND form.kind = 'exam'
  AND (form.ended_by IS NULL OR COALESCE(fixed.recorded_at, withdrawn.recorded_at, '') > :known_at)
