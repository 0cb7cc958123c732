-- What the rules said of a contact: one row for each programme it was judged for; '' where only its danger was.
--
--   class         controlled, uncontrolled, adverse_reaction, complication, not_assessed or NULL
--   consecutive   assessed contacts in a row with this class
--   danger        1: danger of any kind
--   due_day       of the next follow-up, as planned then
--   danger_by_day until when danger has to be followed up
--   after_day     of the next contact of any kind on a later day; `referred`: a referral stands on the contact itself
--   next_day      of the next one judged; the same day where another contact followed on it
--   met           codes of the targets of other guidelines that were met; `missed` of those that were not
SELECT contact.person, contact.day, contact.visit, contact.uid, verdict.programme, verdict.class, verdict.consecutive,
       CASE WHEN verdict.danger = '' THEN 0 ELSE 1 END AS danger, contact.danger_by_day, contact.after_day, contact.referred,
       due.day AS due_day, verdict.meets AS met,
       verdict.misses AS missed,
       LEAD(contact.day) OVER (PARTITION BY verdict.programme, contact.person ORDER BY contact.day, contact.uid) AS next_day
FROM contact
JOIN verdict ON verdict.person = contact.person AND verdict.visit = contact.visit
LEFT JOIN calendar AS due ON due.iso = verdict.due_on
