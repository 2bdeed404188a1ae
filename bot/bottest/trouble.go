package bottest

import (
	"time"

	"hotline/bot/chat"
)

// trouble is a time in which sends of a platform end badly.
type trouble struct {
	platform chat.Platform
	user     string // only to them; "" for everybody
	from, to time.Time
	result   chat.SendResult
}

// script makes the troubles of a simulation: outages, limits, lost answers, and
// people who block the bot for some hours.
func script(seed uint64, start time.Time, days, people int) []trouble {
	r := dice(seed, "script")
	end := start.AddDate(0, 0, days)
	var list []trouble
	add := func(every, low, high time.Duration, t trouble) {
		for at := start.Add(between(r, 0, every)); at.Before(end); at = at.Add(between(r, every/2, every*3/2)) {
			t.from, t.to = at, at.Add(between(r, low, high))
			if t.user != "" {
				t.user = person(r.IntN(people))
			}
			list = append(list, t)
		}
	}
	add(4*24*time.Hour, time.Minute, time.Hour, trouble{platform: ChatName, result: chat.SendResult{Class: chat.Retry, Reason: "503"}})
	add(2*24*time.Hour, time.Minute, 20*time.Minute, trouble{platform: ChatName, result: chat.SendResult{Class: chat.RetryAfter, After: 7 * time.Second, Reason: chat.ReasonThrottle}})
	add(3*24*time.Hour, time.Minute, 10*time.Minute, trouble{platform: ChatName, result: chat.SendResult{Class: chat.Unknown, Reason: "lost"}})
	add(6*24*time.Hour, time.Minute, 2*time.Hour, trouble{platform: MailName, result: chat.SendResult{Class: chat.Retry, Reason: "421"}})
	add(24*time.Hour, time.Hour, 24*time.Hour, trouble{platform: ChatName, user: "somebody", result: chat.SendResult{Class: chat.Never, Reason: chat.ReasonBlocked}})
	return list
}

// troubles are those of each day, so that a year of them is as quick to look
// through as a week.
type troubles map[int64][]trouble

// day is the number of an instant's day.
func day(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }

func troublesOf(list []trouble) troubles {
	days := troubles{}
	for _, t := range list {
		for d := day(t.from); d <= day(t.to); d++ {
			days[d] = append(days[d], t)
		}
	}
	return days
}

// at is how a send ends now.
func (s troubles) at(platform chat.Platform, user string, at time.Time) chat.SendResult {
	for _, t := range s[day(at)] {
		if t.platform == platform && (t.user == "" || t.user == user) && !at.Before(t.from) && at.Before(t.to) {
			return t.result
		}
	}
	return chat.OK()
}
