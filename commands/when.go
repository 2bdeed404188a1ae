package commands

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"
)

// maxLength bounds the lengths that people may give.
const maxLength = 400 * 24 * time.Hour

// parseLength reads "30m", "2h", "1h30m", "3d", "2w", also with Chinese units.
func parseLength(s string) (time.Duration, bool) {
	s = strings.NewReplacer("分钟", "m", "小时", "h", "个", "", "天", "d", "周", "w", "分", "m", "时", "h").Replace(strings.ToLower(width.Fold.String(s)))
	s = strings.TrimPrefix(s, "+")
	var total time.Duration
	for s != "" {
		n := 0
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		if n == 0 || n > 6 || n == len(s) {
			return 0, false
		}
		v, err := strconv.Atoi(s[:n])
		unit, ok := units[s[n]]
		if err != nil || !ok {
			return 0, false
		}
		total += time.Duration(v) * unit
		if total > maxLength {
			return 0, false
		}
		s = s[n+1:]
	}
	return total, total > 0
}

var units = map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}

// parseUntil reads a length from now or a moment.
func parseUntil(s string, now time.Time, loc *time.Location) (time.Time, bool) {
	if d, ok := parseLength(strings.ReplaceAll(s, " ", "")); ok {
		return now.Add(d), true
	}
	words := split(s)
	at, used, ok := parseMoment(words, now, loc)
	return at, ok && used == len(words)
}

// days are the words for days, as an offset from today.
var days = map[string]int{"today": 0, "今天": 0, "今日": 0, "今晚": 0, "tonight": 0, "tomorrow": 1, "tmr": 1, "明天": 1, "明日": 1, "后天": 2}

var weekdays = map[string]time.Weekday{
	"mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday,
	"monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday, "thursday": time.Thursday, "friday": time.Friday, "saturday": time.Saturday, "sunday": time.Sunday,
	"周一": time.Monday, "周二": time.Tuesday, "周三": time.Wednesday, "周四": time.Thursday, "周五": time.Friday, "周六": time.Saturday, "周日": time.Sunday, "周天": time.Sunday,
	"星期一": time.Monday, "星期二": time.Tuesday, "星期三": time.Wednesday, "星期四": time.Thursday, "星期五": time.Friday, "星期六": time.Saturday, "星期日": time.Sunday,
}

// parseMoment reads a moment from the beginning of words: "now", "18:00", a day
// with or without a time, a date with or without a time, RFC 3339, or a length
// from now. A time alone is the next time the clock shows it; a weekday is the
// next one. used is how many words were read.
func parseMoment(words []word, now time.Time, loc *time.Location) (at time.Time, used int, ok bool) {
	if len(words) == 0 {
		return time.Time{}, 0, false
	}
	first := strings.ToLower(width.Fold.String(words[0].text))
	if first == "now" || first == "现在" {
		return now, 1, true
	}
	if t, err := time.Parse(time.RFC3339, words[0].text); err == nil {
		return t, 1, true
	}
	if d, ok := parseLength(first); ok {
		return now.Add(d), 1, true
	}
	today := now.In(loc)
	if h, m, ok := clock(first); ok {
		at := time.Date(today.Year(), today.Month(), today.Day(), h, m, 0, 0, loc)
		if !at.After(now) {
			at = time.Date(today.Year(), today.Month(), today.Day()+1, h, m, 0, 0, loc)
		}
		return at, 1, true
	}
	y, mo, d, ok := day(first, today)
	if !ok {
		return parseJoined(first, loc)
	}
	h, m := 0, 0
	used = 1
	if len(words) > 1 {
		if hh, mm, ok := clock(strings.ToLower(width.Fold.String(words[1].text))); ok {
			h, m, used = hh, mm, 2
		}
	}
	return time.Date(y, mo, d, h, m, 0, 0, loc), used, true
}

// parseJoined reads a date and time in one word.
func parseJoined(s string, loc *time.Location) (time.Time, int, bool) {
	for _, layout := range []string{"2006-01-02t15:04", "2006-01-02t15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, s, loc); err == nil {
			return t, 1, true
		}
	}
	return time.Time{}, 0, false
}

// clock reads "18:00", "9:05" or "24:00".
func clock(s string) (h, m int, ok bool) {
	hs, ms, ok := strings.Cut(s, ":")
	if !ok || len(hs) > 2 || len(ms) != 2 {
		return 0, 0, false
	}
	h, err1 := strconv.Atoi(hs)
	m, err2 := strconv.Atoi(ms)
	ok = err1 == nil && err2 == nil && h >= 0 && m >= 0 && m < 60 && (h < 24 || h == 24 && m == 0)
	return h, m, ok
}

// day reads a date, a word for a day or a weekday.
func day(s string, today time.Time) (int, time.Month, int, bool) {
	if n, ok := days[s]; ok {
		t := today.AddDate(0, 0, n)
		return t.Year(), t.Month(), t.Day(), true
	}
	if wd, ok := weekdays[s]; ok {
		n := (int(wd) - int(today.Weekday()) + 7) % 7
		if n == 0 {
			n = 7
		}
		t := today.AddDate(0, 0, n)
		return t.Year(), t.Month(), t.Day(), true
	}
	for _, layout := range []string{"2006-01-02", "2006/01/02", "2006.01.02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Year(), t.Month(), t.Day(), true
		}
	}
	return 0, 0, 0, false
}
