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

// morning is when a day begins for people who name a day without a time.
const morning = 9 * time.Hour

// parseUntil reads a length from now or a moment. A day without a time means its
// morning.
func parseUntil(s string, now time.Time, loc *time.Location) (time.Time, bool) {
	if d, ok := parseLength(strings.ReplaceAll(s, " ", "")); ok {
		return now.Add(d), true
	}
	words := split(s)
	m, ok := parseMoment(words, now, loc)
	if !ok || m.used != len(words) {
		return time.Time{}, false
	}
	if m.wholeDay {
		return m.at.Add(morning), true
	}
	return m.at, true
}

// period is a time from one instant to another, and the words behind it.
type period struct {
	from, to time.Time
	rest     string
}

// parsePeriod reads a period from the beginning of a line: "2h" from now,
// "18:00-22:00", "fri 18:00 to mon 09:00", "2026-12-01 to 2026-12-05" (both days
// whole), "tomorrow". It reports false when there is none or it ends before it
// begins.
func parsePeriod(line string, now time.Time, loc *time.Location) (period, bool) {
	line = strings.TrimSpace(spreadDash(line))
	words := split(line)
	skip(&words, "from", "自", "从")
	if len(words) == 0 {
		return period{}, false
	}
	var p period
	if d, ok := parseLength(words[0].text); ok {
		p.from, p.to = now, now.Add(d)
		return p.behind(line, words[0]), true
	}
	m, ok := parseMoment(words, now, loc)
	if !ok {
		return period{}, false
	}
	p.from = m.at
	last := words[m.used-1]
	words = words[m.used:]
	to := len(words) > 0 && skip(&words, "to", "until", "till", "-", "–", "—", "至", "到", "for")
	end, ok := parseEnd(words, m.at, loc)
	switch {
	case ok:
		p.to, last = end.at, words[end.used-1]
	case !to && m.wholeDay:
		p.to = m.at.AddDate(0, 0, 1)
	default:
		return period{}, false
	}
	return p.behind(line, last), p.to.After(p.from) && p.to.Sub(p.from) <= maxLength
}

// behind keeps what follows a word.
func (p period) behind(line string, w word) period {
	p.rest = strings.TrimSpace(line[w.next:])
	return p
}

// parseEnd reads the end of a period: a length, or a moment after its start; a
// whole day is included.
func parseEnd(words []word, from time.Time, loc *time.Location) (moment, bool) {
	if len(words) == 0 {
		return moment{}, false
	}
	if d, ok := parseLength(words[0].text); ok {
		return moment{at: from.Add(d), used: 1}, true
	}
	m, ok := parseMoment(words, from, loc)
	if m.wholeDay {
		m.at = m.at.AddDate(0, 0, 1)
	}
	return m, ok
}

// skip drops one of the filler words at the beginning.
func skip(words *[]word, fillers ...string) bool {
	if len(*words) == 0 {
		return false
	}
	for _, f := range fillers {
		if strings.ToLower((*words)[0].text) == f {
			*words = (*words)[1:]
			return true
		}
	}
	return false
}

// spreadDash puts spaces around the dash of "18:00-22:00" and of "周五至周一".
func spreadDash(line string) string {
	var b strings.Builder
	runes := []rune(line)
	for i, r := range runes {
		between := i > 0 && i+1 < len(runes)
		switch {
		case (r == '-' || r == '–' || r == '~' || r == '～') && between && isClockAround(runes, i):
			b.WriteString(" - ")
		case (r == '至' || r == '到') && between:
			b.WriteString(" 至 ")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isClockAround reports whether a dash stands between two times of day.
func isClockAround(runes []rune, i int) bool {
	return i >= 3 && (runes[i-3] == ':' || runes[i-3] == '：') && runes[i+1] >= '0' && runes[i+1] <= '9'
}

// days are the words for days, as an offset from today.
var days = map[string]int{"today": 0, "今天": 0, "今日": 0, "今晚": 0, "tonight": 0, "tomorrow": 1, "tmr": 1, "明天": 1, "明日": 1, "后天": 2}

var weekdays = map[string]time.Weekday{
	"mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday,
	"monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday, "thursday": time.Thursday, "friday": time.Friday, "saturday": time.Saturday, "sunday": time.Sunday,
	"周一": time.Monday, "周二": time.Tuesday, "周三": time.Wednesday, "周四": time.Thursday, "周五": time.Friday, "周六": time.Saturday, "周日": time.Sunday, "周天": time.Sunday,
	"星期一": time.Monday, "星期二": time.Tuesday, "星期三": time.Wednesday, "星期四": time.Thursday, "星期五": time.Friday, "星期六": time.Saturday, "星期日": time.Sunday,
}

// moment is an instant read from words; used is how many, and wholeDay says that
// a day was named without a time of day.
type moment struct {
	at       time.Time
	used     int
	wholeDay bool
}

// parseMoment reads a moment from the beginning of words: "now", "18:00", a day
// with or without a time, a date with or without a time, RFC 3339, or a length
// from now. A time alone is the next time the clock shows it; a weekday is the
// next one.
func parseMoment(words []word, now time.Time, loc *time.Location) (moment, bool) {
	if len(words) == 0 {
		return moment{}, false
	}
	first := strings.ToLower(width.Fold.String(words[0].text))
	if first == "now" || first == "现在" {
		return moment{at: now, used: 1}, true
	}
	if t, err := time.Parse(time.RFC3339, words[0].text); err == nil && t.Year() > 1970 && t.Year() < 2200 {
		return moment{at: t, used: 1}, true
	}
	if d, ok := parseLength(first); ok {
		return moment{at: now.Add(d), used: 1}, true
	}
	today := now.In(loc)
	if h, m, ok := clock(first); ok {
		at := time.Date(today.Year(), today.Month(), today.Day(), h, m, 0, 0, loc)
		if !at.After(now) {
			at = time.Date(today.Year(), today.Month(), today.Day()+1, h, m, 0, 0, loc)
		}
		return moment{at: at, used: 1}, true
	}
	y, mo, d, ok := day(first, today)
	if !ok {
		return parseJoined(first, loc)
	}
	if len(words) > 1 {
		if h, m, ok := clock(strings.ToLower(width.Fold.String(words[1].text))); ok {
			return moment{at: time.Date(y, mo, d, h, m, 0, 0, loc), used: 2}, true
		}
	}
	return moment{at: time.Date(y, mo, d, 0, 0, 0, 0, loc), used: 1, wholeDay: true}, true
}

// parseJoined reads a date and time in one word.
func parseJoined(s string, loc *time.Location) (moment, bool) {
	for _, layout := range []string{"2006-01-02t15:04", "2006-01-02t15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, s, loc); err == nil {
			return moment{at: t, used: 1}, true
		}
	}
	return moment{}, false
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
