from datetime import datetime, time, timedelta

from odoo import fields, models
from odoo.tools import format_date

from .kpb_branch import HORIZON

WORKING_DAYS_OFFERED = 5
SATURDAY = 5
NOON = time(12)
SLOT = timedelta(minutes=30)
#: Hours of a branch whose calendar names none.
USUAL_HOURS = ((time(8), time(17)),)


class KpbBranch(models.Model):
    """Which days and times can be offered to a customer, and how many places are left (S4)."""

    _inherit = "kpb.branch"

    def _bookable_days(self, followup):
        """Return the next five working days and the weekends and holidays up to the last.

        :param followup: the call; its own earlier appointment takes no place
        """
        today, found, working = self._today(), [], 0
        working_days = self._working_days(today, today + HORIZON)
        for ahead in range(HORIZON.days):
            day = today + timedelta(days=ahead)
            if working >= WORKING_DAYS_OFFERED and day.weekday() < SATURDAY:
                break
            offer = self._bookable_day(day, followup, working_days)
            if day > today or self._still_today(offer):
                found.append(offer)
                working += not (offer["weekend"] or offer["holiday"])
        return found

    def _still_today(self, offer):
        return not offer["weekend"] and any(slot["free"] for slot in offer["times"])

    def _bookable_day(self, day, followup, working_days=None):
        """Return what the screen shows of one day.

        ``date label weekend holiday left times``: ``left`` is the number of free places, false
        without a limit; each of ``times`` has ``at`` (as ``log_attempt`` takes it), ``label``,
        ``free``.
        """
        self.ensure_one()
        weekdays, holidays = working_days or self._working_days(day, day)
        left = {
            half: self._places_left(self._utc(datetime.combine(day, hour)), followup)
            for half, hour in (("morning", time(0)), ("afternoon", NOON))
        }
        times = [
            {
                "at": self._with_offset(moment),
                "label": moment.strftime("%H:%M"),
                "free": self._utc(moment) > fields.Datetime.now()
                and left["morning" if moment.time() < NOON else "afternoon"] > 0,
            }
            for moment in self._slots(day)
        ]
        weekend = day.weekday() >= SATURDAY
        limited = [max(places, 0) for places in left.values() if places != float("inf")]
        return {
            "date": fields.Date.to_string(day),
            "label": self._day_words(day),
            "weekend": weekend,
            "holiday": day in holidays or (not weekend and day.weekday() not in weekdays),
            "left": sum(limited) if len(limited) == len(left) else False,
            "full": all(places <= 0 for places in left.values()),
            "times": times,
        }

    def _slots(self, day):
        """Return the half hours of a day at which the branch is open, local time."""
        # sudo: callers need no right on calendars
        lines = self.sudo().resource_calendar_id.attendance_ids
        of_day = lines.filtered(lambda line: int(line.dayofweek) == day.weekday()) or lines
        hours = {
            (self._clock(line.hour_from), self._clock(line.hour_to))
            for line in of_day
            if line.hour_to > line.hour_from and line.day_period != "lunch"
        }
        found = set()
        for opening, closing in hours or USUAL_HOURS:
            moment = datetime.combine(day, opening)
            while moment < datetime.combine(day, closing):
                found.add(moment)
                moment += SLOT
        return sorted(found)

    def _clock(self, hours):
        """Return a time of the day for hours as calendars keep them: 8.5 is 08:30."""
        minutes = min(round(hours * 60), 24 * 60 - 1)
        return time(minutes // 60, minutes % 60)

    def _with_offset(self, local):
        """Return a local time as text with its distance from UTC: 2026-12-31T16:30:00+07:00."""
        hours = round((local - self._utc(local)).total_seconds() / 3600)
        return f"{local.isoformat(timespec='seconds')}+{hours:02d}:00"

    def _day_words(self, day):
        """Return a day as people say it: today, tomorrow, else weekday and date."""
        words = {0: self.env._("Today"), 1: self.env._("Tomorrow")}
        short = format_date(self.env, day, date_format="EEE d MMM")
        near = words.get((day - self._today()).days)
        return f"{near}, {short}" if near else short
