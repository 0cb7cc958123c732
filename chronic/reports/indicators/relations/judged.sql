-- What the rules said of a contact, and what came of it: one row for each programme it was judged for; '' where only its
-- danger was.
--
--   class         controlled, uncontrolled, adverse_reaction, complication, not_assessed or NULL
--   danger        1: danger of any kind; serious: danger, or a class that calls for a contact soon
--   below         1: at the guideline's target for this programme, of lipids by their class; `second`: at that of the guideline beside it
--   complete      1: no required field of this programme was left blank
--   due_day       of the next follow-up, as planned then
--   after_day     of the next contact of any kind on a later day
--   answer_by_day, danger_by_day   until when a serious one, a danger has to be followed up
--   unreferred    1: uncontrolled so many times in a row that a referral is called for, and none was recorded by then
--   next_day      of the next one judged; the same day where another contact followed on it
SELECT ruling.programme, contact.person, contact.day, contact.visit, contact.uid, contact.followup, contact.face,
       contact.quarter, ruling.class, CASE WHEN ruling.danger = '' THEN 0 ELSE 1 END AS danger,
       CASE WHEN ruling.danger <> '' OR ruling.class IN ('uncontrolled', 'adverse_reaction', 'complication') THEN 1
            ELSE 0 END AS serious,
       CASE WHEN ruling.programme = 'htn' THEN contact.bp_below
            WHEN ruling.programme = 'dm' THEN contact.fpg_below
            WHEN ruling.class = 'controlled' THEN 1
            WHEN ruling.class = 'uncontrolled' THEN 0 END AS below,
       CASE WHEN ' ' || ruling.meets || ' ' LIKE '% ' || rule.second || ' %' THEN 1 ELSE 0 END AS second,
       CASE ruling.programme WHEN 'htn' THEN contact.complete_htn WHEN 'dm' THEN contact.complete_dm END AS complete,
       due.day AS due_day, contact.after_day, contact.answer_by_day, contact.danger_by_day,
       CASE WHEN ruling.class <> 'uncontrolled' OR ruling.consecutive < rule.in_a_row OR contact.referred = 1 THEN 0
            WHEN EXISTS (SELECT 1 FROM slip WHERE slip.person = contact.person AND slip.made_day <= contact.answer_by_day
              AND (slip.made_day >= contact.day OR slip.answered_day IS NULL OR slip.answered_day >= contact.day)) THEN 0
            WHEN EXISTS (SELECT 1 FROM outcome WHERE outcome.person = contact.person
              AND outcome.day >= contact.day AND outcome.day <= contact.answer_by_day) THEN 0
            WHEN ruling.class = 'uncontrolled' THEN 1
            ELSE 0 END AS unreferred,
       LEAD(contact.day) OVER (PARTITION BY ruling.programme, contact.person ORDER BY contact.day, contact.uid) AS next_day
FROM contact
JOIN {verdicts} AS ruling ON ruling.person = contact.person AND ruling.visit = contact.visit
LEFT JOIN rule ON rule.programme = ruling.programme AND rule.from_day <= contact.day AND rule.to_day > contact.day
LEFT JOIN calendar AS due ON due.iso = ruling.due_on
