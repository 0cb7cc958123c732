-- Referral slips that counted then, and the day their outcome was known.
--
--   until_day     the last day on which its outcome is in time
--   answered_day  of its first outcome of any kind; arrived_day: of the first that says they were seen or came back
SELECT written.uid, written.person, written.urgency, written.contact, made.day AS made_day, made.outcome_by_day AS until_day,
       MIN(told.day) AS answered_day,
       MIN(CASE WHEN referral_outcome.outcome <> 'not_arrived' THEN told.day END) AS arrived_day
FROM referral AS written
JOIN who ON who.person = written.person
JOIN calendar AS made ON made.iso = written.made_on
LEFT JOIN referral_void ON referral_void.uid = written.ended_by
LEFT JOIN referral_outcome ON referral_outcome.referral = written.uid AND referral_outcome.person = written.person
  AND referral_outcome.recorded_at <= :known_at
LEFT JOIN calendar AS told ON told.iso = referral_outcome.outcome_on
WHERE written.person BETWEEN :person_from AND :person_to AND written.recorded_at <= :known_at
  AND (written.ended_by IS NULL OR COALESCE(referral_void.recorded_at, '') > :known_at)
GROUP BY written.uid, written.person, written.urgency, written.contact, made.day, made.outcome_by_day
