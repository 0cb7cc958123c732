-- The days somebody was managed in a programme: stays of one programme never overlap.
--
--   from_day       the first; where it was assumed, the earliest follow-up since the stay before
--   to_day         the first day no longer, 9999999 while it goes on; equal to from_day where it ended the day it began
--   through_day    the last day whose contacts belong to it: to_day itself, unless the next stay begins on it
--   begun_day      of the first stay in the programme
--   next_day       of the next stay; NULL: none
--   end_reason     died, moved, refused, withdrawn. Closing the person ends every stay
--   first_due_day  until when the guideline wants the first follow-up
--   exam_from_day  from when on a check-up a year is asked for
WITH said AS (
  SELECT enrolment.person, enrolment.programme, enrolment.uid,
         CASE WHEN began.person IS NULL THEN enrolment.enrolled_on ELSE began.old END AS enrolled_on,
         CASE WHEN guessed.person IS NULL THEN enrolment.assumed ELSE CAST(guessed.old AS INTEGER) END AS assumed,
         CASE WHEN ended.person IS NULL THEN enrolment.ended_on ELSE ended.old END AS ended_on,
         CASE WHEN why.person IS NULL THEN enrolment.end_reason ELSE why.old END AS end_reason
  FROM enrolment
  LEFT JOIN unsaid AS began ON began.person = enrolment.person AND began.about = enrolment.uid
    AND began.field = enrolment.programme || '_enrolled_on'
  LEFT JOIN unsaid AS guessed ON guessed.person = enrolment.person AND guessed.about = enrolment.uid
    AND guessed.field = enrolment.programme || '_assumed'
  LEFT JOIN unsaid AS ended ON ended.person = enrolment.person AND ended.about = enrolment.uid
    AND ended.field = enrolment.programme || '_ended_on'
  LEFT JOIN unsaid AS why ON why.person = enrolment.person AND why.about = enrolment.uid
    AND why.field = enrolment.programme || '_end_reason'
  WHERE enrolment.person BETWEEN :person_from AND :person_to AND enrolment.recorded_at <= :known_at
),
ended AS (
  SELECT said.person, said.programme, said.uid, said.assumed, said.end_reason,
         COALESCE(began.day, CASE WHEN said.enrolled_on < :calendar_on THEN 0 ELSE 9999998 END) AS enrolled_day,
         CASE WHEN said.ended_on IS NULL THEN 9999999
              ELSE COALESCE(over.day, CASE WHEN said.ended_on < :calendar_on THEN 0 ELSE 9999998 END) END AS ended_day
  FROM said
  LEFT JOIN calendar AS began ON began.iso = said.enrolled_on
  LEFT JOIN calendar AS over ON over.iso = said.ended_on
),
dated AS (
  SELECT ended.person, ended.programme, ended.uid, ended.assumed, ended.enrolled_day,
         CASE WHEN ended.ended_day <= who.to_day THEN ended.ended_day ELSE who.to_day END AS ended_day,
         CASE WHEN ended.ended_day <= who.to_day THEN ended.end_reason ELSE who.left_by END AS end_reason
  FROM ended JOIN who ON who.person = ended.person
),
followed AS (
  SELECT dated.person, dated.programme, dated.uid, dated.enrolled_day, dated.ended_day, dated.end_reason, dated.assumed,
         MAX(dated.ended_day) OVER (PARTITION BY dated.person, dated.programme
           ORDER BY dated.enrolled_day, dated.ended_day, dated.uid
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_day
  FROM dated
),
begun AS (
  SELECT followed.person, followed.programme, followed.uid, followed.ended_day, followed.end_reason, followed.before_day,
         CASE WHEN earlier.day < followed.enrolled_day THEN earlier.day ELSE followed.enrolled_day END AS begin_day
  FROM followed
  LEFT JOIN (
    SELECT assumed.person, assumed.uid, MIN(contact.day) AS day
    FROM followed AS assumed JOIN contact ON contact.person = assumed.person
    WHERE assumed.assumed = 1 AND contact.followup = 1 AND contact.day > COALESCE(assumed.before_day, 0)
    GROUP BY assumed.person, assumed.uid
  ) AS earlier ON earlier.person = followed.person AND earlier.uid = followed.uid
),
apart AS (
  SELECT begun.person, begun.programme, begun.uid, begun.ended_day AS to_day, begun.end_reason,
         CASE WHEN begun.before_day > begun.begin_day THEN begun.before_day ELSE begun.begin_day END AS from_day
  FROM begun
)
SELECT apart.person, apart.programme, apart.uid, apart.from_day, apart.to_day, apart.end_reason,
       MIN(apart.from_day) OVER (PARTITION BY apart.person, apart.programme) AS begun_day,
       LEAD(apart.from_day) OVER one AS next_day,
       CASE WHEN LEAD(apart.from_day) OVER one = apart.to_day THEN apart.to_day - 1 ELSE apart.to_day END AS through_day,
       COALESCE(calendar.first_due_day, 0) AS first_due_day, COALESCE(calendar.exam_from_day, 0) AS exam_from_day
FROM apart LEFT JOIN calendar ON calendar.day = apart.from_day
WHERE apart.from_day <= apart.to_day AND apart.from_day < 9999999
WINDOW one AS (PARTITION BY apart.person, apart.programme ORDER BY apart.from_day, apart.to_day, apart.uid)
ORDER BY apart.programme, apart.person, apart.from_day
